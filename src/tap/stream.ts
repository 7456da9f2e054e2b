import type { Clock } from "../clock.ts";
import type { InputConfig, ServiceConfig } from "../config/config.ts";
import type { Expiry } from "../graph/auth/expiry.ts";
import type { GraphClient } from "../graph/client.ts";
import type { Framers } from "../json/framer.ts";
import type { Limiter } from "../graph/limiter.ts";
import type { StreamTraffic } from "../graph/traffic.ts";
import type { Plugin } from "../plugin/plugin.ts";
import type { Sink } from "../sink/sink.ts";
import type { KeyMaker } from "../record/keyMaker.ts";
import type { Masks } from "../record/mask.ts";
import type { StreamState } from "../state/state.ts";
import type { Log } from "../telemetry/log.ts";
import type { LineFormat } from "../record/line.ts";

/** Input × service: the thing that has a position. */
export interface Stream {
  readonly input: InputConfig;
  readonly service: ServiceConfig;
  readonly plugin: Plugin;
  readonly graph: GraphClient;
  /** When the credential of the input ends; shared by its streams. */
  readonly expiry: Expiry;
  readonly graphUrl: string;
  /** The level of a tag that the documentation writes as `*`, but where the service has a 1.x tag. */
  readonly tagGeneration: string;
  /** What each request of this stream needs a permit of. */
  readonly limiters: readonly Limiter[];
  /** What a request that creates a job needs a permit of besides; left out where the service has none. */
  readonly jobLimiter?: Limiter;
  /** What its requests came to; written by those who make them. */
  readonly traffic: StreamTraffic;
  readonly state: StreamState;
  readonly log: Log;
}

/** What all streams of a process share. */
export interface Engine {
  readonly clock: Clock;
  /** In [0, 1), for spreading retries. */
  readonly random: () => number;
  readonly framers: Framers;
  readonly makeKey: KeyMaker;
  readonly masks: Masks;
  readonly sink: Sink;
  readonly format: LineFormat;
  readonly hostname: string;
}
