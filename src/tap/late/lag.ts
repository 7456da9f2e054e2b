import type { Position } from "../../state/position.ts";
import type { PollContext } from "../pollContext.ts";
import type { Stream } from "../stream.ts";
import { agesOf } from "./depth.ts";
import { lagOf } from "./schedule.ts";

/** From here on it is said that re-reads are behind. */
const LAG_WORTH_SAYING_SECONDS = 86_400;

/** Seconds by which a stream's deepest re-read was behind its time at the last poll; `null` when it has none. */
export function rereadLag(stream: Stream, { watermark, rereads }: Position): number | null {
  if (watermark === null || rereads.length === 0) return null;
  return lagOf(agesOf(stream, rereads.length), rereads, watermark);
}

/** Whether a stream's re-reads are so far behind that somebody should know. */
export function isFarBehind({ stream, position }: PollContext): boolean {
  return (rereadLag(stream, position.current) ?? 0) > LAG_WORTH_SAYING_SECONDS;
}

/** Says once that re-reads have fallen behind, and once that they have caught up. */
export function sayIfBehind(context: PollContext, wasFarBehind: boolean): void {
  const { stream: { log, service } } = context;
  if (isFarBehind(context) === wasFarBehind) return;
  if (wasFarBehind) return log.info("re-reads have caught up");
  log.warn(
    "re-reads are more than a day behind, and late records come as much later: live reading earns them too few " +
      "requests; a shorter request_period_in_seconds earns more, a shorter reread_after_seconds needs less",
    { request_period_in_seconds: service.periodSeconds },
  );
}
