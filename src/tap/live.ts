import {
  addSeconds,
  compareInstants,
  earliest,
  formatInstant,
  fromMillis,
  type Instant,
  latest,
  secondsBetween,
  type Window,
} from "../instant.ts";
import type { TimedCursor } from "../plugin/plugin.ts";
import type { Reread } from "../state/position.ts";
import { freshInterruption } from "./windows/interruption.ts";
import { knownSince } from "./keyLife.ts";
import { agesOf } from "./late/depth.ts";
import { freeOverlap, LEAST_OVERLAP_SECONDS, rereadsAfterLive } from "./late/overlap.ts";
import { openRereads } from "./late/schedule.ts";
import { recordLongStop } from "./lost.ts";
import { mendPosition } from "./mendPosition.ts";
import type { PollContext } from "./pollContext.ts";
import { readWindows } from "./windows/readWindows.ts";
import { recordGap } from "./retryGaps.ts";
import { splitUnread } from "./unread.ts";

/** What is older than this is not today's and waits behind it. */
const LIVE_SECONDS = 3600;

/**
 * Reads from the position to now, leaving what is too old for that to the backfill.
 *
 * @returns now: when the poll began, or Graph's own clock where that is behind the host's. Nothing newer was read.
 */
export async function readLive(context: PollContext, cursor: TimedCursor): Promise<Instant> {
  const { counts, position, startedMs } = context;
  const before = counts.requests;
  try {
    const first = await readFromEdge(context, cursor, fromMillis(startedMs));
    const isMended = mendPosition(context);
    if (first.crossed && !isMended) return first.now;
    // Where the host's clock is hours ahead, the edge lay in Graph's future: Graph has said by now where it is.
    return (await readFromEdge(context, cursor, first.now)).now;
  } finally {
    position.earn(counts.requests - before);
  }
}

/** What came of one try to read up to now. */
interface EdgeRead {
  /** Set back where Graph's clock is behind. */
  readonly now: Instant;
  /** Whether it came as far as where today begins; until then nothing was made of it. */
  readonly crossed: boolean;
}

async function readFromEdge(context: PollContext, cursor: TimedCursor, now: Instant): Promise<EdgeRead> {
  const { counts, intake, position } = context;
  const end = addSeconds(now, -(cursor.settleSeconds ?? 0));
  const oldest = oldestKept(now, cursor);
  const start = position.current.beganAt ?? end;
  const least = cursor.overlapSeconds ?? LEAST_OVERLAP_SECONDS;
  const overlap = Math.max(position.current.overlapSeconds ?? least, least);
  const readFrom = (edge: Instant) =>
    earliest(latest(latest(addSeconds(edge, -overlap), start), oldest), end);
  const { liveFrom, backfill, from } = goingOn(
    context,
    start,
    readFrom,
    edgeOf(context, start, end, oldest, LIVE_SECONDS),
  );
  const before = { records: intake.received, pages: counts.pages, gaps: counts.gaps };
  let crossed = backfill === null;
  const reached = await readWindows(context, { from, to: end }, {
    priority: "live",
    onRead(to) {
      if (!crossed && compareInstants(to, liveFrom) >= 0) {
        recordLongStop(context, oldest);
        position.openBackfill(backfill!);
        crossed = true;
      }
      // Until then the position is what the backfill is to begin with.
      if (!crossed) return;
      position.markRereads(opened(context, start, to));
      position.advance(to);
    },
    onGap: (window, error) => recordGap(context, window, error),
    mayGoOn: () => true,
  });
  if (crossed && counts.gaps === before.gaps) {
    const found = { records: intake.received - before.records, pages: counts.pages - before.pages };
    const width = { seconds: secondsBetween(from, reached), newSeconds: secondsBetween(liveFrom, reached) };
    const { page: { size: pageSize } } = context.stream.plugin;
    position.markRereads(covered(context, { from, to: reached }));
    position.learnOverlap(freeOverlap({ ...found, ...width, pageSize }, least));
  }
  return { now: compareInstants(reached, end) < 0 ? reached : now, crossed };
}

/**
 * Nothing older is asked for: Graph has dropped it.
 *
 * @param now by Graph's clock, as far as it is known: a host's that is weeks ahead would give up what Graph still has
 */
export function oldestKept(now: Instant, cursor: TimedCursor): Instant {
  return addSeconds(now, 60 - cursor.retentionDays * 86_400);
}

/** Where today begins, and the older range that is left for later, if any. */
export function edgeOf(
  { position, stream: { log } }: PollContext,
  start: Instant,
  end: Instant,
  oldest: Instant,
  liveSeconds: number,
): Edge {
  const { watermark, beganAt, rereads } = position.current;
  const bounds = { watermark, start, now: end, oldest, liveSeconds };
  const { liveFrom, backfill, clamped } = splitUnread(bounds);
  if (clamped) {
    log.warn("the start lies before what Graph keeps: reading begins with the oldest it has", {
      start: beganAt === null ? null : formatInstant(beganAt),
      oldest: formatInstant(oldest),
    });
  }
  if (backfill === null) return { liveFrom, backfill };
  // After a long stop the re-reads are behind too; the backfill reads from where the deepest had come, and so for them.
  const from = latest(earliest(backfill.from, rereads.at(-1)?.readTo ?? backfill.from), oldest);
  return { liveFrom, backfill: { from, to: liveFrom } };
}

/** Where today begins, and what is read of it and of the time before. */
export interface Edge {
  readonly liveFrom: Instant;
  readonly backfill: Window | null;
}

/**
 * The edge of today moves on with every run, and a window that begins there with it. Where a run was interrupted in
 * such a window, this one goes on in that: else runs that end too early would read its first pages for ever.
 */
function goingOn(
  { position: { current }, startedMs }: PollContext,
  start: Instant,
  readFrom: (edge: Instant) => Instant,
  { liveFrom, backfill }: Edge,
): Edge & { readonly from: Instant } {
  const from = readFrom(liveFrom);
  const interrupted = freshInterruption(current, startedMs)?.window.from;
  if (backfill === null || interrupted === undefined) return { liveFrom, backfill, from };
  // What begins before that was read is a window of the backfill, or of a re-read.
  const unreadFrom = readFrom(current.watermark ?? start);
  const isLive = compareInstants(unreadFrom, interrupted) <= 0 && compareInstants(interrupted, from) < 0;
  if (!isLive) return { liveFrom, backfill, from };
  const isOlder = compareInstants(backfill.from, interrupted) < 0;
  return {
    liveFrom: interrupted,
    backfill: isOlder ? { from: backfill.from, to: interrupted } : null,
    from: interrupted,
  };
}

/** The re-reads, those that were missing begun with what was read, since a kill may come before the rest is. */
export function opened(
  { position, startedMs, stream }: PollContext,
  start: Instant,
  readTo: Instant,
): Reread[] {
  const { rereads } = position.current;
  // One that is new to the schedule must not meet records whose keys are forgotten.
  const oldest = latest(start, knownSince(position.current, startedMs));
  return openRereads(agesOf(stream, rereads.length), rereads, oldest, readTo);
}

/** The re-reads after a live window: what was read again now need not be by those whose age it has. */
export function covered({ position, stream }: PollContext, { from, to }: Window): Reread[] {
  const { rereads } = position.current;
  return rereadsAfterLive(agesOf(stream, rereads.length), rereads, from, to);
}
