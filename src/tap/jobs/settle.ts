/** What the end of a job means for the position, by what its records were read for. */
import { codesOf, type GraphtapError } from "../../errors.ts";
import { formatInstant, fromMillis, secondsBetween } from "../../instant.ts";
import type { WindowCounts } from "../../record/tally.ts";
import type { Job } from "../../state/position.ts";
import { rereadsAfter } from "../late/schedule.ts";
import { covered, opened } from "../live.ts";
import type { PollContext } from "../pollContext.ts";
import { recordGap } from "../retryGaps.ts";
import { closeGapPart, leaveGapPart } from "./gapParts.ts";
import { largestWidth, SMALLEST_WIDTH_SECONDS, widthOf } from "./plan.ts";

/** All of the job's window was read. */
export function settle(context: PollContext, job: Job, counts: WindowCounts): void {
  const { position } = context;
  if (job.purpose === "reread") countLate(context, counts);
  if (job.purpose === "gap") closeGapPart(context, job.window);
  else goOn(context, job, counts.fresh);
  const width = secondsBetween(job.window.from, job.window.to);
  const known = position.current.windowSeconds ?? largestWidth(context);
  position.learnWidth(width >= known / 2 ? Math.min(2 * known, largestWidth(context)) : known);
  position.dropJob(job);
  position.commit();
}

/**
 * The job failed, hangs, is gone, or cannot be read: its window is asked for in halves, and the smallest is a gap.
 *
 * @param error why
 */
export function giveUp(context: PollContext, job: Job, error: GraphtapError): void {
  const { position, stream: { log } } = context;
  const { from, to } = job.window;
  const half = Math.floor(Math.min(secondsBetween(from, to), widthOf(context)) / 2);
  position.dropJob(job);
  if (half >= SMALLEST_WIDTH_SECONDS) {
    position.learnWidth(half);
    log.warn(error.message, { ...codesOf(error), window_seconds: half });
  } else {
    if (job.purpose === "live" || job.purpose === "backfill") recordGap(context, job.window, error);
    else log.warn(error.message, { ...codesOf(error), from: formatInstant(from), to: formatInstant(to) });
    if (job.purpose === "gap") leaveGapPart(context, job.window);
    else goOn(context, job, 0);
  }
  position.commitInFile();
}

/** Moves what the window was read for behind it. */
function goOn(context: PollContext, { purpose, window, depth }: Job, late: number): void {
  const { position } = context;
  const { current } = position;
  if (purpose === "backfill") return position.advanceBackfill(window.to);
  if (purpose === "reread") {
    return position.markRereads(rereadsAfter(current.rereads, depth, window.to, late));
  }
  position.markRereads(opened(context, current.beganAt ?? window.from, window.to));
  position.advance(window.to);
  position.markRereads(covered(context, window));
}

function countLate(
  { counts, stream: { log }, engine: { clock } }: PollContext,
  { fresh, oldestFresh }: WindowCounts,
) {
  if (fresh === 0) return;
  const bySeconds = oldestFresh === null
    ? 0
    : Math.round(secondsBetween(oldestFresh, fromMillis(clock.now())));
  counts.countLate({ records: fresh, bySeconds });
  log.info("late records recovered", { records: fresh, latest_by_s: bySeconds });
}
