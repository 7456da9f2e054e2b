/** What a program prints, for secrets that a vault keeps. */
import { Buffer } from "node:buffer";
import { type ChildProcess, spawn } from "node:child_process";
import { GraphtapError } from "../../errors.ts";

/** A program that prints a secret. */
export interface Command {
  /** The program and its arguments. */
  readonly command: readonly string[];
}

const TIMEOUT_MS = 10_000;
/** Of a line; tokens have a few thousand bytes. */
const MOST_BYTES = 64 * 1024;

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
    new GraphtapError(code, `Cannot get ${configKey} from the command "${program}": ${what}`, { cause });
  const { printed, end } = await outputOf(program, words, signal, timeoutMs);
  signal?.throwIfAborted();
  if (end instanceof Error) throw told("secret-unreadable", whyNotRun(end), end);
  if (end === "timeout") throw told("secret-missing", `it did not end within ${timeoutMs / 1000} s`);
  if (end !== 0) throw told("secret-missing", `it ended with ${end}; run it by hand to see what it says`);
  const [line = ""] = printed.replace(/^\uFEFF/, "").split(/\r?\n/, 1);
  if (line.trim() === "") throw told("secret-unreadable", "its first line is empty");
  if (printed.length >= MOST_BYTES && line.length >= MOST_BYTES) {
    throw told("secret-unreadable", `its first line has ${MOST_BYTES / 1024} KiB or more`);
  }
  return line;
}

/** How a program ended: 0, in words what else, or what kept it from being started. */
type End = 0 | string | Error;

/** Runs a program to its end, or until it is killed. */
function outputOf(
  program: string,
  words: readonly string[],
  signal: AbortSignal | undefined,
  timeoutMs: number,
): Promise<{ readonly printed: string; readonly end: End }> {
  return new Promise((resolve) => {
    const pieces: Buffer[] = [];
    const started = startOf(program, words);
    if (started instanceof Error) return resolve({ printed: "", end: started });
    let length = 0;
    const finish = (end: End) => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", kill);
      started.kill("SIGKILL");
      // Somebody whom it started may hold the other end open.
      started.stdout?.destroy();
      resolve({ printed: Buffer.concat(pieces).toString("utf8"), end });
    };
    const kill = () => finish("timeout");
    const timer = setTimeout(kill, timeoutMs);
    signal?.addEventListener("abort", kill, { once: true });
    started.stdout?.on("data", (piece: Buffer) => {
      // The rest is read and thrown away, so that the program can end.
      if (length < MOST_BYTES) pieces.push(piece.subarray(0, MOST_BYTES - length));
      length += piece.length;
    });
    started.once("error", finish);
    started.once("close", (code, killed) => finish(code === 0 ? 0 : killed ?? `exit code ${code}`));
  });
}

function startOf(program: string, words: readonly string[]): ChildProcess | Error {
  try {
    return spawn(program, words, { stdio: ["ignore", "pipe", "ignore"], windowsHide: true });
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function whyNotRun(error: Error): string {
  const code = "code" in error ? String(error.code) : error.name;
  if (error.name === "NotCapable") return "Deno was not allowed to: grant --allow-run for it";
  if (code === "ENOENT") return "there is no such program";
  return code === "EACCES" ? "permission denied" : `it cannot be run (${code})`;
}
