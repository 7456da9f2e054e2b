import type { ExitCode } from "../../errors.ts";
import type { Beside } from "../../wiring/beside.ts";
import { watchClock } from "../../wiring/clockWatch.ts";
import { beat } from "../../wiring/heartbeat.ts";
import { polledBy } from "../../wiring/polled.ts";
import { runReloading } from "../../wiring/reload.ts";
import type { Given } from "../options.ts";
import type { Runtime } from "../../wiring/runtime.ts";
import { withStatistics } from "../../wiring/statistics.ts";
import { watchPolls } from "../../wiring/watchdog.ts";
import { heartbeatOf, tapOptions } from "../tapOptions.ts";
import { openProgress } from "../terminal/openProgress.ts";

/** `graphtap run`: ends by a stop signal, or by a failure that concerns the whole process. */
export function run(given: Given, runtime: Runtime): Promise<ExitCode> {
  return deliver(given, runtime);
}

/** The same with what lives beside it. */
export async function deliver(given: Given, runtime: Runtime, beside?: Beside): Promise<ExitCode> {
  const heartbeat = heartbeatOf(given);
  const progress = await openProgress(given, runtime, { polls: true });
  const exitCode = await runReloading({
    config: given.all("config"),
    optionsFor: (loaded) => tapOptions(given, runtime, loaded, progress),
    beside,
    work(tap, _reload, manager) {
      const engine = withStatistics(tap, runtime.rssBytes);
      const followed = progress.follow(tap);
      void watchClock(tap);
      if (heartbeat !== null) void beat(tap, engine, heartbeat);
      manager.ready();
      if (followed.status !== null) void watchPolls(tap, manager, followed.status);
      return polledBy(tap, engine, followed);
    },
  }, progress.runtime);
  progress.end(exitCode);
  return exitCode;
}
