/** From the words of a command line to what was given, by a table of options. */
import { parseArgs } from "node:util";
import { nearest } from "../config/nearest.ts";
import { GraphtapError } from "../errors.ts";
import { beginsAtHome } from "../files/home.ts";

/** One row of the option table: the parser, the help and the environment variables all come from it. */
export interface Option {
  readonly name: string;
  readonly short?: string;
  /** What stands for the value in the help; without it the option is a switch. */
  readonly value?: string;
  /** May be given several times. */
  readonly repeat?: true;
  /** The only values allowed. */
  readonly choices?: readonly string[];
  readonly help: string;
  /** Its variable, where that is not `GRAPHTAP_` and the name; "" for none. */
  readonly env?: string;
}

/** What was given: texts for options with a value, "true" for switches. */
export interface Given {
  /** The command that they were given to. */
  readonly command: string;
  text(name: string): string | undefined;
  all(name: string): readonly string[];
  has(name: string): boolean;
  readonly words: readonly string[];
}

/** The environment variable of an option. */
export function variableOf(option: Option): string {
  return option.env ?? `GRAPHTAP_${option.name.replace(/-/g, "_").toUpperCase()}`;
}

/**
 * Reads the words after a command by its rows; a word on the command line wins over its variable.
 *
 * @throws usage an unknown option, a missing or a wrong value
 */
export function parseOptions(
  command: string,
  options: readonly Option[],
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Given {
  const { values, positionals } = parseWords(command, options, args);
  const found = new Map<string, readonly string[]>();
  for (const option of options) {
    const given = values[option.name] ?? (option.env === "" ? undefined : env[variableOf(option)]);
    if (given === undefined || given === false || given === "") continue;
    const texts = (Array.isArray(given) ? given : [given]).map(String);
    if (option.value === undefined && texts[0] !== "true" && texts[0] !== "1") continue;
    const wrong = option.choices && texts.find((text) => !option.choices!.includes(text));
    if (wrong !== undefined) {
      throw usage(command, `--${option.name} is "${wrong}", expected one of ${option.choices!.join(", ")}`);
    }
    if (PATHS.includes(option.value ?? "")) refuseHome(command, option.name, texts);
    found.set(option.name, texts);
  }
  return {
    command,
    text: (name) => found.get(name)?.[0],
    all: (name) => found.get(name) ?? [],
    has: (name) => found.has(name),
    words: positionals,
  };
}

/** Values that are paths, or begin with a word and then are one. */
const PATHS: readonly string[] = ["FILE", "DIR", "SINK"];

/**
 * Refuses a `~` that the shell left as it is, which it does behind `file:` and `=`, and which nobody replaces in a
 * variable: it would become a folder of this name.
 */
function refuseHome(command: string, name: string, texts: readonly string[]): void {
  const found = texts.find((text) => beginsAtHome(text.replace(/^file:/, "")));
  if (found === undefined) return;
  throw usage(
    command,
    `--${name} is "${found}", and nothing replaces the ~ there: write the whole path, or $HOME in a shell`,
  );
}

function parseWords(command: string, options: readonly Option[], args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: Object.fromEntries(options.map((option) => [option.name, {
        type: option.value === undefined ? "boolean" : "string",
        multiple: option.repeat === true,
        ...(option.short === undefined ? {} : { short: option.short }),
      }])) as Record<string, { type: "boolean" | "string"; multiple: boolean; short?: string }>,
    });
  } catch (error) {
    // Node's own words name the option and what is wrong with it; its hints about `--` are for other programs.
    const words = error instanceof Error ? error.message.split(/\.(?: To specify|\n)/)[0]! : String(error);
    const unknown = /^Unknown option '--([^']+)'/.exec(words)?.[1];
    const meant = unknown === undefined ? null : nearest(unknown, options.map(({ name }) => name));
    throw usage(command, meant === null ? words : `${words} (did you mean --${meant}?)`);
  }
}

/** A wrong command line. */
export function usage(command: string, words: string): GraphtapError {
  return new GraphtapError("usage", `${words}; see "graphtap ${command === "" ? "" : `${command} `}--help"`);
}

/** The rows as help text. */
export function optionHelp(options: readonly Option[]): string {
  const left = (option: Option) =>
    `  ${option.short ? `-${option.short}, ` : "    "}--${option.name}${
      option.value ? ` ${option.value}` : ""
    }`;
  const width = Math.max(...options.map((option) => left(option).length)) + 2;
  return options.map((option) =>
    `${left(option).padEnd(width)}${option.help}${option.env === "" ? "" : ` [$${variableOf(option)}]`}`
  ).join(
    "\n",
  );
}
