/** A tap: a state folder, its streams, and what they share. */
import { setMaxListeners } from "node:events";
import { join } from "node:path";
import { systemClock } from "../clock.ts";
import { shownLines } from "../config/collectorVersion.ts";
import { GraphtapError } from "../errors.ts";
import { shownProblems, warningLine } from "../config/document/problems.ts";
import { createHttp } from "../graph/http.ts";
import { openRequestLog, type RequestLog } from "../graph/requestLog.ts";
import { proxiesFrom } from "../net/proxy.ts";
import type { FolderLock } from "../files/folderLock.ts";
import { createFramers } from "../json/framer.ts";
import type { Sink } from "../sink/sink.ts";
import { openState } from "../state/state.ts";
import type { LineFormat } from "../record/line.ts";
import { createKeyMaker } from "../record/keyMaker.ts";
import type { Selection } from "../server/pull/select.ts";
import type { Engine } from "../tap/stream.ts";
import { createLog, type Log, type LogOptions } from "../telemetry/log.ts";
import type { LoadedConfig } from "./configFile.ts";
import { stoppedBy } from "./end.ts";
import { goOnFromBefore } from "../migrate/firstStart.ts";
import type { Runtime } from "./runtime.ts";
import { lostOutputs } from "./outputs.ts";
import { heldSink, openSink, sinkName, type SinkOptions } from "./sink.ts";
import { buildStreams, type SourcedStream, type StreamParts } from "./streams.ts";
import { version } from "./version.ts";

/** Everything that `run` and `pull` need, wired. */
export interface Tap {
  readonly streams: readonly SourcedStream[];
  readonly engine: Engine;
  readonly log: Log;
  /** The folder for positions; absolute. */
  readonly stateDir: string;
  /** Aborted by a stop signal or a failure of the whole process; the reason is the GraphtapError. */
  readonly stop: AbortController;
  /** Lets go of everything. */
  close(): Promise<void>;
  /** Lets go of everything but the sink. */
  release(): Promise<void>;
}

/** What outlasts a tap that is opened again with another configuration. */
export interface Lasting {
  /** Aborted when the process is to end, with the reason. */
  readonly ending: AbortController;
  /** Open already; @default it is opened with the tap */
  readonly sink?: Sink;
  /** Of the state folder, taken already; @default it is taken with the tap */
  readonly lock?: FolderLock;
}

/** Why a tap ends that is opened again at once: its sink gives nothing up. */
export const OPENED_AGAIN = new GraphtapError("stopped", "the configuration was read again");

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
  /** Whether to end when the process that started this one does. */
  readonly exitWithParent: boolean;
  /** Whether to wait for the state folder while another process has it. */
  readonly wait: boolean;
}

/** The end of this process, as far as it comes from outside. */
export function endingOf({ exitWithParent }: TapOptions, runtime: Runtime): AbortController {
  const ending = new AbortController();
  runtime.onStopSignal((cause) => ending.abort(stoppedBy(cause)));
  if (exitWithParent) runtime.onParentGone(() => ending.abort(stoppedBy("parent-gone")));
  return ending;
}

/** The stop of a tap: the end of the process stops it, and its own failures end the process. */
function stopOf(ending: AbortController): AbortController {
  const stop = new AbortController();
  // Every stream listens for the stop, and each of its waits does.
  setMaxListeners(0, stop.signal);
  const ended = () => stop.abort(ending.signal.reason);
  if (ending.signal.aborted) ended();
  ending.signal.addEventListener("abort", ended, { once: true, signal: stop.signal });
  const stopped = () => stop.signal.reason === OPENED_AGAIN || ending.abort(stop.signal.reason);
  stop.signal.addEventListener("abort", stopped, { once: true });
  return stop;
}

/**
 * Opens a tap of this process: its log, state folder, connections and sink. The log says what starts.
 *
 * @param lasting of a tap that is opened again; by default the tap is all there is
 * @throws state-*, sink-full, sink-unusable
 */
export function openTap(
  options: TapOptions,
  runtime: Runtime,
  { config, registry }: LoadedConfig,
  lasting: Lasting = { ending: endingOf(options, runtime) },
): Tap {
  const clock = systemClock;
  const log = createLog({ ...options.log, write: runtime.writeStderr, now: () => clock.now() });
  for (const line of shownProblems(config.warnings, warningLine)) log.warn(line);
  const { ending } = lasting;
  const stop = stopOf(ending);
  const { stateDir, selection, format, hostname } = options;
  const state = openState(stateDir, {
    ...(lasting.lock && { lock: lasting.lock }),
    locker: runtime.locker,
    pid: runtime.pid,
    now: () => clock.now(),
    report: (note) => log.warn(note),
    onLost: (failure) => stop.abort(failure),
  });
  const proxy = proxiesFrom(runtime.env);
  const http = createHttp({ proxy });
  let sink: Sink;
  let requests: RequestLog;
  try {
    state.renew(join(stateDir, REQUESTS));
    requests = openRequestLog(join(stateDir, REQUESTS), {
      now: () => clock.now(),
      report: (note) => log.warn(note),
    });
    goOnFromBefore(state, stateDir, { config, registry, log, nowMs: clock.now() });
    const json = format !== "devo";
    sink = lasting.sink ??
      openSink(options.sink, { runtime, stateDir, state, json, proxy, clock, log, stop: ending.signal });
  } catch (error) {
    state.close();
    throw error;
  }
  const { transport } = http;
  const { memoryOf } = requests;
  const outside = { clock, log, transport, random: Math.random, memoryOf };
  const tap = buildTap({
    config,
    registry,
    selection,
    state,
    sink: heldSink(sink, state),
    format,
    hostname,
    ...outside,
  });
  const started = { version, config: config.file, state: stateDir, sink: sinkName(options.sink) };
  log.info("started", { ...started, streams: tap.streams.length, read_as: shownLines(config.inputs) });
  const lost = lostOutputs(config, options.sink, runtime.stdoutPlace());
  if (lost !== null) log.error(lost);
  const closeFiles = () => {
    requests.close();
    state.close();
  };
  return {
    ...tap,
    log,
    stateDir,
    stop,
    release: () => http.close().then(closeFiles),
    close: () => http.close().then(() => sink.close()).finally(closeFiles),
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
