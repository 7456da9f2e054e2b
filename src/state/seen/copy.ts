/** Copies of segments: what a seen set takes over from others, and what a process that lost it must not reach. */
import type { Hold } from "../../files/hold.ts";
import { makeFolder, readFileIfAny, replaceFile } from "../../files/durable.ts";
import { listSegments, segmentName } from "./segmentNames.ts";

/**
 * Copies the segments of the sets in the folders `from` to the new set in the folder `to`, the oldest periods first, so
 * that keys expire there as they would have. Positions among them are older than whatever is committed behind them.
 *
 * @throws `state-unusable`
 */
export function copySegments(from: readonly string[], to: string): void {
  const segments = from.flatMap((dir) => listSegments(dir).current).sort((a, b) => a.periodMs - b.periodMs);
  if (segments.length > 0) makeFolder(to);
  for (const [index, { path, periodMs }] of segments.entries()) {
    const bytes = readFileIfAny(path);
    if (bytes !== null) replaceFile(segmentName(to, index + 1, periodMs, false).path, bytes);
  }
}

/**
 * Puts a copy in the place of the segment of the set in the folder `dir` that is appended to, so that a process which
 * has it open appends to what nobody reads.
 *
 * @throws `state-in-use`, `state-unusable`
 */
export function renewLastSegment(dir: string, hold: Pick<Hold, "renew">): void {
  const last = listSegments(dir).current.at(-1);
  if (last !== undefined) hold.renew(last.path);
}
