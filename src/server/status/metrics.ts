import type { SinkFigures } from "../../sink/sink.ts";
import type { Measured } from "../../telemetry/metrics.ts";
import type { PullContext } from "../pull/context.ts";
import type { ServedStream } from "../served.ts";
import type { Delivery } from "./delivery.ts";
import { measureProcess, type ProcessFigures } from "./processSamples.ts";
import { one } from "./samples.ts";
import { measureProgress, measureWork } from "./streamSamples.ts";
import { measureTraffic } from "./trafficSamples.ts";

/** What is measured beside the streams. */
export interface ServerFigures {
  readonly version: string;
  readonly nowMs: number;
  readonly program: ProcessFigures;
  readonly delivery: Delivery;
  readonly pulls: PullContext;
}

/** What `/metrics` answers: the names and what they mean are in `telemetry/metrics.ts`. Counters begin at 0 with the process. */
export function measure(streams: readonly ServedStream[], own: ServerFigures): Measured {
  const { version, nowMs, program, delivery, pulls } = own;
  return {
    ...measureWork(streams),
    ...measureProgress(streams, nowMs),
    ...measureTraffic(streams),
    ...measureSink(delivery, pulls.engine.sink.figures?.() ?? null),
    ...measureProcess(program, version),
    graphtap_event_listeners: one(pulls.events.listeners),
    graphtap_batches_waiting: one(pulls.batches.waiting),
  };
}

function measureSink({ writes, bytes, waitedMs, idleMs }: Delivery, own: SinkFigures | null) {
  return {
    graphtap_sink_writes_total: one(writes),
    graphtap_sink_bytes_total: one(bytes),
    graphtap_sink_wait_seconds_total: one(waitedMs / 1000),
    graphtap_sink_idle_seconds: one(idleMs() / 1000),
    graphtap_sink_retries_total: one(own?.retries ?? 0),
    graphtap_sink_set_aside_total: one(own?.setAside ?? 0),
    graphtap_spool_bytes: one(own?.spool?.bytes ?? null),
    graphtap_spool_limit_bytes: one(own?.spool?.limitBytes ?? null),
  };
}
