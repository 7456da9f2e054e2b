/** Completion for zsh: its own `_arguments` knows what options are. */
import type { Candidates, CommandCandidates, OptionCandidates } from "./candidates.ts";

/** A script to be read by zsh, or to lie in its \`fpath\` as \`_graphtap\`. */
export function zshCompletion(commands: readonly CommandCandidates[]): string {
  return `#compdef graphtap
# Completion of graphtap for zsh: source <(graphtap completion zsh), or as a file _graphtap in $fpath
_graphtap_words() {
  compset -P 'file:' && { _files; return }
  local -a open=(\${(M)@:#*[:/]}) whole=(\${@:#*[:/]})
  compadd -a whole
  compadd -S '' -a open
}
_graphtap() {
  local curcontext=$curcontext state line
  typeset -A opt_args
  _arguments -C '(- *)'{-h,--help}'[all commands]' '(- *)'{-V,--version}'[the version]' \\
    '1:command:->command' '*::word:->words' && return
  if [[ $state == command ]]; then
    local -a commands=(
${commands.map(({ name, summary }) => `      ${quoted(`${name}:${summary}`)}\n`).join("")}    )
    _describe -t commands command commands
    return
  fi
  case $words[1] in
${commands.map(commandCase).join("")}  esac
}
if [[ $funcstack[1] == _graphtap ]]; then _graphtap "$@"; else compdef _graphtap graphtap; fi
`;
}

function commandCase({ name, options, words }: CommandCandidates): string {
  const specs = [...options.flatMap(optionSpecs), ...wordSpec(words)];
  const rows = specs.map((spec) => ` \\\n        ${quoted(spec)}`).join("");
  return `    ${name})\n      _arguments -s -S${rows} ;;\n`;
}

function optionSpecs({ name, short, help, repeat, value }: OptionCandidates): string[] {
  const spellings = [`--${name}`, ...(short === undefined ? [] : [`-${short}`])];
  const others = repeat ? "*" : `(${spellings.join(" ")})`;
  return spellings.map((spelling) => {
    const joint = value === null ? "" : spelling.startsWith("--") ? "=" : "+";
    const action = value === null ? "" : `:${value.name}:${actionOf(value.candidates)}`;
    return `${others}${spelling}${joint}[${help.replace(/[[\]\\]/g, "\\$&")}]${action}`;
  });
}

function wordSpec(words: Candidates): string[] {
  return words.words.length === 0 && words.paths === "none" ? [] : [`1:word:${actionOf(words)}`];
}

function actionOf({ words, paths }: Candidates): string {
  if (paths !== "none") return paths === "files" ? "_files" : "_files -/";
  // A space between the colons: nothing is offered, and the value is still waited for.
  if (words.length === 0) return " ";
  return words.some((word) => /[:/]$/.test(word))
    // Behind a space a function is called as it stands.
    ? ` _graphtap_words ${words.join(" ").replaceAll(":", "\\:")}`
    : `(${words.join(" ")})`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
