/** What a program prints, for secrets that a vault keeps. */
import { GraphtapError } from "../../errors.ts";
import { MOST_BYTES, outputOf, whyNotRun } from "./program.ts";

/** A program that prints a secret. */
export interface Command {
  /** The program and its arguments. */
  readonly command: readonly string[];
}

const TIMEOUT_MS = 10_000;

/**
 * The first line that a program prints, without a shell in between. Of what it says nothing gets into a message.
 *
 * @param configKey the key of the configuration that names it
 * @param timeoutMs how long it may take, in milliseconds @default 10_000
 * @throws secret-unreadable it cannot be run, or prints no line; secret-missing it fails or takes too long, which may
 * pass; the signal's reason
 */
export async function firstLineOf(
  { command: [program = "", ...words] }: Command,
  configKey: string,
  signal?: AbortSignal,
  timeoutMs: number = TIMEOUT_MS,
): Promise<string> {
  signal?.throwIfAborted();
  const told = (code: "secret-missing" | "secret-unreadable", what: string, cause?: unknown) =>
    new GraphtapError(code, `Cannot get ${configKey} from the command "${nameOf(program)}": ${what}`, {
      cause,
    });
  const { printed, end } = await outputOf(program, words, signal, timeoutMs);
  signal?.throwIfAborted();
  if (end instanceof Error) throw told("secret-unreadable", whyNotRun(end, program), end);
  if (end === "timeout") throw told("secret-missing", `it did not end within ${timeoutMs / 1000} s`);
  if (end !== 0) throw told("secret-missing", `it ended with ${end}; run it by hand to see what it says`);
  const [line = ""] = printed.replace(/^\uFEFF/, "").split(/\r?\n/, 1);
  if (line.trim() === "") throw told("secret-unreadable", "its first line is empty");
  if (printed.length >= MOST_BYTES && line.length >= MOST_BYTES) {
    throw told("secret-unreadable", `its first line has ${MOST_BYTES / 1024} KiB or more`);
  }
  return line;
}

/** A program as it is shown: of a whole command line, in which a secret may stand, the first word. */
function nameOf(program: string): string {
  const [word = ""] = program.split(/\s/, 1);
  return word === program ? word : `${word} …`;
}
