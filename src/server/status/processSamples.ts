import type { Share } from "../../config/shard.ts";
import type { Reloads } from "../../telemetry/reloads.ts";
import { one } from "./samples.ts";

/** The process, as the figures show it. */
export interface ProcessFigures {
  /** What runs it, such as "node 20.20.2". */
  readonly runtime: string;
  /** When it began; milliseconds since the epoch. */
  readonly startedMs: number;
  /** Resident memory. */
  readonly rssBytes: () => number;
  /** Processor time, of user and system together. */
  readonly cpuSeconds: () => number;
  readonly reloads: Reloads;
  /** How much of the configuration is this process's. @default all of it */
  readonly share?: Share | null;
  /** What was found damaged in the state folder, and what that costs, a line each. @default nothing */
  readonly damages?: readonly string[];
}

export function measureProcess(
  { runtime, startedMs, rssBytes, cpuSeconds, reloads, share = null }: ProcessFigures,
  version: string,
) {
  return {
    graphtap_config_reloads_total: [
      { labels: { result: "success" }, value: reloads.succeeded },
      { labels: { result: "failure" }, value: reloads.failed },
    ],
    graphtap_config_last_reload_successful: one(reloads.isCurrent ? 1 : 0),
    graphtap_config_last_reload_success_timestamp_seconds: one(reloads.lastSuccessMs / 1000),
    graphtap_shard_inputs: share === null ? [] : one(share.inputs, { shard: share.shard }),
    graphtap_standing_by: one(0),
    graphtap_build_info: one(1, { version, runtime }),
    graphtap_info: one(1, { version }),
    process_cpu_seconds_total: one(cpuSeconds()),
    process_resident_memory_bytes: one(rssBytes()),
    process_start_time_seconds: one(startedMs / 1000),
  };
}
