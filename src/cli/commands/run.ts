import type { ExitCode } from "../../errors.ts";
import { pollForever } from "../../tap/scheduler.ts";
import { watchClock } from "../../wiring/clockWatch.ts";
import { beat } from "../../wiring/heartbeat.ts";
import { runReloading } from "../../wiring/reload.ts";
import type { Given } from "../options.ts";
import type { Runtime } from "../../wiring/runtime.ts";
import { watchSecrets } from "../../wiring/secretWatch.ts";
import { withStatistics } from "../../wiring/statistics.ts";
import { heartbeatOf, tapOptions } from "../tapOptions.ts";

/** `graphtap run`: ends by a stop signal, or by a failure that concerns the whole process. */
export function run(given: Given, runtime: Runtime): Promise<ExitCode> {
  const heartbeat = heartbeatOf(given);
  return runReloading({
    config: given.text("config"),
    optionsFor: (loaded) => tapOptions(given, runtime, loaded),
    work(opened) {
      const tap = withStatistics(opened, runtime.rssBytes);
      void watchClock(tap);
      void watchSecrets(tap);
      if (heartbeat !== null) void beat(tap, heartbeat);
      return pollForever(tap.streams, tap.engine, tap.stop);
    },
  }, runtime);
}
