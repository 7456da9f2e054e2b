import { asGraphtapError, type GraphtapError } from "../errors.ts";
import { fromMillis } from "../instant.ts";
import { commit, leaveInOrder, openPass, type Pass } from "./pass.ts";
import { withReadTo } from "./position.ts";
import { readPages } from "./readPages.ts";
import { readWindows } from "./readWindows.ts";
import type { Engine, Stream } from "./stream.ts";

/** What one poll did. */
export interface PollReport {
  readonly requests: number;
  readonly pages: number;
  readonly received: number;
  readonly sent: number;
  readonly duplicates: number;
  readonly startedMs: number;
  readonly elapsedMs: number;
  /** Why the stream could not be read to its end this time; `null` when it was. */
  readonly error: GraphtapError | null;
}

/**
 * One pass over one stream, from its position to now, committed page by page: a page's keys and then its position
 * are made durable after the sink accepted its lines.
 *
 * @throws what concerns more than this stream: sink-closed, state-unusable, a bug, the signal's reason
 */
export async function poll(stream: Stream, engine: Engine, signal: AbortSignal): Promise<PollReport> {
  const pass = openPass(stream, engine, signal);
  let failure: GraphtapError | null = null;
  try {
    const { cursor } = stream.plugin;
    if (cursor.kind === "snapshot") await readSnapshot(pass);
    else await readWindows(pass, cursor);
  } catch (thrown) {
    failure = asGraphtapError(thrown);
  }
  if (failure?.code === "sink-closed") pass.seen.rollback();
  else await leaveInOrder(pass);
  if (failure?.kind.recovery === "exit") throw failure;
  return {
    requests: pass.requests,
    pages: pass.pages,
    received: pass.intake.received,
    sent: pass.intake.received - pass.intake.duplicates,
    duplicates: pass.intake.duplicates,
    startedMs: pass.startedMs,
    elapsedMs: engine.clock.now() - pass.startedMs,
    error: failure,
  };
}

/** Reads a collection whole; what is not in it any more is forgotten, so that it leaves again if it comes back. */
async function readSnapshot(pass: Pass): Promise<void> {
  const start = pass.stream.service.startTime?.instant ?? null;
  await readPages(pass, { from: start, to: null }, null);
  pass.checkpoint = withReadTo(pass.checkpoint, fromMillis(pass.startedMs));
  commit(pass);
  pass.seen.replaceWith(pass.intake.keys);
}
