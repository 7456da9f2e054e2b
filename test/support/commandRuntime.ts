/** A process of a test's own, in which commands run without a process of theirs. */
import { pid } from "node:process";
import { runCli } from "../../src/cli/cli.ts";
import type { ExitCode } from "../../src/errors.ts";
import type { Runtime, StopCause } from "../../src/wiring/runtime.ts";

/** A process whose signals a test sends, and what was written in it. */
export interface CommandRuntime {
  readonly runtime: Runtime;
  readonly stdout: string;
  readonly stderr: string;
  stop(cause: StopCause): void;
  hangUp(): void;
}

/** A process with these words on its command line. Nothing is locked, imported or read from standard input in it. */
export function commandRuntime(args: readonly string[], env: Runtime["env"] = {}): CommandRuntime {
  const stops = new Set<(cause: StopCause) => void>();
  const reloads = new Set<() => void>();
  let stdout = "";
  let stderr = "";
  const runtime: Runtime = {
    args,
    env,
    stdoutName: () => null,
    writeStdout: (bytes) => Promise.resolve(void (stdout += new TextDecoder().decode(bytes))),
    writeStderr: (text) => void (stderr += text),
    stderrIsTerminal: false,
    stdoutIsPipe: () => false,
    stderrSize: () => ({ columns: 80, rows: 24 }),
    onResize: () => () => {},
    onContinue: () => () => {},
    importModule: () => Promise.reject(new Error("no module is imported here")),
    stdin: async function* () {},
    stdoutPlace: () => null,
    onStopSignal: (callback) => (stops.add(callback), () => void stops.delete(callback)),
    onReloadSignal: (callback) => (reloads.add(callback), () => void reloads.delete(callback)),
    onParentGone: () => {},
    monotonicMicros: () => 0,
    locker: () => ({ status: "unsupported" }),
    pid,
    rssBytes: () => 0,
    cpuSeconds: () => 0,
    runtimeName: "node 20",
    startedMs: 0,
    command: ["/opt/my node/node", "/opt/graphtap/main.js"],
  };
  return {
    runtime,
    get stdout() {
      return stdout;
    },
    get stderr() {
      return stderr;
    },
    stop: (cause) => stops.forEach((callback) => callback(cause)),
    hangUp: () => reloads.forEach((callback) => callback()),
  };
}

/** Runs a command to its end. */
export async function runCommand(
  args: readonly string[],
  env?: Runtime["env"],
): Promise<{ readonly code: ExitCode; readonly stdout: string; readonly stderr: string }> {
  const process = commandRuntime(args, env);
  const code = await runCli(process.runtime);
  return { code, stdout: process.stdout, stderr: process.stderr };
}
