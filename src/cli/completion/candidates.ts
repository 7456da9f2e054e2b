/** What can stand at each place of a command line, from the table of commands: each shell's script is made of it. */
import type { Command } from "../command.ts";
import { SHIPPERS } from "../../shipper/running/program.ts";
import type { Option } from "../options.ts";

/** What may stand in one place. */
export interface Candidates {
  readonly words: readonly string[];
  /** Whether names of files, or of folders only, may stand there, too. */
  readonly paths: "none" | "files" | "folders";
}

/** One option, as a shell completes it. */
export interface OptionCandidates extends Pick<Option, "name" | "short" | "help" | "repeat"> {
  /** What stands for its value in the help; `null` for a switch. */
  readonly value: { readonly name: string; readonly candidates: Candidates } | null;
}

/** One command, as a shell completes it. */
export interface CommandCandidates extends Pick<Command, "name" | "summary"> {
  readonly options: readonly OptionCandidates[];
  /** What may stand behind its name. */
  readonly words: Candidates;
}

/** Words that stand for a sink, or begin one. */
const SINKS = ["stdout", "file:", "http://", "https://"];
const NOTHING: Candidates = { words: [], paths: "none" };

/** @param services what `--service` may name */
export function candidatesOf(
  commands: readonly Command[],
  services: readonly string[],
): readonly CommandCandidates[] {
  const known = commands.map(({ name, summary, options, words }) => ({
    name,
    summary,
    options: [...options.map((option) => optionCandidates(option, services)), HELP],
    words: commandWords(words),
  }));
  const help = {
    name: "help",
    summary: "the options of a command",
    options: [],
    words: { words: commands.map(({ name }) => name), paths: "none" },
  } as const;
  return [...known, help];
}

const HELP: OptionCandidates = { name: "help", short: "h", help: "its options", value: null };

function optionCandidates(option: Option, services: readonly string[]): OptionCandidates {
  const { name, short, help, repeat, value } = option;
  return {
    name,
    help,
    ...(short && { short }),
    ...(repeat && { repeat }),
    value: value === undefined ? null : { name: value, candidates: values(option, services) },
  };
}

function values({ name, value, choices }: Option, services: readonly string[]): Candidates {
  if (choices !== undefined) return { words: choices, paths: "none" };
  if (name === "service") return { words: services, paths: "none" };
  if (value === "PROGRAM") return { words: SHIPPERS, paths: "files" };
  if (value === "SINK") return { words: SINKS, paths: "none" };
  if (value === "DIR") return { words: [], paths: "folders" };
  return value === "FILE" ? { words: [], paths: "files" } : NOTHING;
}

/** The words of a command as the help has them: `a|b`, or `[FILE]`. */
function commandWords(words: string | undefined): Candidates {
  if (words === undefined) return NOTHING;
  const plain = words.replace(/[[\]]/g, "");
  if (plain === "FILE") return { words: [], paths: "files" };
  return plain.includes("|") ? { words: plain.split("|"), paths: "none" } : NOTHING;
}
