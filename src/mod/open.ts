/** Opens a tap for the program that imports graphtap; loaded when the first is opened. */
import { resolve } from "node:path";
import { systemClock } from "../clock.ts";
import { GraphtapError } from "../errors.ts";
import { hostLocker } from "../files/lock.ts";
import { fetchTransport } from "../graph/fetchTransport.ts";
import { createHttp } from "../graph/http.ts";
import { proxiesFrom } from "../net/proxy.ts";
import { createFunctionSink } from "../sink/functionSink.ts";
import type { Sink } from "../sink/sink.ts";
import { createEntryLog } from "../telemetry/log.ts";
import { pid } from "../wiring/host.ts";
import { loadSource } from "../wiring/loadSource.ts";
import { openTapWithin, type Surroundings, type Tap as OpenedTap } from "../wiring/tap.ts";
import type { SinkTapOptions, TapOptions } from "./options.ts";
import { readEvents } from "./read.ts";
import type { EventTap, Tap, TapFacts } from "./tap.ts";
import { createWorks, type SinkOf, type Works } from "./works.ts";

/** A tap that is read by a loop. @throws as `openTap` */
export async function openEventTap(options: TapOptions): Promise<EventTap> {
  const { facts, works } = await open(options);
  return {
    ...facts,
    pull: (choice = {}) =>
      readEvents(async (sinkOf) => {
        const reports = await works.pull(choice, sinkOf);
        const failed = reports.find(({ error }) => error !== null);
        if (failed?.error) throw failed.error;
      }),
    run: (choice = {}) => readEvents((sinkOf) => works.run(choice, sinkOf)),
    close: () => works.close(),
  };
}

/** A tap that delivers to a sink. @throws as `openTap` */
export async function openSinkTap(options: SinkTapOptions): Promise<Tap> {
  const { facts, works } = await open(options);
  const { sink } = options;
  const sinkOf: SinkOf = (ending) => createFunctionSink((lines) => sink.write(lines), ending);
  let closing: Promise<void> | null = null;
  return {
    ...facts,
    pull: (choice = {}) => works.pull(choice, sinkOf),
    run: (choice = {}) => works.run(choice, sinkOf),
    close: () => closing ??= works.close().finally(() => sink.close?.()),
  };
}

/** Each pull and each run has a sink of its own, and the tap none. */
const NO_SINK: Sink = {
  write: () => Promise.reject(new GraphtapError("bug", "lines for a tap without a sink")),
  close: () => Promise.resolve(),
};

async function open(
  options: TapOptions & Partial<SinkTapOptions>,
): Promise<{ facts: TapFacts; works: Works }> {
  const { config, plugins = [], env = {}, clock = systemClock, log: take = () => {}, logLevel } = options;
  const now = () => clock.now();
  let level = logLevel ?? "info";
  const log = createEntryLog({
    take,
    get level() {
      return level;
    },
    now,
  });
  const loaded = await loadSource(config, plugins, {
    env,
    nowMs: now(),
    writeStderr: (text) => log.warn(text.trimEnd()),
    importModule: (url) => import(url),
  });
  const stop = stopBy(options.signal);
  const opened = openTapWithin(
    {
      stateDir: options.stateDir === undefined ? loaded.stateDir : resolve(options.stateDir),
      selection: { inputs: [], services: [] },
      format: options.format ?? "json",
      hostname: options.hostname ?? "localhost",
      wait: false,
    },
    loaded,
    {
      clock,
      log,
      logFrom: (next) => void (level = next),
      stop,
      locker: hostLocker(),
      pid: pid(),
      http: httpOf(options.fetch, env),
      sinkName: options.sink === undefined ? "a loop" : "a function",
      openSink: () => NO_SINK,
    },
  );
  const works = createWorks(opened, options.onPoll ?? (() => {}));
  return { facts: factsOf(opened), works };
}

function httpOf(fetch: TapOptions["fetch"], env: NonNullable<TapOptions["env"]>): Surroundings["http"] {
  if (fetch === undefined) return createHttp({ proxy: proxiesFrom(env) });
  return { transport: fetchTransport(fetch), close: () => Promise.resolve() };
}

/** What stops a tap, by the signal that a program gave. */
function stopBy(given: AbortSignal | undefined): AbortController {
  const stop = new AbortController();
  const stopped = () =>
    stop.abort(new GraphtapError("stopped", "stopped by the given signal", { cause: given?.reason }));
  if (given?.aborted) stopped();
  given?.addEventListener("abort", stopped, { once: true, signal: stop.signal });
  return stop;
}

function factsOf({ streams, stateDir }: OpenedTap): TapFacts {
  return {
    stateDir,
    streams: streams.map(({ input, service }) => ({ input: input.name, service: service.name })),
  };
}
