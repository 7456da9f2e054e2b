/** The command line within a program that imports it: what a process has by itself is given, or is not there. */
import type { ExitCode } from "../errors.ts";
import { hostLocker } from "../files/lock.ts";
import { cpuSeconds, monotonicMicros, pid, rssBytes, runtimeName, startedMs } from "../wiring/host.ts";
import type { Runtime } from "../wiring/runtime.ts";
import { runCli } from "./cli.ts";

/** What stands in for the standard streams, the environment and the signals of a process. */
export interface CommandLineOptions {
  /** Gets event lines, and what a command is asked to print; they are accepted when its promise is resolved. */
  readonly stdout: (bytes: Uint8Array) => void | Promise<void>;
  /** Gets the log and every complaint. @default nobody does */
  readonly stderr?: (text: string) => void;
  /** What a command reads with `-c -`, and `exec`. @default nothing */
  readonly stdin?: AsyncIterable<Uint8Array>;
  /** Pass `process.env` for the variables of the process. @default no variable is set */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Ends a command as SIGTERM does. @default nothing does */
  readonly signal?: AbortSignal;
}

/** A terminal's usual size: there is none here. */
const SIZE = { columns: 80, rows: 24 };

/** Runs one command. It never ends the process, listens for no signal, and throws nothing. */
export function runCommandLine(args: readonly string[], options: CommandLineOptions): Promise<ExitCode> {
  const { stdout, stderr = () => {}, stdin = nothing(), env = {}, signal } = options;
  const runtime: Runtime = {
    args,
    env,
    writeStdout: async (bytes) => await stdout(bytes),
    stdoutName: () => null,
    stdoutPlace: () => null,
    stdoutIsPipe: () => false,
    writeStderr: stderr,
    stderrIsTerminal: false,
    stderrSize: () => SIZE,
    onResize: () => () => {},
    onContinue: () => () => {},
    stdin: () => stdin,
    onStopSignal: (callback) => listen(signal, () => callback("SIGTERM")),
    onReloadSignal: () => () => {},
    onParentGone: () => {},
    locker: hostLocker(),
    pid: pid(),
    rssBytes,
    cpuSeconds,
    monotonicMicros,
    runtimeName: runtimeName(),
    startedMs: startedMs(),
    importModule: (url) => import(url),
    command: ["graphtap"],
  };
  return runCli(runtime);
}

/** Calls back when it is aborted; what it returns ends that. */
function listen(signal: AbortSignal | undefined, callback: () => void): () => void {
  if (signal?.aborted) queueMicrotask(callback);
  signal?.addEventListener("abort", callback, { once: true });
  return () => signal?.removeEventListener("abort", callback);
}

async function* nothing(): AsyncGenerator<Uint8Array> {
  yield* [];
}
