/** Standing by: `--wait` waits until the process that has the state folder ends, and goes on in its place. */
import { systemClock } from "../clock.ts";
import { asGraphtapError } from "../errors.ts";
import { watchClaims } from "../files/claimLock.ts";
import type { FolderLock } from "../files/folderLock.ts";
import { whoHas } from "../files/lockHolder.ts";
import { takeFolder } from "../state/state.ts";
import { createLog, type Log } from "../telemetry/log.ts";
import type { Runtime } from "./runtime.ts";
import type { TapOptions } from "./tap.ts";

/** How often the lock is tried, in milliseconds: the other process is missed for so long at most. */
const LOOK_MS = 1000;

/** A process that stands by. */
export interface Waiting {
  readonly log: Log;
  /** Who has the state folder, in words; asked anew each time, for it may change hands. */
  readonly holder: () => string;
  /** When it began, in milliseconds since the epoch. */
  readonly sinceMs: number;
}

/** What is done while a process stands by. */
export interface Meanwhile {
  /** Ends it, where the process is stopped before it takes over. */
  end(): Promise<void>;
}

export const NOTHING: Meanwhile = { end: () => Promise.resolve() };

/** The folder, taken by this process. */
export interface Taken {
  readonly lock: FolderLock;
  /** Whether another process had it until now. */
  readonly waited: boolean;
}

/**
 * Takes the state folder, where `--wait` is given, as soon as no other process has it; nothing of it is read before.
 *
 * @param whileWaiting begins what is done meanwhile
 * @returns `undefined` without `--wait`: the folder is taken when it is opened, or refused
 * @throws the reason of `stop`; `state-unusable` at once, as waiting mends nothing then
 */
export async function standBy(
  { wait, stateDir, log: logOptions }: Pick<TapOptions, "wait" | "stateDir" | "log">,
  runtime: Pick<Runtime, "locker" | "pid" | "writeStderr">,
  stop: AbortController,
  whileWaiting: (waiting: Waiting) => Promise<Meanwhile> = () => Promise.resolve(NOTHING),
): Promise<Taken | undefined> {
  if (!wait) return undefined;
  const now = () => systemClock.now();
  const log = createLog({ ...logOptions, write: runtime.writeStderr, now });
  const options = {
    locker: runtime.locker,
    pid: runtime.pid,
    now,
    report: (note: string) => log.warn(note),
    onLost: (failure: Error) => stop.abort(failure),
    seesLife: watchClaims(LOOK_MS),
  };
  const sinceMs = now();
  let meanwhile = NOTHING;
  for (let looks = 0;; looks++) {
    const lock = takeIfFree(stateDir, options);
    if (lock !== null) {
      if (looks > 0) {
        log.info("took over", { state: stateDir, waited_s: Math.round((now() - sinceMs) / 1000) });
      }
      return { lock, waited: looks > 0 };
    }
    if (looks === 0) {
      const holder = () => whoHas(stateDir);
      log.info("standing by", { state: stateDir, in_use_by: holder() });
      meanwhile = await whileWaiting({ log, holder, sinceMs });
    }
    await pause(log, stop.signal, meanwhile);
  }
}

/** `null` while another process has it. @throws `state-unusable` */
function takeIfFree(stateDir: string, options: Parameters<typeof takeFolder>[1]): FolderLock | null {
  try {
    return takeFolder(stateDir, options);
  } catch (thrown) {
    if (!asGraphtapError(thrown).kind.isHeldByOther) throw thrown;
    return null;
  }
}

/** @throws the reason of a stop, which is the end of the command, and is told as any other */
async function pause(log: Log, signal: AbortSignal, { end }: Meanwhile): Promise<void> {
  try {
    await systemClock.sleep(LOOK_MS, signal);
  } catch (thrown) {
    await end();
    const { message, kind } = asGraphtapError(thrown);
    log.info(`ended: ${message}`, { exit_code: kind.exitCode });
    throw thrown;
  }
}
