#!/usr/bin/env node
/** The process: words, environment, standard streams, signals, exit code. Nothing else touches them. */
import { fstatSync, readlinkSync, statSync } from "node:fs";
import process from "node:process";
import { runCli } from "./cli/cli.ts";
import { exchangeFailure } from "./net/exchangeFailure.ts";
import { cpuSeconds, monotonicMicros, rssBytes, runtimeName, startedMs } from "./wiring/host.ts";
import type { Runtime, StdoutPlace, StopCause } from "./wiring/runtime.ts";
import { keepYoungMemorySmall } from "./wiring/youngMemory.ts";
import { stdoutFailure } from "./sink/stdout.ts";
import { hostLocker } from "./files/lock.ts";

/** The part of Deno that Node has no equal for. */
interface DenoNamespace {
  readonly stdout: { write(bytes: Uint8Array): Promise<number> };
}

const deno = (globalThis as { Deno?: DenoNamespace }).Deno;

// Without a listener Node opens its debugger to every user of the host. The built files have one in their first line.
process.on("SIGUSR1", deno ? closeDebugger : () => {});
if (!deno) setTimeout(closeEarlyDebugger, 1000).unref();
// Sent by mistake, as by a script that rotates logs of something else, it is no reason to die.
process.on("SIGUSR2", () => {});

/** How long after the signal Deno may still open its debugger, and how often it is looked for; milliseconds. */
const DEBUGGER_MS = { within: 2000, every: 5 };

/** Deno opens its debugger whoever listens for SIGUSR1. It can only be closed again, in the moment after. */
function closeDebugger(): void {
  const { close } = process.getBuiltinModule("node:inspector");
  const since = performance.now();
  const timer = setInterval(() => {
    close();
    if (performance.now() - since > DEBUGGER_MS.within) clearInterval(timer);
  }, DEBUGGER_MS.every);
}

/** Closes the debugger that Node opened at a signal before the listener stood; one that somebody asked for stays. */
function closeEarlyDebugger(): void {
  const isWanted = [...process.execArgv, process.env["NODE_OPTIONS"]].some((words) =>
    words?.includes("--inspect")
  );
  const { close, url } = process.getBuiltinModule("node:inspector");
  if (!isWanted && url() !== undefined) close();
}

/**
 * The import of whoever started the program, where that is `main.js` of the build: a script that was compiled before
 * cannot import by itself.
 */
declare const importForScript: ((url: string) => Promise<unknown>) | undefined;

/** The permissions that the program needs; Deno does not tell which ones it was given. */
const DENO_WORDS = [
  "run",
  "--allow-net",
  "--allow-read",
  "--allow-write",
  "--allow-env",
  "--allow-sys=hostname",
];

/**
 * The environment as far as Deno lets it be read: a variable that was not allowed is one that is not set. Libraries
 * look for switches of their own, which nobody should have to allow by name.
 */
function allowedOnly(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const read = (_: object, name: string) => {
    try {
      return env[name];
    } catch {
      return undefined;
    }
  };
  return new Proxy({}, { get: read as ProxyHandler<NodeJS.ProcessEnv>["get"] });
}

if (deno) process.env = allowedOnly(process.env);

// Deno's process.stdout blocks the whole program until the reader takes the bytes; its own writer does not.
async function writeByDeno(stdout: DenoNamespace["stdout"], bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await stdout.write(bytes.subarray(at));
}

function writeByNode(bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    stdout.get().write(bytes, (error) => error ? reject(error) : resolve());
  });
}

/** One of the process's own streams. It costs milliseconds to open, and a pull with nothing to do writes nothing. */
function lazy(open: () => NodeJS.WriteStream) {
  let stream: NodeJS.WriteStream | undefined;
  return {
    // The error reaches the writer's callback too; without a listener it would also end the process with a stack trace.
    get: () => stream ??= open().on("error", () => {}),
    isOpen: () => stream !== undefined,
  };
}

const stdout = lazy(() => process.stdout);
const stderr = lazy(() => process.stderr);

/** What a plugin prints must not stand among event lines. */
function sendConsoleToStderr(): void {
  const { Console } = process.getBuiltinModule("node:console");
  globalThis.console = new Console(stderr.get(), stderr.get());
}

/** For commands that print, too: a reader that goes away, or a full disk, is no bug. */
function writeStdout(bytes: Uint8Array): Promise<void> {
  const written = deno ? writeByDeno(deno.stdout, bytes) : writeByNode(bytes);
  return written.catch((error) => {
    throw stdoutFailure(error);
  });
}

/** A pipe has a number of its own, which a new pipe has not. */
function stdoutName(): string | null {
  try {
    const { dev, ino } = fstatSync(1);
    return `${dev}:${ino}`;
  } catch {
    return null;
  }
}

/** Whom a signal concerns. */
const listeners = {
  stop: new Set<(cause: StopCause) => void>(),
  reload: new Set<() => void>(),
};

