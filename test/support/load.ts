/** Many inputs in one process for hours of a clock that passes when nothing happens. */
import { setMaxListeners } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { loadConfig } from "../../src/config/load.ts";
import { GraphtapError } from "../../src/errors.ts";
import { formatInstant, fromMillis } from "../../src/instant.ts";
import { createRegistry } from "../../src/plugin/registry.ts";
import { openState } from "../../src/state/state.ts";
import { poll } from "../../src/tap/poll.ts";
import { pollForever } from "../../src/tap/scheduler.ts";
import type { Stream } from "../../src/tap/stream.ts";
import { createLog } from "../../src/telemetry/log.ts";
import { buildTap } from "../../src/wiring/tap.ts";
import { plugins } from "../../plugins/index.ts";
import { EIGHT_SERVICES } from "./eightServices.ts";
import { endlessGraph } from "./endlessGraph.ts";
import { idleClock } from "./idleClock.ts";
import { onDeno } from "./project.ts";

export interface LoadOptions {
  /** Tenants, each with every service. */
  readonly inputs: number;
  readonly hours: number;
  readonly periodSeconds: number;
  /** Seconds between two records of a stream. */
  readonly everySeconds: number;
  /** Called each quarter of an hour. */
  readonly onSample?: (sample: Sample) => void;
}

/** Memory after what is not needed was collected, in bytes. */
export interface Sample {
  readonly hours: number;
  readonly heapBytes: number;
  readonly residentBytes: number;
}

export interface LoadResult {
  readonly streams: number;
  readonly polls: number;
  readonly failures: readonly string[];
  readonly records: number;
  readonly missing: number;
  readonly repeated: number;
  /** The furthest that the start of a poll was from its time: the first start and a whole number of periods. */
  readonly worstDriftMs: number;
  /** The longest from one start of a stream to its next, in periods. */
  readonly longestWaitPeriods: number;
  /** From the time of a record until its line was written. */
  readonly longestDelaySeconds: number;
  readonly samples: readonly Sample[];
  /** Processor time. */
  readonly cpuMs: number;
}

const SAMPLE_MS = 900_000;

/** Hours of polling; records are judged by their numbers. */
export async function simulateLoad(options: LoadOptions): Promise<LoadResult> {
  const startMs = Date.UTC(2026, 10, 22, 16);
  const periodMs = options.periodSeconds * 1000;
  const everyMs = options.everySeconds * 1000;
  const endMs = startMs + options.hours * 3_600_000;
  const first = Math.ceil((startMs - 600_000) / everyMs);
  const most = Math.ceil(endMs / everyMs) - first + 1;
  const clock = idleClock(startMs);
  const folder = mkdtempSync(join(tmpdir(), "graphtap-load-"));
  const registry = createRegistry(plugins);
  const state = openState(folder, {
    locker: () => ({ status: "locked", release() {} }),
    pid: 1,
    now: clock.now,
    report: () => {},
  });
  const { streams, engine } = buildTap({
    config: loadConfig(configuration(options, startMs), {
      file: "load",
      registry,
      now: fromMillis(startMs),
      env: {},
      readFile: () => "",
    }),
    registry,
    state,
    clock,
    log: createLog({ write: () => {}, format: "json", level: "info", now: clock.now }),
    transport: endlessGraph({ first, everyMs }, clock),
    random: () => 0.5,
    sink: { write: (bytes) => Promise.resolve(take(bytes)), close: () => Promise.resolve() },
    format: "json",
    hostname: "host",
  });
  const books = new Map(streams.map((stream) => [nameOf(stream), openBook(stream, most)]));
  let records = 0;
  let longestDelayMs = 0;
  function take(bytes: Uint8Array): void {
    for (const line of new TextDecoder().decode(bytes).split("\n").slice(0, -1)) {
      const { input, service, id, time } = JSON.parse(line) as Record<string, string>;
      const book = books.get(`${input} ${service}`)!;
      records++;
      if (!book.isTimed) continue;
      const number = Number(id) - first;
      book.times[number] = book.times[number]! + 1;
      // What was there before the start waited for no poll.
      const since = Math.max(startMs, Date.parse(time!));
      longestDelayMs = Math.max(longestDelayMs, clock.now() - since);
    }
  }
  const stop = new AbortController();
  setMaxListeners(0, stop.signal);
  const failures: string[] = [];
  let polls = 0;
  const samples: Sample[] = [];
  const cpu = process.cpuUsage();
  async function sampling(): Promise<void> {
    for (let at = startMs + SAMPLE_MS; at < endMs; at += SAMPLE_MS) {
      await clock.sleep(at - clock.now());
      const sample = { hours: (at - startMs) / 3_600_000, ...memory() };
      samples.push(sample);
      options.onSample?.(sample);
    }
    await clock.sleep(endMs - clock.now());
    stop.abort(new GraphtapError("stopped", "the hours are over"));
  }
  try {
    const polling = pollForever(streams, engine, stop, async (stream, engine, signal, until) => {
      const book = books.get(nameOf(stream))!;
      const now = clock.now();
      book.firstMs ??= now;
      book.longestMs = Math.max(book.longestMs, now - (book.lastMs ?? now));
      book.driftMs = Math.max(book.driftMs, Math.abs(now - book.firstMs - book.polls * periodMs));
      book.lastMs = now;
      book.polls++;
      polls++;
      const report = await poll(stream, engine, signal, until);
      book.readMs = now;
      if (report.error !== null) failures.push(`${nameOf(stream)}: ${report.error.message}`);
      return report;
    }).catch((error: unknown) => {
      if (!(error instanceof GraphtapError) || error.code !== "stopped") throw error;
    });
    await Promise.all([polling, sampling()]);
  } finally {
    clock.close();
    state.close();
    rmSync(folder, { recursive: true, force: true });
  }
  const all = [...books.values()];
  const { user, system } = process.cpuUsage(cpu);
  return {
    streams: streams.length,
    polls,
    failures,
    records,
    ...judged(all, first, everyMs),
    worstDriftMs: Math.max(...all.map(({ driftMs }) => driftMs)),
    longestWaitPeriods: Math.max(
      ...all.map(({ longestMs, lastMs }) => Math.max(longestMs, endMs - (lastMs ?? startMs)) / periodMs),
    ),
    longestDelaySeconds: longestDelayMs / 1000,
    samples,
    cpuMs: (user + system) / 1000,
  };
}

