/** Completion for fish. */
import type { Candidates, CommandCandidates, OptionCandidates } from "./candidates.ts";

/** A script to be read by fish, or to lie in its folder of completions as `graphtap.fish`. */
export function fishCompletion(commands: readonly CommandCandidates[]): string {
  return `# Completion of graphtap for fish: graphtap completion fish | source
function __graphtap_command
  # The first word, and no other: a service may have the name of a command.
  set -l words (commandline -opc)
  test "$words[2]" = $argv[1]
end
complete -c graphtap -f
complete -c graphtap -n __fish_use_subcommand -s h -l help -d 'all commands'
complete -c graphtap -n __fish_use_subcommand -s V -l version -d 'the version'
${commands.map(commandLines).join("")}`;
}

function commandLines({ name, summary, options, words }: CommandCandidates): string {
  const seen = `__graphtap_command ${name}`;
  const isFirst = words.words.length === 0
    ? seen
    : `${seen}; and not __fish_seen_subcommand_from ${words.words.join(" ")}`;
  return [
    `complete -c graphtap -n __fish_use_subcommand -a ${name} -d ${quoted(summary)}\n`,
    ...options.map((option) => optionLine(option, seen)),
    ...(words.paths === "none" && words.words.length === 0
      ? []
      : [`complete -c graphtap -n ${quoted(isFirst)} ${offered(words)}\n`]),
  ].join("");
}

function optionLine({ name, short, help, value }: OptionCandidates, seen: string): string {
  const spelling = `${short === undefined ? "" : `-s ${short} `}-l ${name}`;
  const rest = value === null ? "" : ` -r ${offered(value.candidates)}`;
  return `complete -c graphtap -n ${quoted(seen)} ${spelling}${rest} -d ${quoted(help)}\n`;
}

function offered({ words, paths }: Candidates): string {
  if (paths === "files") return "-F";
  if (paths === "folders") return "-f -a '(__fish_complete_directories)'";
  return words.length === 0 ? "-f" : `-f -a ${quoted(words.join(" "))}`;
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}
