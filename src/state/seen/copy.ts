/** What a seen set takes over from others, when the stream goes on for them. */
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