/** What is kept of a stream: of a fixed size, so that it does not look like a leak. */
interface Book {
  readonly isTimed: boolean;
  /** How often each record came. */
  readonly times: Uint8Array;
  firstMs: number | null;
  lastMs: number | null;
  /** When the last poll that came to its end began. */
  readMs: number;
  longestMs: number;
  driftMs: number;
  polls: number;
}

function openBook({ plugin }: Stream, most: number): Book {
  const times = new Uint8Array(most);
  const isTimed = plugin.cursor.kind !== "snapshot";
  return { isTimed, times, firstMs: null, lastMs: null, readMs: 0, longestMs: 0, driftMs: 0, polls: 0 };
}

function judged(books: readonly Book[], first: number, everyMs: number) {
  let [missing, repeated] = [0, 0];
  for (const { isTimed, times, readMs } of books) {
    if (!isTimed) continue;
    repeated += times.filter((count) => count > 1).length;
    missing += times.filter((count, n) => count === 0 && (first + n) * everyMs < readMs).length;
  }
  return { missing, repeated };
}

const nameOf = ({ input, service }: Stream) => `${input.name} ${service.name}`;

function configuration({ inputs, periodSeconds }: LoadOptions, startMs: number): string {
  const start = formatInstant(fromMillis(startMs - 600_000));
  const read = plugins.filter(({ service }) => EIGHT_SERVICES.includes(service));
  const services = Object.fromEntries(read.map(({ service, cursor }) => [service, {
    request_period_in_seconds: periodSeconds,
    ...(cursor.kind === "snapshot" ? {} : { start_time_in_utc: start }),
  }]));
  const blocks = Array.from({ length: inputs }, (_, n) => [`tenant-${n}`, {
    id: String(n),
    enabled: true,
    credentials: {
      tenant_id: `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`,
      client_id: "b81d6f04-2a7e-4c39-9e55-0c3f1d8a6e77",
      client_secret: "not-a-secret",
    },
    services,
  }]);
  return JSON.stringify({ inputs: Object.fromEntries(blocks) });
}

function memory() {
  // Twice: what waits for a finaliser goes with the second.
  collect();
  collect();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heapBytes: heapUsed + external, residentBytes: rss };
}

function collect(): void {
  if (onDeno) return;
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
}

/** The slope of a straight line through the samples, in bytes an hour, and how far it may be off (standard error). */
export function slopeOf(points: readonly { x: number; y: number }[]): { slope: number; error: number } {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [mean(points.map(({ x }) => x)), mean(points.map(({ y }) => y))];
  const spread = points.reduce((sum, point) => sum + (point.x - x) ** 2, 0);
  const slope = points.reduce((sum, point) => sum + (point.x - x) * (point.y - y), 0) / spread;
  const rest = points.reduce((sum, point) => sum + (point.y - y - slope * (point.x - x)) ** 2, 0);
  return { slope, error: Math.sqrt(rest / (points.length - 2) / spread) };
}
