import { asGraphtapError, type GraphtapError } from "../errors.ts";
import { MAX_ATTEMPTS } from "../graph/retry.ts";
import { fromMillis } from "../instant.ts";
import { backfill } from "./backfill.ts";
import { retryGaps } from "./gaps.ts";
import { oldestKept, readLive } from "./live.ts";
import { commitAndSave, keepAccepted, leaveInOrder, openPass, type Pass } from "./pass.ts";
import { withReadTo } from "./position.ts";
import { readPages } from "./readPages.ts";
import type { Engine, Stream } from "./stream.ts";
import { sweep } from "./late/rereading.ts";
import { isFarBehind, sayIfBehind } from "./late/schedule.ts";

/** What one poll did. */
export interface PollReport {
  readonly requests: number;
  /** Requests among those made to read again what was read before. */
  readonly sweepRequests: number;
  readonly pages: number;
  readonly received: number;
  readonly sent: number;
  readonly duplicates: number;
  /** Records among those sent that only a re-read found. */
  readonly late: number;
  /** How old the oldest of those was when it was found; seconds, 0 without any. */
  readonly lateBySeconds: number;
  /** Ranges that could not be read and are in the ledger now. */
  readonly gaps: number;
  readonly startedMs: number;
  readonly elapsedMs: number;
  /** Why the stream could not be read to its end this time; `null` when it was. */
  readonly error: GraphtapError | null;
}

/**
 * One pass over one stream: what is new, then what is due again, then what is old. Committed page by page: a page's
 * keys and then its position are made durable after the sink accepted its lines.
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
  const pass = openPass(stream, engine, signal);
  // A clock that was set back would give the work that can wait all the hours until it is right again.
  const isWithin = (now: number) => untilMs === null || (pass.startedMs <= now && now < untilMs);
  return runPass(pass, (pass) => read(pass, () => isWithin(engine.clock.now())));
}

/**
 * Does the work of a pass and leaves everything in order, however the work ends.
 *
 * @throws as {@linkcode poll}
 */
export async function runPass(pass: Pass, work: (pass: Pass) => Promise<void>): Promise<PollReport> {
  let failure: GraphtapError | null = null;
  try {
    await work(pass);
  } catch (thrown) {
    failure = asGraphtapError(thrown);
  }
  if (failure?.kind.keepsAccepted) keepAccepted(pass);
  else await leaveInOrder(pass, failure);
  if (failure?.kind.recovery === "exit") throw failure;
  return {
    requests: pass.requests,
    sweepRequests: pass.sweepRequests,
    pages: pass.pages,
    received: pass.intake.received,
    sent: pass.intake.received - pass.intake.duplicates,
    duplicates: pass.intake.duplicates,
    late: pass.late,
    lateBySeconds: pass.lateBySeconds,
    gaps: pass.gaps,
    startedMs: pass.startedMs,
    elapsedMs: pass.engine.clock.now() - pass.startedMs,
    error: failure,
  };
}

async function read(pass: Pass, mayGoOn: () => boolean): Promise<void> {
  const { cursor } = pass.stream.plugin;
  if (cursor.kind === "snapshot") return readSnapshot(pass);
  const wasFarBehind = isFarBehind(pass);
  await readLive(pass, cursor);
  await sweep(pass, mayGoOn);
  sayIfBehind(pass, wasFarBehind);
  await retryGaps(pass, oldestKept(pass.now, cursor), mayGoOn);
  await backfill(pass, mayGoOn);
}

/** Reads a collection whole; what is not in it any more is forgotten, so that it leaves again if it comes back. */
async function readSnapshot(pass: Pass): Promise<void> {
  const start = pass.stream.service.startTime?.instant ?? null;
  await readPages(pass, { from: start, to: null }, {
    priority: "live",
    attempts: MAX_ATTEMPTS,
    resumeAt: null,
    resumable: false,
  });
  pass.checkpoint = withReadTo(pass.checkpoint, fromMillis(pass.startedMs));
  commitAndSave(pass);
  pass.seen.replaceWith(pass.intake.keys.list());
}
