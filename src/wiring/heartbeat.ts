import { asGraphtapError } from "../errors.ts";
import { lineStyle } from "../record/line.ts";
import { createLines } from "../record/lines.ts";
import type { Engine } from "../tap/stream.ts";
import { type Given, usage } from "../cli/options.ts";
import type { Tap } from "./tap.ts";
import { version } from "./version.ts";

/** How often, and under which tag. */
export interface Heartbeat {
  readonly everyMs: number;
  readonly tag: string;
}

const DEFAULT_TAG = "my.app.graphtap.heartbeat";
/** Devo's limit, and what a level of a tag may hold. */
const TAG = /^(?=.{1,1024}$)[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+$/;

/** `--heartbeat` and `--heartbeat-tag`; `null` when there is to be none. @throws usage */
export function heartbeatOf(given: Given): Heartbeat | null {
  const text = given.text("heartbeat");
  const tag = given.text("heartbeat-tag") ?? DEFAULT_TAG;
  if (!TAG.test(tag)) {
    throw usage(given.command, `--heartbeat-tag is "${tag}", expected a tag such as ${DEFAULT_TAG}`);
  }
  if (text === undefined) return null;
  const seconds = Number(text);
  if (!(seconds > 0 && seconds <= 86_400)) {
    throw usage(
      given.command,
      `--heartbeat is "${text}", expected a number of seconds above 0 and up to 86400`,
    );
  }
  return { everyMs: seconds * 1000, tag };
}

/**
 * Sends a line of our own through the sink, at once and then so often, until the tap stops: Devo closes a connection
 * that was silent for 30 s, and what a shipper writes into one just closed is lost (vector's socket sink, for one).
 * It also finds out that nobody reads any more.
 */
export async function beat(tap: Tap, { everyMs, tag }: Heartbeat): Promise<void> {
  const { engine, stop } = tap;
  const began = engine.clock.now();
  try {
    for (;;) {
      await engine.sink.write(heartbeatLine(tag, engine, {
        streams: tap.streams.length,
        uptime_s: Math.round((engine.clock.now() - began) / 1000),
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
