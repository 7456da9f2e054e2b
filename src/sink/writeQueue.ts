import type { Clock } from "../clock.ts";
import { GraphtapError } from "../errors.ts";

/**
 * How long a stop leaves the lines in flight to a receiver that does not take them, in milliseconds. The whole process
 * is to end within about two seconds: every supervisor waits that long, and a shipper that stops not much longer.
 */
export const STOP_GRACE_MS = 1_500;

/** What a sink that may stall needs to know of the end of the process. */
export interface Ending {
  /** Aborted when the process is to stop. */
  readonly stop: AbortSignal;
  readonly clock: Clock;
}

/** The writes of a sink: one at a time, in the order in which they were asked for, up to the first that fails. */
export interface WriteQueue {
  /**
   * Runs `work` when everything before it has ended.
   *
   * @param work its signal is aborted when it has to give up; whatever it does after that counts for nothing
   * @throws what `work` throws, or what an earlier one threw: a failure is final
   * @throws sink-stalled when there was a stop, and `work` had not ended {@linkcode STOP_GRACE_MS} later
   */
  add(work: (giveUp: AbortSignal) => void | Promise<void>): Promise<void>;
  /** Forgets the stop, and the time limit with it. No record may be under way. */
  close(): void;
}

/** @param ending left out by a sink whose writes end by themselves, such as a file */
export function createWriteQueue(ending?: Ending): WriteQueue {
  const giveUp = new AbortController();
  const closed = new AbortController();
  let last: Promise<void> = Promise.resolve();
  let failed: { readonly why: unknown } | null = null;
  /** Ends the wait for the work under way. */
  let abandon: (why: unknown) => void = () => {};

  function graceBegins(): void {
    const over = () => {
      giveUp.abort(stalled(ending?.stop.reason));
      abandon(giveUp.signal.reason);
    };
    ending?.clock.sleep(STOP_GRACE_MS, closed.signal).then(over, () => {});
  }
  if (ending?.stop.aborted) graceBegins();
  else ending?.stop.addEventListener("abort", graceBegins, { once: true, signal: closed.signal });

  async function run(work: (giveUp: AbortSignal) => void | Promise<void>): Promise<void> {
    if (failed !== null) throw failed.why;
    try {
      giveUp.signal.throwIfAborted();
      // Not a race with one promise for all: that would remember every write there ever was.
      await new Promise<void>((resolve, reject) => {
        abandon = reject;
        Promise.resolve(work(giveUp.signal)).then(resolve, reject);
      });
    } catch (why) {
      failed = { why };
      throw why;
    }
  }

  return {
    add(work) {
      const own = last.then(() => run(work));
      last = own.catch(() => {});
      return own;
    },
    close: () => closed.abort(),
  };
}

function stalled(reason: unknown): GraphtapError {
  const seconds = STOP_GRACE_MS / 1000;
  const why = reason instanceof Error ? ` (${reason.message})` : "";
  return new GraphtapError(
    "sink-stalled",
    `Cannot deliver the lines in flight: they were not taken within ${seconds} s after the stop${why}; ` +
      "the next start sends them again",
  );
}
