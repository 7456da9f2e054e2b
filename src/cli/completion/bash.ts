/** Completion for bash, from 3.2 on, which macOS has. */
import type { Candidates, CommandCandidates, OptionCandidates } from "./candidates.ts";

/** A script to be read by bash. */
export function bashCompletion(commands: readonly CommandCandidates[]): string {
  const first = quoted([...commands.map(({ name }) => name), "--help", "--version"]);
  return `# Completion of graphtap for bash: source <(graphtap completion bash)
_graphtap() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} words= paths=none
  # bash takes --name=value and file:PATH apart.
  if [[ $current == [=:] ]]; then current=
  elif [[ $before == = ]]; then before=\${COMP_WORDS[COMP_CWORD-2]}; fi
  if [[ $COMP_CWORD -eq 1 ]]; then words=${first}
  elif [[ $before == : || \${COMP_WORDS[COMP_CWORD]} == : ]]; then paths=files
  else
    case \${COMP_WORDS[1]} in
${commands.map(commandCase).join("")}    esac
  fi
  # Behind -- there are no options.
  if [[ " \${COMP_WORDS[*]:1:COMP_CWORD-1} " == *' -- '* ]]; then words=" $words"; words=\${words// -*/}; fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  if [[ \${#COMPREPLY[@]} -eq 1 && $COMPREPLY == *[:/] ]]; then compopt -o nospace 2>/dev/null; fi
  # Names of files are bash's own to complete, where nothing else was found.
  case $paths in
    none) compopt +o default 2>/dev/null ;;
    folders) compopt +o default -o dirnames 2>/dev/null ;;
  esac
}
complete -o default -F _graphtap graphtap
`;
}

function commandCase({ name, options, words }: CommandCandidates): string {
  const valued = options.filter(({ value }) => value !== null);
  const cases = valued.map((option) =>
    `          ${spellings(option).join("|")}) ${assignment(option.value!.candidates)} ;;\n`
  );
  const flags = options.flatMap(spellings);
  const others = `          *) ${assignment({ ...words, words: [...words.words, ...flags] })} ;;\n`;
  return `      ${name})
        case $before in
${cases.join("")}${others}        esac ;;
`;
}

function spellings({ name, short }: OptionCandidates): string[] {
  return [`--${name}`, ...(short === undefined ? [] : [`-${short}`])];
}

function assignment({ words, paths }: Candidates): string {
  return `words=${quoted(words)} paths=${paths}`;
}

function quoted(words: readonly string[]): string {
  return `'${words.join(" ").replaceAll("'", "'\\''")}'`;
}
