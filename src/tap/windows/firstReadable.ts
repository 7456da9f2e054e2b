import type { Priority } from "../../graph/limiter.ts";
import { addSeconds, type Instant, secondsBetween, type Window } from "../../instant.ts";
import type { PollContext } from "../pollContext.ts";
import { canRead } from "./probe.ts";
import { SMALLEST_WIDTH_SECONDS } from "./windowWidth.ts";

/**
 * Where a range can be read again whose beginning cannot: in steps that double, then by halves, to the
 * second. What could be read between is left to the gap that this makes longer; its turn comes with the gap's.
 *
 * @returns the end of the range when none of what was tried can be read
 */
export async function firstReadable(
  context: PollContext,
  range: Window,
  priority: Priority,
): Promise<Instant> {
  const length = secondsBetween(range.from, range.to);
  const works = (offset: number) => {
    const from = addSeconds(range.from, offset);
    return canRead(context, { from, to: addSeconds(from, SMALLEST_WIDTH_SECONDS) }, priority);
  };
  let unreadable = 0;
  let readable: number | null = null;
  for (const offset of steps(length)) {
    if (await works(offset)) {
      readable = offset;
      break;
    }
    unreadable = offset;
  }
  if (readable === null) return range.to;
  while (readable - unreadable > 1) {
    const middle = Math.floor((readable + unreadable) / 2);
    if (await works(middle)) readable = middle;
    else unreadable = middle;
  }
  return addSeconds(range.from, readable);
}

/** Seconds from the start: 0, then doubling, and the last window of the range. */
function steps(length: number): number[] {
  const last = Math.floor(length) - SMALLEST_WIDTH_SECONDS;
  const found = [0];
  for (let step = SMALLEST_WIDTH_SECONDS; step < last; step *= 2) found.push(step);
  return last > 0 ? [...found, last] : found;
}
