/** A program that is run for what it prints, without a shell in between. */
import { Buffer } from "node:buffer";
import { type ChildProcess, spawn } from "node:child_process";
import { kill, platform } from "node:process";
import type { Readable } from "node:stream";

const isPosix = platform !== "win32";

/** How a program ended: 0, in words what else, or what kept it from being started. */
export type End = 0 | string | Error;

/** What a program printed, what it complained of on standard error, and how it ended. */
export interface Output {
  readonly printed: string;
  readonly complained: string;
  readonly end: End;
}

/** So long what a program printed is waited for after its end, in milliseconds. */
const LAST_WORDS_MS = 500;

/** Of each output so much is kept; tokens have a few thousand bytes. */
export const MOST_BYTES: number = 64 * 1024;

/**
 * Runs a program to its end, or until it is killed, with all that it started: when the time is over, or by the signal.
 * What it leaves running when it ends, as an agent, is left.
 *
 * @param timeoutMs how long it may take, in milliseconds
 */
export function outputOf(
  program: string,
  words: readonly string[],
  signal: AbortSignal | undefined,
  timeoutMs: number,
): Promise<Output> {
  return new Promise((resolve) => {
    const started = startOf(program, words);
    if (started instanceof Error) return resolve({ printed: "", complained: "", end: started });
    const printed = keep(started.stdout);
    const complained = keep(started.stderr);
    let lastWords: ReturnType<typeof setTimeout> | undefined;
    const finish = (end: End) => {
      clearTimeout(timer);
      clearTimeout(lastWords);
      started.off("exit", awaitLastWords);
      signal?.removeEventListener("abort", kill);
      // Somebody whom it started may hold the other ends open.
      started.stdout?.destroy();
      started.stderr?.destroy();
      resolve({ printed: printed(), complained: complained(), end });
    };
    const kill = () => {
      killAll(started);
      finish("timeout");
    };
    const timer = setTimeout(kill, timeoutMs);
    signal?.addEventListener("abort", kill, { once: true });
    const ended = (code: number | null, killed: string | null) =>
      finish(code === 0 ? 0 : killed ?? `exit code ${code}`);
    started.once("error", finish);
    const awaitLastWords = (...how: Parameters<typeof ended>) =>
      void (lastWords = setTimeout(() => ended(...how), LAST_WORDS_MS));
    started.once("exit", awaitLastWords);
    started.once("close", ended);
  });
}

/**
 * Why a program could not be started.
 *
 * @param program its name, which is a whole command line where somebody thought of a shell
 */
export function whyNotRun(error: Error, program: string): string {
  const code = "code" in error ? String(error.code) : error.name;
  if (error.name === "NotCapable") return "Deno was not allowed to: grant --allow-run for it";
  if (code === "ENOENT") {
    return /\s/.test(program)
      ? "there is no such program; each of its arguments is an item of its own in the list"
      : "there is no such program";
  }
  return code === "EACCES" ? "permission denied" : `it cannot be run (${code})`;
}

function startOf(program: string, words: readonly string[]): ChildProcess | Error {
  try {
    return spawn(program, words, {
      stdio: ["ignore", "pipe", "pipe"],
      windowsHide: true,
      // A group of its own, by which all of it can be killed.
      detached: isPosix,
    });
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function killAll(started: ChildProcess): void {
  try {
    if (isPosix && started.pid !== undefined) kill(-started.pid, "SIGKILL");
    else started.kill("SIGKILL");
  } catch {
    // It has ended, or Deno lets only the program itself be killed.
    started.kill("SIGKILL");
  }
}

/** Keeps the beginning of a stream. The rest is read and thrown away, so that the program can end. */
function keep(stream: Readable | null): () => string {
  const pieces: Buffer[] = [];
  let length = 0;
  stream?.on("data", (piece: Buffer) => {
    if (length < MOST_BYTES) pieces.push(piece.subarray(0, MOST_BYTES - length));
    length += piece.length;
  });
  return () => Buffer.concat(pieces).toString("utf8");
}
