/**
 * What systemd, or whoever else listens at `$NOTIFY_SOCKET`, is told of this process; sd_notify(3) says what each word
 * means. Neither Node nor Deno has datagram sockets of the kind that it wants, and what npm has for them is to be
 * compiled on the host: the program `systemd-notify` sends them, which knows abstract sockets, too. It costs a process
 * for each message, so there are few.
 */
import { type Output, outputOf, whyNotRun } from "../graph/auth/program.ts";
import type { Runtime } from "./runtime.ts";

/** What is said where somebody listens; nothing of it throws, and nothing has to be awaited. */
export interface ServiceManager {
  /** Whether anybody listens. */
  readonly listens: boolean;
  /** How often the watchdog is to be fed, in milliseconds; `null` where there is none. */
  readonly watchdogMs: number | null;
  /** What was begun has come to its end: the start, or reading the configuration again. */
  ready(): void;
  /** The configuration is read again; {@linkcode ServiceManager.ready} follows. */
  reloading(): void;
  /** The end has begun. */
  stopping(): void;
  /** How the process is doing, in one line. @param feeds whether that is worth another stretch of the watchdog */
  status(text: string, feeds: boolean): void;
}

/** Sends one message: runs a program to its end. */
export type RunNotify = (words: readonly string[]) => Promise<Pick<Output, "complained" | "end">>;

const PROGRAM = "systemd-notify";
/** It waits up to five seconds for its message to be taken. */
const TIMEOUT_MS = 10_000;

const runNotify: RunNotify = (words) => outputOf(PROGRAM, words, undefined, TIMEOUT_MS);

/**
 * @param report told once, in one line, that messages do not arrive
 * @param run @default the program `systemd-notify`
 */
export function createServiceManager(
  { env, pid, monotonicMicros }: Pick<Runtime, "env" | "pid" | "monotonicMicros">,
  report: (note: string) => void,
  run: RunNotify = runNotify,
): ServiceManager {
  const listens = (env["NOTIFY_SOCKET"] ?? "") !== "";
  let last = Promise.resolve();
  let isReported = false;
  let isStopping = false;
  /** How many times the configuration is being read again. */
  let reloads = 0;
  let said = "";

  async function send(words: readonly string[]): Promise<void> {
    const { end, complained } = await run(words);
    if (end === 0 || isReported) return;
    isReported = true;
    const why = end instanceof Error ? whyNotRun(end, PROGRAM) : `${end} ${complained}`.trim();
    report(
      `Cannot tell the service manager how this process is doing by "${PROGRAM}": ${why}; ` +
        "a unit without it has Type=exec and no WatchdogSec=",
    );
  }
  function tell(...words: readonly string[]): void {
    if (listens) last = last.then(() => isStopping ? undefined : send(words));
  }
  return {
    listens,
    watchdogMs: listens ? watchdogOf(env, pid) : null,
    ready() {
      reloads = Math.max(0, reloads - 1);
      // It takes the reload that it asked for last as done then.
      if (reloads === 0) tell("READY=1");
    },
    reloading() {
      reloads++;
      tell("RELOADING=1", `MONOTONIC_USEC=${monotonicMicros()}`);
    },
    stopping() {
      isStopping = true;
      // Started at once: the process may be gone before its turn would come, and the program goes on without it.
      if (listens) void send(["STOPPING=1", "STATUS=Stopping"]);
    },
    status(text, feeds) {
      const isNews = text !== said;
      said = text;
      if (isNews || feeds) tell(...(feeds ? ["WATCHDOG=1"] : []), ...(isNews ? [`STATUS=${text}`] : []));
    },
  };
}

/** Half of what the watchdog waits, as sd_watchdog_enabled(3) advises; it is ours only where it names our process. */
function watchdogOf(env: Runtime["env"], pid: number): number | null {
  const micros = Number(env["WATCHDOG_USEC"]);
  const forPid = env["WATCHDOG_PID"];
  const isOurs = forPid === undefined || forPid === String(pid);
  return isOurs && Number.isSafeInteger(micros) && micros > 0 ? micros / 2000 : null;
}
