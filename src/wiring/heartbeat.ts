/** Beside a tap: a line of our own so often, which keeps the connection behind the sink from going idle. */
import { asGraphtapError } from "../errors.ts";
import { lineStyle } from "../record/line.ts";
import { createLines } from "../record/lines.ts";
import type { Engine } from "../tap/stream.ts";
import { missingOf } from "./missing.ts";
import type { Tap } from "./tap.ts";
import { version } from "./version.ts";

/** How often a line of our own is sent, and under which tag. */
export interface Heartbeat {
  /** Milliseconds. */
  readonly everyMs: number;
  /** As Devo takes it. */
  readonly tag: string;
}

/**
 * Sends a line of our own through the sink, at once and then so often, until the tap stops: Devo closes a connection
 * that was silent for 30 s, and what a shipper writes into one just closed is lost (vector's socket sink, for one).
 * It also finds out that nobody reads any more.
 */
export async function beat(
  tap: Pick<Tap, "streams" | "stop">,
  engine: Engine,
  { everyMs, tag }: Heartbeat,
): Promise<void> {
  const { stop } = tap;
  const began = engine.clock.now();
  try {
    for (;;) {
      const { streams } = tap;
      const { gaps, gap_seconds, lost_seconds } = missingOf(streams);
      await engine.sink.write(heartbeatLine(tag, engine, {
        streams: streams.length,
        uptime_s: Math.round((engine.clock.now() - began) / 1000),
        gaps,
        gap_seconds,
        lost_seconds,
      }));
      await engine.clock.sleep(everyMs, stop.signal);
    }
  } catch (error) {
    if (!stop.signal.aborted) stop.abort(asGraphtapError(error));
  }
}

/** A heartbeat in the format of the other lines. */
function heartbeatLine(tag: string, engine: Engine, figures: Readonly<Record<string, number>>): Uint8Array {
  const now = engine.clock.now();
  const time = JSON.stringify(new Date(now).toISOString());
  const start = '{"time":';
  const record = `${start}${time},"heartbeat":${
    JSON.stringify({ program: "graphtap", version, ...figures })
  }}`;
  const bytes = new TextEncoder().encode(record);
  const lines = createLines(lineStyle({
    format: engine.format,
    service: "heartbeat",
    input: "graphtap",
    hostname: engine.hostname,
    environment: null,
    pullStartedMs: now,
  }));
  const fields = new Int32Array([-1, -1, start.length, start.length + time.length]);
  lines.add(tag, bytes, 0, bytes.length, fields, true);
  return lines.bytes();
}
