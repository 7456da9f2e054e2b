/** A program that graphtap starts, watches and stops. */
import { Buffer } from "node:buffer";
import { type ChildProcess, spawn } from "node:child_process";
import { kill, platform } from "node:process";
import type { Readable } from "node:stream";
import { whyNotRun } from "../../graph/auth/program.ts";

/** How a program ended, in words. */
export type End = string;

/** A program that was started. */
export interface Started {
  /** `null` when it could not be started at all. */
  readonly pid: number | null;
  /** Resolves when it is gone, and what it wrote was read. */
  readonly ended: Promise<End>;
  /** Lets it run: until then it waits, and never runs when graphtap ends before. */
  release(): void;
  /** SIGTERM asks it to end, SIGKILL ends it. */
  signal(name: "SIGTERM" | "SIGKILL"): void;
}

/** Starts a program; `onLine` gets each line of what it writes. */
export type StartProgram = (
  words: readonly string[],
  env: Readonly<Record<string, string>>,
  onLine: (line: string) => void,
) => Started;

/** Of a line without end so many bytes are kept. */
const LONGEST_LINE = 64 * 1024;
const LINE_FEED = 10;

/**
 * Starts a program in a process group of its own: Ctrl-C and the end of a terminal reach graphtap alone, which then stops
 * the program when its own last lines are out.
 *
 * A second process, of a few hundred KB, waits for the end of a pipe that only graphtap holds. The kernel closes it
 * however graphtap ends, `kill -9` included; the program is then told to end. Where there is no shell, as in a container
 * that holds nothing else, the end of the first process ends all others.
 */
export const startProgram: StartProgram = (words, env, onLine) => {
  const [program = ""] = words;
  let child: ChildProcess;
  try {
    child = spawnWaiting(words, env);
  } catch (error) {
    return notStarted(error, program);
  }
  const watcher = child.pid === undefined ? null : watch(child.pid);
  for (const stream of [child.stdout, child.stderr]) if (stream !== null) readLines(stream, onLine);
  const ended = new Promise<End>((resolve) => {
    let end: End | null = null;
    const finish = () => {
      watcher?.kill("SIGKILL");
      resolve(end ?? "it ended");
    };
    child.once("error", (error) => {
      end ??= whyNotRun(error, program);
      if (child.pid === undefined) finish();
    });
    child.once("exit", (code, signal) => {
      end ??= signal === null ? OF_SHELL[code ?? 0] ?? `exit code ${code}` : `signal ${signal}`;
      // Somebody whom it started may hold its output open.
      setTimeout(finish, LAST_WORDS_MS).unref();
    });
    child.once("close", finish);
  });
  return {
    pid: child.pid ?? null,
    ended,
    release: () => void child.stdin?.end("\n"),
    signal: (name) => send(child, name),
  };
};

/** Not by `child.kill`, which on Deno closes the outputs, too, and sends no second signal. */
function send(child: ChildProcess, name: "SIGTERM" | "SIGKILL"): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    kill(child.pid, name);
  } catch {
    // It has ended, or Deno lets only this very program be ended.
    child.kill(name);
  }
}

const SHELL = "/bin/sh";
/** What a shell says by its exit code of a program that it cannot become. */
const OF_SHELL: Readonly<Record<number, string>> = {
  126: "permission denied",
  127: "there is no such program",
};

/**
 * A shell that becomes the program at a line from graphtap. So the program is watched, and noted by its number, before it
 * runs; and a shell that reads the end of its input instead, as when graphtap was killed, never becomes it.
 */
function spawnWaiting(words: readonly string[], env: Readonly<Record<string, string>>): ChildProcess {
  const [program = "", ...rest] = words;
  const options = { env: { ...env }, detached: platform !== "win32", windowsHide: true };
  try {
    const script = 'read -r _ && exec "$@" < /dev/null';
    const shell = spawn(SHELL, ["-c", script, "graphtap-start", ...words], { ...options, stdio: "pipe" });
    shell.stdin.on("error", () => {});
    if (shell.pid !== undefined) return shell;
    shell.on("error", () => {});
  } catch {
    // There is no shell, or Deno was not allowed to start one.
  }
  return spawn(program, rest, { ...options, stdio: ["ignore", "pipe", "pipe"] });
}

/** So long what a program wrote is read after its end, in milliseconds. */
const LAST_WORDS_MS = 500;

function notStarted(error: unknown, program: string): Started {
  const why = whyNotRun(error instanceof Error ? error : new Error(String(error)), program);
  return { pid: null, ended: Promise.resolve(why), release: () => {}, signal: () => {} };
}

/** `read` returns at the end of its input: when every process that holds the other end of the pipe is gone. */
function watch(pid: number): ChildProcess | null {
  try {
    const watcher = spawn(SHELL, ["-c", 'read -r _; kill -TERM "$1"', "graphtap-watch", String(pid)], {
      stdio: ["pipe", "ignore", "ignore"],
      detached: platform !== "win32",
      env: {},
    });
    watcher.on("error", () => {});
    watcher.stdin?.on("error", () => {});
    return watcher;
  } catch {
    return null;
  }
}

function readLines(stream: Readable, onLine: (line: string) => void): void {
  let rest = Buffer.alloc(0);
  stream.on("data", (piece: Buffer) => {
    let from = 0;
    for (let at = piece.indexOf(LINE_FEED); at >= 0; at = piece.indexOf(LINE_FEED, from)) {
      onLine(Buffer.concat([rest, piece.subarray(from, at)]).toString("utf8"));
      rest = Buffer.alloc(0);
      from = at + 1;
    }
    rest = Buffer.concat([rest, piece.subarray(from)]).subarray(0, LONGEST_LINE);
  });
  stream.on("end", () => rest.length > 0 && onLine(rest.toString("utf8")));
  stream.on("error", () => {});
}
