/** A tap: a state folder, its streams, and what they share. */
import { setMaxListeners } from "node:events";
import { systemClock } from "../clock.ts";
import { shownProblems, warningLine } from "../config/shownProblems.ts";
import { asGraphtapError, GraphtapError } from "../errors.ts";
import { createHttp } from "../graph/http.ts";
import { createFramers } from "../json/framer.ts";
import type { Sink } from "../sink/sink.ts";
import { openState, type StateOptions } from "../state/state.ts";
import type { LineFormat } from "../record/line.ts";
import { createKeyMaker } from "../record/keyMaker.ts";
import type { Selection } from "../server/pull/select.ts";
import type { Engine, Stream } from "../tap/stream.ts";
import { createLog, type Log, type LogOptions } from "../telemetry/log.ts";
import type { LoadedConfig } from "./configFile.ts";
import { goOnFromOldCollector } from "../migrate/firstStart.ts";
import type { Runtime } from "./runtime.ts";
import { openSink, sinkName, type SinkOptions } from "./sink.ts";
import { buildStreams, type SourceParts } from "./streams.ts";
import { version } from "./version.ts";

/** How long a stop waits for a reader that does not take the line in flight. */
const STOP_GRACE_MS = 1_500;

/** Everything that `run` and `pull` need, wired. */
export interface Tap {
  readonly streams: readonly Stream[];
  readonly engine: Engine;
  readonly log: Log;
  /** Aborted by a stop signal or a failure of the whole process; the reason is the GraphtapError. */
  readonly stop: AbortController;
  close(): Promise<void>;
}

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
 * Opens the tap of this process: its log, clock, connections, signals and sink. The log says what starts.
 *
 * @throws state-*, sink-full, sink-unusable
 */
export function openTap(options: TapOptions, runtime: Runtime, { config, registry }: LoadedConfig): Tap {
  const clock = systemClock;
  const log = createLog({ ...options.log, write: runtime.writeStderr, now: () => clock.now() });
  for (const line of shownProblems(config.warnings, warningLine)) log.warn(line);
  const stop = new AbortController();
  const proxy = proxyFrom(runtime.env);
  const http = createHttp({ proxy });
  runtime.onStopSignal(() => stop.abort(new GraphtapError("stopped", "stopped by a signal")));
  const { stateDir, format } = options;
  const json = format !== "devo";
  const tap = buildTap({
    ...options,
    config,
    registry,
    clock,
    random: Math.random,
    transport: http.transport,
    log,
    stop,
    locker: runtime.locker,
    pid: runtime.pid,
    openSink: () => openSink(options.sink, { runtime, stateDir, json, proxy, clock, log, stop: stop.signal }),
  });
  log.info("started", {
    version,
    config: config.file,
    state: stateDir,
    sink: sinkName(options.sink),
    streams: tap.streams.length,
  });
  return {
    ...tap,
    async close() {
      await http.close();
      await tap.close();
    },
  };
}

/** What a tap is put together from: all that is the process's own, or a test's. */
export interface TapParts extends SourceParts, Pick<StateOptions, "locker" | "pid"> {
  readonly stateDir: string;
  /** In [0, 1), for spreading retries. */
  readonly random: () => number;
  readonly format: LineFormat;
  readonly hostname: string;
  /** Called when the state folder is ours. @throws sink-full, sink-unusable */
  readonly openSink: () => Sink;
  readonly stop: AbortController;
}

/** Takes the state folder, and builds the streams and what they share. @throws state-*, and what `openSink` throws */
export function buildTap(parts: TapParts): Tap {
  const { config, registry, stateDir, clock, log, stop } = parts;
  // Every stream listens for the stop, and each of its waits does.
  setMaxListeners(0, stop.signal);
  const state = openState(stateDir, {
    locker: parts.locker,
    pid: parts.pid,
    now: () => clock.now(),
    report: (note) => log.warn(note),
  });
  try {
    goOnFromOldCollector(state, stateDir, { config, registry, log, nowMs: clock.now() });
    const streams = buildStreams({ ...parts, state });
    const sink = parts.openSink();
    return {
      streams,
      engine: {
        framers: createFramers(),
        makeKey: createKeyMaker(),
        clock,
        random: parts.random,
        sink,
        format: parts.format,
        hostname: parts.hostname,
        tagGeneration: config.globals.tagGeneration,
      },
      log,
      stop,
      close: () => sink.close().finally(() => state.close()),
    };
  } catch (error) {
    state.close();
    throw error;
  }
}

/**
 * Runs `work` to its end, or, once stopped, for a moment longer: a reader that takes nothing must not keep the
 * process, and what it did not take is sent again by the next one.
 */
export async function untilStopped<T>(tap: Tap, work: Promise<T>): Promise<T> {
  const stalled = new Promise<never>((_, reject) => {
    tap.stop.signal.addEventListener("abort", () => {
      const timer = setTimeout(
        () =>
          reject(
            new GraphtapError("sink-stalled", "the lines in flight are not taken; they are sent again"),
          ),
        STOP_GRACE_MS,
      );
      work.then(() => clearTimeout(timer), () => clearTimeout(timer));
    }, { once: true });
  });
  try {
    return await Promise.race([work, stalled]);
  } finally {
    await tap.close();
  }
}

export function proxyFrom(env: Runtime["env"]) {
  const of = (name: string) => env[name.toLowerCase()] ?? env[name];
  return { httpProxy: of("HTTP_PROXY"), httpsProxy: of("HTTPS_PROXY"), noProxy: of("NO_PROXY") };
}

/** The exit code of finished polls: the failure's own when nothing succeeded, 1 when others did. */
export function exitCodeOf(errors: readonly (unknown | null)[]) {
  const failures = errors.filter((error) => error !== null).map((error) =>
    asGraphtapError(error).kind.exitCode
  );
  if (failures.length === 0) return 0;
  const same = failures.every((code) => code === failures[0]);
  return failures.length === errors.length && same ? failures[0]! : 1;
}
