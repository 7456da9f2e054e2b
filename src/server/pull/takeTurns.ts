import { GraphtapError } from "../../errors.ts";
import type { PullContext } from "./context.ts";
import type { ServedStream } from "../served.ts";
import { unlessAborted } from "./unlessAborted.ts";

/** How long a pull waits for whoever reads its streams now. */
const WAIT_FOR_TURN_MS = 30_000;

/**
 * The turns of all streams, always in the same order, so that two pulls never wait for each other.
 *
 * @throws state-in-use when another reader does not end; stopped when a stream is gone; the signal's reason
 */
export async function takeTurns(
  streams: readonly ServedStream[],
  { engine }: PullContext,
  signal: AbortSignal,
): Promise<() => void> {
  const limit = new AbortController();
  const waiting = AbortSignal.any([signal, limit.signal]);
  const ends: (() => void)[] = [];
  const end = () => ends.forEach((one) => one());
  engine.clock.sleep(WAIT_FOR_TURN_MS, limit.signal).then(() => limit.abort(busy()), () => {});
  try {
    for (const { turn, gone } of streams) ends.push(await turn.take(AbortSignal.any([waiting, gone.signal])));
    return end;
  } catch (thrown) {
    end();
    throw thrown;
  } finally {
    limit.abort();
  }
}

/**
 * A turn of the server's own polling: it also waits for a batch to be confirmed, but not for ever.
 *
 * @throws the signal's reason
 */
export async function turnForPolling(
  served: ServedStream,
  { batches, engine: { clock } }: PullContext,
  signal: AbortSignal,
  confirmWithinMs: number,
): Promise<() => void> {
  for (;;) {
    const end = await served.turn.take(signal);
    const batch = batches.of(served);
    if (batch === null) return end;
    const leftMs = (batch.sentMs ?? clock.now()) + confirmWithinMs - clock.now();
    if (leftMs <= 0) {
      batches.abandon(batch);
      return end;
    }
    end();
    const limit = new AbortController();
    const lapsed = clock.sleep(leftMs, limit.signal).catch(() => {});
    await unlessAborted(Promise.race([batch.settled, lapsed]), signal).finally(() => limit.abort());
  }
}

function busy(): GraphtapError {
  return new GraphtapError(
    "state-in-use",
    `Cannot pull: another reader has the stream and did not end within ${
      WAIT_FOR_TURN_MS / 1000
    } s; ask again later`,
  );
}
