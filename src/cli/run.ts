import { systemClock } from "../clock.ts";
import type { ExitCode } from "../errors.ts";
import { pollForever } from "../tap/scheduler.ts";
import { createSenderStats } from "../telemetry/stats.ts";
import { readConfig } from "./configFile.ts";
import { beat, heartbeatOf } from "./heartbeat.ts";
import type { Given } from "./options.ts";
import type { Runtime } from "./runtime.ts";
import { countingSink, logStatistics } from "./statistics.ts";
import { openTap, untilStopped } from "./tap.ts";

/** `graphtap run`: ends by a stop signal, or by a failure that concerns the whole process. */
export async function run(given: Given, runtime: Runtime): Promise<ExitCode> {
  const heartbeat = heartbeatOf(given);
  const tap = openTap(given, runtime, await readConfig(given, runtime, systemClock.now()));
  if (heartbeat !== null) void beat(tap, heartbeat);
  const { clock, sink } = tap.engine;
  const stats = createSenderStats(clock.now);
  void logStatistics(tap, stats, runtime.rssBytes);
  const engine = { ...tap.engine, sink: countingSink(sink, stats, clock.now) };
  return untilStopped(tap, pollForever(tap.streams, engine, tap.stop));
}
