import { systemClock } from "../../clock.ts";
import type { ExitCode } from "../../errors.ts";
import { pollForever } from "../../tap/scheduler.ts";
import { watchClock } from "../../wiring/clockWatch.ts";
import { readConfig } from "../../wiring/configFile.ts";
import { runToEnd } from "../../wiring/end.ts";
import { beat } from "../../wiring/heartbeat.ts";
import type { Given } from "../options.ts";
import type { Runtime } from "../../wiring/runtime.ts";
import { withStatistics } from "../../wiring/statistics.ts";
import { openTap } from "../../wiring/tap.ts";
import { heartbeatOf, tapOptions } from "../tapOptions.ts";

/** `graphtap run`: ends by a stop signal, or by a failure that concerns the whole process. */
export async function run(given: Given, runtime: Runtime): Promise<ExitCode> {
  const heartbeat = heartbeatOf(given);
  const loaded = await readConfig(given.text("config"), runtime, systemClock.now());
  const opened = openTap(tapOptions(given, runtime, loaded), runtime, loaded);
  const tap = withStatistics(opened, runtime.rssBytes);
  void watchClock(tap);
  if (heartbeat !== null) void beat(tap, heartbeat);
  return runToEnd(tap, pollForever(tap.streams, tap.engine, tap.stop));
}
