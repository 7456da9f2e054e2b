/** Beside a tap: a word in the log when the host's clock has jumped. */
import type { Tap } from "./tap.ts";

const EVERY_MS = 60_000;
/** Less is no news: what live reading looks back for late records is more than that. */
const LEAST_JUMP_MS = 60_000;

/**
 * Says when the host's clock has jumped, until the tap stops.
 *
 * @param elapsedMs milliseconds by a clock that nobody sets, and that stands still while the host sleeps
 */
export async function watchClock(
  { engine: { clock }, log, stop }: Tap,
  elapsedMs: () => number = () => performance.now(),
): Promise<void> {
  const aheadMs = () => clock.now() - elapsedMs();
  try {
    for (let before = aheadMs();;) {
      await clock.sleep(EVERY_MS, stop.signal);
      const ahead = aheadMs();
      if (Math.abs(ahead - before) >= LEAST_JUMP_MS) log.warn(jumpText(ahead - before));
      before = ahead;
    }
  } catch {
    // Only the stop wakes it early, and whoever stops says why.
  }
}

function jumpText(ms: number): string {
  const seconds = Math.round(Math.abs(ms) / 1000);
  return ms > 0
    ? `the host's clock jumped ${seconds} s forward (it was set, or the host slept): ` +
      "nothing is skipped, for no stream is read beyond Graph's own time"
    : `the host's clock jumped ${seconds} s back: nothing is skipped or repeated, ` +
      "but if it is behind Graph's now, new records come so much later";
}