/** Adds one of them; what comes back takes it away. */
function listen<T>(all: Set<T>, one: T): () => void {
  all.add(one);
  return () => void all.delete(one);
}

function stopAll(cause: StopCause): void {
  for (const callback of listeners.stop) callback(cause);
}

// From the start on, since a terminal that closes must end nothing. Node forgets that nohup told it to be ignored.
process.on("SIGHUP", () => {
  if (listeners.reload.size === 0) return stopAll("SIGHUP");
  for (const callback of listeners.reload) callback();
});

function onStopSignal(callback: (cause: StopCause) => void): () => void {
  for (const signal of ["SIGTERM", "SIGINT", "SIGQUIT"] as const) {
    // A command that nobody needs to stop ends by them as any program does.
    if (process.listenerCount(signal) === 0) process.on(signal, () => stopAll(signal));
  }
  return listen(listeners.stop, callback);
}

/** What standard output is; whatever cannot be looked at is taken for a pipe. */
function stdoutPlace(): StdoutPlace | null {
  try {
    // Loaded here: with the modules it needs, it would be a tenth of what a pull with nothing to do costs.
    if (process.getBuiltinModule("node:tty").isatty(1)) return "a terminal";
    const own = fstatSync(1);
    if (own.isCharacterDevice() && own.rdev === statSync("/dev/null").rdev) return "/dev/null";
    // systemd.exec(5): device and inode of the stream that leads to the journal.
    if (process.env["JOURNAL_STREAM"] === `${own.dev}:${own.ino}`) return "the journal";
    if (!own.isFIFO() && !own.isSocket()) return null;
    // Of a container the first process has what the container prints; of a host, it is none of ours.
    const isContainers = process.pid === 1 ||
      readlinkSync("/proc/1/fd/1") === readlinkSync("/proc/self/fd/1");
    return isContainers ? "the log of this container" : null;
  } catch {
    return null;
  }
}

function stdoutIsPipe(): boolean {
  try {
    const own = fstatSync(1);
    return own.isFIFO() || own.isSocket();
  } catch {
    return false;
  }
}

/** How often the parent process is looked at: a shipper that was killed tells nobody. */
const PARENT_CHECK_MS = 1000;
const parent = process.ppid;

/** Calls back once when the process that started this one is gone. */
function onParentGone(callback: () => void): void {
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    callback();
  }, PARENT_CHECK_MS);
  timer.unref();
}

const runtime: Runtime = {
  args: process.argv.slice(2),
  env: process.env,
  writeStdout,
  stdoutName,
  stdoutPlace,
  stdoutIsPipe,
  writeStderr: (text) => void stderr.get().write(text),
  get stderrIsTerminal() {
    return stderr.get().isTTY === true;
  },
  stderrSize() {
    const { columns, rows } = stderr.get();
    return { columns: columns || 80, rows: rows || 24 };
  },
  onResize(callback) {
    // The stream has its new size before: it listened when it was opened.
    stderr.get();
    process.on("SIGWINCH", callback);
    return () => void process.off("SIGWINCH", callback);
  },
  onContinue(callback) {
    process.on("SIGCONT", callback);
    return () => void process.off("SIGCONT", callback);
  },
  stdin: () => process.stdin,
  onStopSignal,
  onReloadSignal: (callback) => listen(listeners.reload, callback),
  onParentGone,
  locker: hostLocker(),
  pid: process.pid,
  rssBytes,
  cpuSeconds,
  keepYoungMemorySmall,
  runtimeName: runtimeName(),
  monotonicMicros,
  get startedMs() {
    return startedMs();
  },
  async importModule(url) {
    sendConsoleToStderr();
    const { withOwnModule } = await import("./wiring/ownModule.ts");
    return withOwnModule(() => typeof importForScript === "function" ? importForScript(url) : import(url));
  },
  command: [process.execPath, ...(deno ? DENO_WORDS : process.execArgv), process.argv[1] ?? ""],
};

process.on("uncaughtException", (error) => {
  // Node's own fetch, which answers of the server are made of, loads a parser in WebAssembly, and nobody can catch its failure.
  if (error instanceof RangeError && error.message.startsWith("WebAssembly")) {
    const { why, advice } = exchangeFailure(error);
    stderr.get().write(`graphtap: ${why}: ${advice}\n`, () => process.exit(1));
    return;
  }
  stderr.get().write(`graphtap: bug: ${error.stack ?? error.message}\n`, () => process.exit(70));
});

/** How long the last line may take, which comes on top of what a stop leaves to the sinks. */
const STDERR_GRACE_MS = 500;

/** Ends the process when standard error has taken its last line, or will not. */
function exit(code: number): void {
  const end = () => process.exit(code);
  if (!stderr.isOpen()) return end();
  setTimeout(end, STDERR_GRACE_MS);
  stderr.get().write("", end);
}

// All lines were awaited; open connections must not keep the process.
runCli(runtime).then(exit);
