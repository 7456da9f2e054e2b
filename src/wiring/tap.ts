import { setMaxListeners } from "node:events";
import { systemClock } from "../clock.ts";
import { shownProblems, warningLine } from "../config/problems.ts";
import { createHttp } from "../graph/http.ts";
import { proxiesFrom } from "../net/proxy.ts";
import { createFramers } from "../json/framer.ts";
import type { Sink } from "../sink/sink.ts";
import { openState } from "../state/state.ts";
import type { LineFormat } from "../record/line.ts";
import { createKeyMaker } from "../record/keyMaker.ts";
import type { Engine, Stream } from "../tap/stream.ts";
import type { Log } from "../telemetry/log.ts";
import type { LoadedConfig } from "./configFile.ts";
import { stateFolderOf } from "./due.ts";
import { stoppedBy } from "./end.ts";
import { goOnFromOldCollector } from "../migrate/firstStart.ts";
import { hostOf } from "./hostname.ts";
import { logFor } from "./logging.ts";
import type { Given } from "../cli/options.ts";
import type { Runtime } from "./runtime.ts";
import { openSink, sinkOf } from "./sink.ts";
import { buildStreams } from "./streams.ts";

/** Everything that `run` and `pull` need, wired. */
export interface Tap {
  readonly streams: readonly Stream[];
  readonly engine: Engine;
  readonly log: Log;
  /** Aborted by a stop signal or a failure of the whole process; the reason is the GraphtapError. */
  readonly stop: AbortController;
  close(): Promise<void>;
}

/** Takes the state folder of a configuration and builds its streams. @throws usage, state-* */
export function openTap(given: Given, runtime: Runtime, loaded: LoadedConfig): Tap {
  const { config, registry } = loaded;
  const clock = systemClock;
  const log = logFor(given, runtime, config.globals.debug, () => clock.now());
  for (const line of shownProblems(config.warnings, warningLine)) log.warn(line);
  const choice = sinkOf(given, runtime.env, config.globals.allowInsecureUrls);
  const format = (given.text("format") ?? "json") as LineFormat;
  const stop = new AbortController();
  const stateDir = stateFolderOf(given, loaded);
  const state = openState(stateDir, {
    locker: runtime.locker,
    pid: runtime.pid,
    now: () => clock.now(),
    report: (note) => log.warn(note),
  });
  const proxy = proxiesFrom(runtime.env);
  const http = createHttp({ proxy });
  runtime.onStopSignal((cause) => stop.abort(stoppedBy(cause)));
  // Every stream listens for the stop, and each of its waits does.
  setMaxListeners(0, stop.signal);
  let sink: Sink;
  try {
    goOnFromOldCollector(state, stateDir, { config, registry, log, nowMs: clock.now() });
    const json = format !== "devo";
    sink = openSink(choice, { runtime, stateDir, json, proxy, clock, log, stop: stop.signal });
  } catch (error) {
    state.close();
    throw error;
  }
  return {
    streams: buildStreams({ config, registry, state, clock, log, transport: http.transport, given }),
    engine: {
      framers: createFramers(),
      makeKey: createKeyMaker(),
      clock,
      random: Math.random,
      sink,
      format,
      hostname: hostOf(given),
      tagGeneration: config.globals.tagGeneration,
    },
    log,
    stop,
    async close() {
      await http.close();
      await sink.close().finally(() => state.close());
    },
  };
}
