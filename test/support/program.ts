import { Buffer } from "node:buffer";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { onTestFinished } from "vitest";
import { bundle } from "./builtProgram.ts";
import { onDeno, projectFolder } from "./project.ts";

/** The program on Deno, as the README has it. */
export const denoCommandLine = "deno run --allow-net --allow-read --allow-write --allow-env src/main.ts";

/** The same with no more than what a reader's own configuration uses. */
export const denoNarrowedLine = "mkdir -p state && deno run " +
  "--allow-net=graph.microsoft.com,login.microsoftonline.com --allow-read=config.yaml,state --allow-write=state " +
  "--allow-env='GRAPH_SECRET,GRAPHTAP_*' src/main.ts run -c config.yaml";

/** The runtime that it names: the one of these tests, or one that is installed beside Node. */
export const denoProgram: string | null = onDeno
  ? process.execPath
  : spawnSync("deno", ["--version"]).status === 0
  ? "deno"
  : null;

/** How the program is started: the bundle on Node, the sources on Deno with the permissions of the README. */
export const programCommand: readonly string[] = onDeno
  ? [
    process.execPath,
    ...denoCommandLine.split(" ").slice(1, -1),
    join(projectFolder, "src/main.ts"),
  ]
  : [process.execPath, bundle];

/** How a process ended, and all it wrote. */
export interface Ended {
  /** `null` when a signal ended it. */
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
  /** Milliseconds from its start. */
  readonly lastedMs: number;
}

/** A running program. */
export interface Running {
  readonly pid: number;
  /** What was read of its standard output so far. */
  readonly stdout: Buffer;
  readonly stderr: string;
  /** Whole lines read so far. */
  readonly lines: number;
  /** Waits until `condition` holds; `what` names it when it does not within a minute. */
  until(condition: () => boolean, what: string): Promise<void>;
  /** Stops reading its standard output, so that the pipe fills; `read` goes on. */
  hold(): void;
  read(): void;
  /** Closes our end of its standard output, as a reader does that goes away. */
  closeStdout(): void;
  kill(signal: NodeJS.Signals): void;
  /** Resolves when it is gone, whether or not its output was read to the end. */
  readonly exited: Promise<number | null>;
  /** Resolves when it is gone and its output was read to the end. */
  readonly ended: Promise<Ended>;
}

export interface StartOptions {
  /** Added to the environment; `GRAPHTAP_…` of the tests' own environment never gets through. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly stdin?: string;
  /** Do not read its standard output until told. */
  readonly held?: boolean;
  /** Count its lines, and keep none of them. */
  readonly discard?: boolean;
}

/**
 * What takes longer waits for something that does not come. Long enough for a machine with much else to do, and
 * shorter than the shortest wait of the program that a test tells it to break off (30 s).
 */
export const HANG_MS = 25_000;

const PATIENCE_MS = 60_000;

/** Starts `graphtap` with these words. It is killed when the test is over. */
export function start(args: readonly string[], options: StartOptions = {}): Running {
  return startCommand([...programCommand, ...args], options);
}

/** Runs `graphtap` with these words to its end. */
export function run(args: readonly string[], options: StartOptions = {}): Promise<Ended> {
  return start(args, options).ended;
}

/** Starts any command in the same way. */
export function startCommand(command: readonly string[], options: StartOptions = {}): Running {
  const [file = "", ...words] = command;
  const started = Date.now();
  const child = spawn(file, words, { cwd: options.cwd, env: programEnvironment(options.env), stdio: "pipe" });
  onTestFinished(() => void child.kill("SIGKILL"));
  child.stdin.on("error", () => {});
  child.stdin.end(options.stdin ?? "");
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  let lines = 0;
  child.stdout.on("data", (bytes: Buffer) => {
    if (!options.discard) stdout.push(bytes);
    for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) lines++;
  });
  if (options.held) child.stdout.pause();
  child.stderr.on("data", (bytes: Buffer) => stderr.push(bytes));
  let gone = false;
  const exited = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => {
      gone = true;
      resolve(code);
    });
  });
  const running: Running = {
    pid: child.pid ?? 0,
    get stdout() {
      return Buffer.concat(stdout);
    },
    get stderr() {
      return Buffer.concat(stderr).toString("utf8");
    },
    get lines() {
      return lines;
    },
    until: (condition, what) =>
      waitFor(condition, () => {
        const state = gone ? `the program is gone (${child.exitCode ?? child.signalCode})` : "it still runs";
        return `${what}; ${state}; ${lines} lines read; standard error: ${running.stderr}`;
      }, () => gone),
    hold: () => void child.stdout.pause(),
    read: () => void child.stdout.resume(),
    closeStdout: () => void child.stdout.destroy(),
    // Not child.kill(), after which Deno calls any end an end by that signal.
    kill: (signal) => void (child.pid && process.kill(child.pid, signal)),
    exited,
    ended: ended(child).then((code) => ({
      code,
      stdout: running.stdout,
      stderr: running.stderr,
      lastedMs: Date.now() - started,
    })),
  };
  return running;
}

/** Waits for a condition that nobody announces. */
export async function waitFor(
  condition: () => boolean,
  what: () => string,
  hopeless: () => boolean = () => false,
): Promise<void> {
  const since = Date.now();
  while (!condition()) {
    const over = hopeless() || Date.now() - since > PATIENCE_MS;
    await new Promise((resolve) => setTimeout(resolve, 5));
    if (over && !condition()) throw new Error(`Waited in vain: ${what()}`);
  }
}

function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code));
  });
}

/** The environment of a program: that of the tests without what would lead it, and what is added. */
export function programEnvironment(added: Readonly<Record<string, string>> = {}): Record<string, string> {
  const own = Object.entries(process.env).filter(([name]) =>
    !/^(GRAPHTAP_|CONFIG_FILE$|CI$|https?_proxy$|no_proxy$)/i.test(name)
  );
  return { ...Object.fromEntries(own) as Record<string, string>, ...added };
}
