/**
 * Beside a tap: tells the service manager how all streams are, and feeds its watchdog while polls make progress.
 *
 * Progress is a step of any stream: a poll begins or ends, a request is sent or ended, lines are accepted. No step is
 * wanted while nothing is due, and while the sink takes nothing: waiting for who takes the lines is what a tap does. A
 * Graph that does not answer is tried again and again, and each try is a step. So the watchdog bites in two cases: the
 * event loop stands still, or a poll is due or under way and for half an hour no stream makes a step, which is longer
 * than any wait of ours: five minutes for an answer, five for a body, five that a 429 asks for. One stream alone that
 * makes no step is `late` on the page, and an alert; it restarts nobody.
 */
import type { Clock } from "../clock.ts";
import type { Status, StreamStatus } from "../server/status/schema.ts";
import type { ServiceManager } from "./serviceManager.ts";
import type { Tap } from "./tap.ts";

/** A poll that is due, and no step for so long: the scheduler is stuck; milliseconds. */
export const STUCK_MS = 1_800_000;
/** How often the status is told where no watchdog wants more. */
export const STATUS_MS = 300_000;

/** What a watchdog looks at. */
export type Watched = Pick<Status, "now" | "polls" | "summary" | "sink_stalled_seconds" | "streams">;

/** Judges, from one status to the next, whether polls make progress. @param elapsedMs by a clock that nobody sets */
export function createProgressJudge(elapsedMs: () => number): (status: Watched) => boolean {
  let steps = "";
  let lastStepMs = elapsedMs();
  return (status) => {
    const now = stepsOf(status);
    const isExcused = status.sink_stalled_seconds > 0 || !isAnyDue(status);
    if (now !== steps || isExcused) lastStepMs = elapsedMs();
    steps = now;
    return elapsedMs() - lastStepMs < STUCK_MS;
  };
}

/** All that changes with a step. When a wait began changes with it; how long it lasts does not count. */
function stepsOf({ now, streams }: Watched): string {
  const nowMs = Date.parse(now);
  return JSON.stringify(
    streams.map((stream) => [
      stream.polling,
      stream.waits_for,
      stream.waits_seconds === null ? null : Math.round(nowMs - stream.waits_seconds * 1000),
      stream.last_poll,
      stream.next_poll,
      stream.sent,
      stream.records,
    ]),
  );
}

function isAnyDue({ now, polls, streams }: Watched): boolean {
  return polls && streams.some((stream) => isDue(stream, now));
}

function isDue({ polling, next_poll }: StreamStatus, now: string): boolean {
  return polling || next_poll === null || Date.parse(next_poll) < Date.parse(now);
}

/**
 * Tells it at once and then so often, until the tap stops.
 *
 * @param elapsedMs milliseconds by a clock that nobody sets, and that stands still while the host sleeps
 */
export async function watchPolls(
  { engine: { clock }, stop }: { readonly engine: { readonly clock: Clock }; readonly stop: Tap["stop"] },
  manager: ServiceManager,
  status: () => Watched,
  elapsedMs: () => number = () => performance.now(),
): Promise<void> {
  if (!manager.listens) return;
  const makesProgress = createProgressJudge(elapsedMs);
  const { watchdogMs } = manager;
  try {
    for (;;) {
      const now = status();
      manager.status(now.summary, makesProgress(now) && watchdogMs !== null);
      await clock.sleep(watchdogMs ?? STATUS_MS, stop.signal);
    }
  } catch {
    // Only the stop wakes it early, and whoever stops says why.
  }
}
