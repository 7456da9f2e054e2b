import type { ExitCode } from "../../errors.ts";
import { pollForever } from "../../tap/scheduler.ts";
import { watchClock } from "../../wiring/clockWatch.ts";
import { beat } from "../../wiring/heartbeat.ts";
import { runReloading } from "../../wiring/reload.ts";
import type { Given } from "../options.ts";
import type { Runtime } from "../../wiring/runtime.ts";
import { watchSecrets } from "../../wiring/secretWatch.ts";
import { withStatistics } from "../../wiring/statistics.ts";
import { watchPolls } from "../../wiring/watchdog.ts";
import { heartbeatOf, tapOptions } from "../tapOptions.ts";
import { openProgress } from "../terminal/openProgress.ts";

/** `graphtap run`: ends by a stop signal, or by a failure that concerns the whole process. */
export async function run(given: Given, runtime: Runtime): Promise<ExitCode> {
  const heartbeat = heartbeatOf(given);
  const progress = await openProgress(given, runtime, { polls: true });
  const exitCode = await runReloading({
    config: given.all("config"),
    optionsFor: (loaded) => tapOptions(given, runtime, loaded, progress),
    work(opened, _ending, _reloads, manager) {
      const tap = withStatistics(opened, runtime.rssBytes);
      const { streams, poll, plan, status } = progress.follow(tap);
      void watchClock(tap);
      void watchSecrets(tap);
      if (heartbeat !== null) void beat(tap, heartbeat);
      manager.ready();
      if (status !== null) void watchPolls(tap, manager, status);
      return pollForever(streams, tap.engine, tap.stop, poll, plan);
    },
  }, progress.runtime);
  progress.end(exitCode);
  return exitCode;
}
