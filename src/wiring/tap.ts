/** A tap: a state folder, its streams, and what they share. */
import { setMaxListeners } from "node:events";
import { join } from "node:path";
import { systemClock } from "../clock.ts";
import { shownLines } from "../config/collectorVersion.ts";
import { shownProblems, warningLine } from "../config/problems.ts";
import { createHttp } from "../graph/http.ts";
import { openRequestLog, type RequestLog } from "../graph/requestLog.ts";
import { proxiesFrom } from "../net/proxy.ts";
import { createFramers } from "../json/framer.ts";
import type { Sink } from "../sink/sink.ts";
import { openState } from "../state/state.ts";
import type { LineFormat } from "../record/line.ts";
import { createKeyMaker } from "../record/keyMaker.ts";
import type { Selection } from "../server/pull/select.ts";
import type { Engine, Stream } from "../tap/stream.ts";
import { createLog, type Log, type LogOptions } from "../telemetry/log.ts";
import type { LoadedConfig } from "./configFile.ts";
import { stoppedBy } from "./end.ts";
import { goOnFromBefore } from "../migrate/firstStart.ts";
import type { Runtime } from "./runtime.ts";
import { openSink, sinkName, type SinkOptions } from "./sink.ts";
import { buildStreams, type StreamParts } from "./streams.ts";
import { version } from "./version.ts";

/** Everything that `run` and `pull` need, wired. */
export interface Tap {
  readonly streams: readonly Stream[];
  readonly engine: Engine;
  readonly log: Log;
  /** Aborted by a stop signal or a failure of the whole process; the reason is the GraphtapError. */
  readonly stop: AbortController;
  close(): Promise<void>;
}

/** In the state folder: what Graph may still count. Names with a leading dot are no input's. */
const REQUESTS = ".requests";

/** What a tap needs to know beside its configuration. */
export interface TapOptions {
  readonly sink: SinkOptions;
  readonly selection: Selection;
  /** The folder for positions; absolute. */
  readonly stateDir: string;
  readonly format: LineFormat;
  /** HOST of the devo format. */
  readonly hostname: string;
  readonly log: Pick<LogOptions, "format" | "level">;
}

/**
 * Opens the tap of this process: its log, state folder, connections, signals and sink. The log says what starts.
 *
 * @throws state-*, sink-full, sink-unusable
 */
export function openTap(options: TapOptions, runtime: Runtime, { config, registry }: LoadedConfig): Tap {
  const clock = systemClock;
  const log = createLog({ ...options.log, write: runtime.writeStderr, now: () => clock.now() });
  for (const line of shownProblems(config.warnings, warningLine)) log.warn(line);
  const stop = new AbortController();
  const { stateDir, selection, format, hostname } = options;
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
  let requests: RequestLog;
  try {
    requests = openRequestLog(join(stateDir, REQUESTS), {
      now: () => clock.now(),
      report: (note) => log.warn(note),
    });
    goOnFromBefore(state, stateDir, { config, registry, log, nowMs: clock.now() });
    const json = format !== "devo";
    sink = openSink(options.sink, { runtime, stateDir, json, proxy, clock, log, stop: stop.signal });
  } catch (error) {
    state.close();
    throw error;
  }
  const { transport } = http;
  const { memoryOf } = requests;
  const outside = { clock, log, transport, random: Math.random, memoryOf };
  const tap = buildTap({ config, registry, selection, state, sink, format, hostname, ...outside });
  const started = { version, config: config.file, state: stateDir, sink: sinkName(options.sink) };
  log.info("started", { ...started, streams: tap.streams.length, read_as: shownLines(config.inputs) });
  return {
    ...tap,
    log,
    stop,
    async close() {
      await http.close();
      await sink.close().finally(() => {
        requests.close();
        state.close();
      });
    },
  };
}

/** What a tap is put together from. Nothing in it is of this process but what is put in. */
export interface TapParts extends StreamParts {
  /** In [0, 1), for spreading retries. */
  readonly random: () => number;
  readonly sink: Sink;
  readonly format: LineFormat;
  /** HOST of the devo format. */
  readonly hostname: string;
}

/** The streams that the configuration enables and the selection asks for, and what they share. */
export function buildTap(parts: TapParts): Pick<Tap, "streams" | "engine"> {
  const { clock, random, sink, format, hostname } = parts;
  return {
    streams: buildStreams(parts),
    engine: {
      framers: createFramers(),
      makeKey: createKeyMaker(),
      clock,
      random,
      sink,
      format,
      hostname,
      tagGeneration: parts.config.globals.tagGeneration,
    },
  };
}
