import type { Sink } from "../sink/sink.ts";
import type { Stream } from "./stream.ts";

/**
 * Acknowledgement has three words:
 *
 * - **accept**: the sink has taken responsibility for lines (`Sink.write` resolved, `Sink.accepted`).
 * - **commit**: the keys of accepted lines and the position behind them are durable (`PollPosition.commit`,
 *   `StreamState.commit`, `SeenSet.commit`); the sink is told (`Sink.committed`). Never before the sink accepted.
 * - **rollback**: what was not committed is forgotten (`SeenSet.rollback`), because its lines were not accepted.
 *
 * A kill between the first two is mended here: a sink that remembers what it accepted is asked for it.
 */

/** What a sink knows a stream by: stays the same from run to run. */
export function sinkName({ input, service }: Stream): string {
  return `${input.id}/${service.name}`;
}

/**
 * Commits the keys that `sink` accepted before it failed, or in an earlier process that was killed before its commit.
 * Who reads the stream for another reader than the sink must not give it those records again.
 */
export function commitAccepted(stream: Stream, sink: Sink): void {
  const keys = sink.accepted?.(sinkName(stream)) ?? [];
  if (keys.length === 0) return;
  const seen = stream.state.seen();
  for (const key of keys) seen.add(key);
  seen.commit();
  sink.committed?.(sinkName(stream));
}
