import { asGraphtapError, type GraphtapError } from "../errors.ts";
import { backfill } from "./backfill.ts";
import { readJobs } from "./jobs/readJobs.ts";
import { isFarBehind, sayIfBehind } from "./late/lag.ts";
import { reread } from "./late/rereads.ts";
import { oldestKept, readLive } from "./live.ts";
import { openPollContext, type PollContext } from "./pollContext.ts";
import type { LateFind } from "./pollCounts.ts";
import { retryGaps } from "./retryGaps.ts";
import { readSnapshot } from "./snapshot.ts";
import type { Engine, Stream } from "./stream.ts";
import { whyWaiting } from "./waiting.ts";

/** What one poll did. */
export interface PollReport {
  readonly requests: number;
  /** Requests among those made to read again what was read before. */
  readonly rereadRequests: number;
  readonly pages: number;
  readonly received: number;
  readonly sent: number;
  readonly duplicates: number;
  /** Records among those sent that only a re-read found. */
  readonly late: number;
  /** How old the oldest of those was when it was found; seconds, 0 without any. */
  readonly lateBySeconds: number;
  /** The same, window by window. */
  readonly lateFinds: readonly LateFind[];
  /** Ranges that could not be read and are in the ledger now. */
  readonly gaps: number;
  /** Whether what is new was read to its end, whatever became of older ranges. */
  readonly isUpToDate: boolean;
  /** Seconds that the host's clock is ahead of Graph's, below zero when it is behind; `null` when no answer told. */
  readonly hostAheadSeconds: number | null;
  readonly startedMs: number;
  readonly elapsedMs: number;
  /** Why the stream could not be read to its end this time; `null` when it was. */
  readonly error: GraphtapError | null;
}

/**
 * One pass over one stream: what is new, then what is due again, then what is old. Committed page by page: a page's
 * keys and its position are made durable after the sink accepted its lines.
 *
 * @param untilMs epoch milliseconds when the next poll is due, and work that can wait has to; `null` to do it all
 * @throws what concerns more than this stream: sink-closed, state-unusable, a bug, the signal's reason
 */
export function poll(
  stream: Stream,
  engine: Engine,
  signal: AbortSignal,
  untilMs: number | null = null,
): Promise<PollReport> {
  const reason = whyWaiting(stream);
  if (reason !== null) return Promise.resolve(unreadReport(reason, engine.clock.now()));
  const context = openPollContext(stream, engine, signal);
  // A clock that was set back would give the work that can wait all the hours until it is right again.
  const isWithin = (now: number) => untilMs === null || (context.startedMs <= now && now < untilMs);
  return runPoll(context, () => read(context, () => isWithin(engine.clock.now())));
}

/**
 * Does the work of a poll and leaves everything in order, however the work ends: lines that are whole leave, and what
 * the sink accepted is committed.
 *
 * @throws as {@linkcode poll}
 */
export async function runPoll(
  context: PollContext,
  work: (context: PollContext) => Promise<void>,
): Promise<PollReport> {
  let failure: GraphtapError | null = null;
  try {
    await work(context);
  } catch (thrown) {
    failure = asGraphtapError(thrown);
  }
  if (failure?.kind.keepsAccepted) context.position.rollback();
  else await conclude(context, failure);
  if (failure?.kind.yieldsToFailure && context.counts.failure !== null) throw context.counts.failure;
  if (failure?.kind.recovery === "exit") throw failure;
  return reportOf(context, failure);
}

async function conclude({ intake, position }: PollContext, failure: GraphtapError | null): Promise<void> {
  try {
    await intake.drain();
  } catch (error) {
    position.rollback();
    throw error;
  }
  position.conclude(failure);
}

function reportOf(context: PollContext, error: GraphtapError | null): PollReport {
  const { counts, intake: { received, duplicates }, startedMs, engine } = context;
  return {
    requests: counts.requests,
    rereadRequests: counts.rereadRequests,
    pages: counts.pages,
    received,
    sent: received - duplicates,
    duplicates,
    late: counts.late.reduce((sum, { records }) => sum + records, 0),
    lateBySeconds: Math.max(0, ...counts.late.map(({ bySeconds }) => bySeconds)),
    lateFinds: counts.late,
    gaps: counts.gaps,
    isUpToDate: counts.isUpToDate,
    hostAheadSeconds: context.graphClock.hostAheadSeconds,
    startedMs,
    elapsedMs: engine.clock.now() - startedMs,
    error,
  };
}

/** Of a poll that asked for nothing. */
function unreadReport(error: GraphtapError, startedMs: number): PollReport {
  const none = { requests: 0, rereadRequests: 0, pages: 0, received: 0, sent: 0, duplicates: 0, gaps: 0 };
  const late = { late: 0, lateBySeconds: 0, lateFinds: [] };
  return { ...none, ...late, isUpToDate: false, hostAheadSeconds: null, startedMs, elapsedMs: 0, error };
}

async function read(context: PollContext, mayGoOn: () => boolean): Promise<void> {
  const { cursor } = context.stream.plugin;
  if (cursor.kind === "snapshot") {
    await readSnapshot(context);
    return context.counts.countUpToDate();
  }
  if (cursor.kind === "job") {
    await readJobs(context, cursor);
    return context.counts.countUpToDate();
  }
  const wasFarBehind = isFarBehind(context);
  const now = await readLive(context, cursor);
  context.counts.countUpToDate();
  await reread(context, now, mayGoOn);
  sayIfBehind(context, wasFarBehind);
  await retryGaps(context, oldestKept(now, cursor), mayGoOn);
  await backfill(context, cursor, mayGoOn);
}
