import {
  addSeconds,
  compareInstants,
  earliest,
  type Instant,
  latest,
  secondsBetween,
  type Window,
} from "../../instant.ts";
import type { JobCursor } from "../../plugin/plugin.ts";
import type { JobPurpose } from "../../state/position.ts";
import { agesOf } from "../late/depth.ts";
import { dueReread } from "../late/schedule.ts";
import { edgeOf, oldestKept } from "../live.ts";
import { recordLongStop } from "../lost.ts";
import type { PollContext } from "../pollContext.ts";
import { dueGap } from "../retryGaps.ts";

/** Widths of a job's window in seconds: a day at most without a setting, and what it is halved down to. */
const LARGEST_WIDTH_SECONDS = 86_400;
export const SMALLEST_WIDTH_SECONDS = 900;
const EVERY_SECONDS = 3600;

/** A job that is wanted. */
export interface WantedJob {
  readonly purpose: JobPurpose;
  readonly window: Window;
  readonly depth: number;
}

/** The widest window that a stream asks for. */
export function largestWidth({ stream: { service } }: PollContext): number {
  return service.windowMaxSeconds ?? LARGEST_WIDTH_SECONDS;
}

/** What is to be asked for by a job, the most urgent first: one at a time for each purpose, so four of a stream at most. */
export function wantedJobs(context: PollContext, cursor: JobCursor, now: Instant): WantedJob[] {
  const { jobs } = context.position.current;
  const makers: Readonly<Record<JobPurpose, () => WantedJob | null>> = {
    live: () => wantedLive(context, cursor, now),
    reread: () => wantedReread(context, now),
    gap: () => wantedGap(context, oldestKept(now, cursor)),
    backfill: () => wantedBackfill(context),
  };
  const order: readonly JobPurpose[] = ["live", "reread", "gap", "backfill"];
  return order
    .filter((purpose) => !jobs.some((job) => job.purpose === purpose))
    .flatMap((purpose) => makers[purpose]() ?? []);
}

/** New time, once there is enough of it; what is older than a day is left to the backfill. */
function wantedLive(context: PollContext, cursor: JobCursor, now: Instant): WantedJob | null {
  const { position } = context;
  const end = addSeconds(now, -(cursor.settleSeconds ?? 0));
  const oldest = oldestKept(now, cursor);
  const start = position.current.beganAt ?? end;
  const { liveFrom, backfill } = edgeOf(context, start, end, oldest, LARGEST_WIDTH_SECONDS);
  if (backfill !== null) {
    recordLongStop(context, oldest);
    position.openBackfill(backfill);
    position.advance(liveFrom);
    position.commitInFile();
  }
  if (secondsBetween(liveFrom, end) < (cursor.everySeconds ?? EVERY_SECONDS)) return null;
  const overlap = Math.min(cursor.overlapSeconds ?? 0, widthOf(context));
  const from = latest(latest(addSeconds(liveFrom, -overlap), start), oldest);
  const to = earliest(addSeconds(liveFrom, widthOf(context)), end);
  return { purpose: "live", window: { from, to }, depth: 0 };
}

function wantedReread(context: PollContext, now: Instant): WantedJob | null {
  const { rereads } = context.position.current;
  if (rereads.length === 0) return null;
  const due = dueReread(agesOf(context.stream, rereads.length), rereads, now);
  if (due === null) return null;
  return { purpose: "reread", window: beginning(context, due), depth: due.index };
}

function wantedGap(context: PollContext, oldest: Instant): WantedJob | null {
  const gap = dueGap(context, oldest);
  return gap === null ? null : { purpose: "gap", window: beginning(context, gap), depth: 0 };
}

function wantedBackfill(context: PollContext): WantedJob | null {
  const [range] = context.position.current.backfill;
  return range === undefined ? null : { purpose: "backfill", window: beginning(context, range), depth: 0 };
}

/** As much of a range, from its older end, as one job is asked for. */
export function beginning(context: PollContext, { from, to }: Window): Window {
  const end = addSeconds(from, widthOf(context));
  return { from, to: compareInstants(end, to) < 0 ? end : to };
}

/** The width of windows, what they look at again aside; seconds. */
export function widthOf(context: PollContext): number {
  const largest = largestWidth(context);
  return Math.min(context.position.current.windowSeconds ?? largest, largest);
}
