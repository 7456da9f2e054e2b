import { onTestFinished } from "vitest";
import { plugins } from "../../../plugins/index.ts";
import type { Clock } from "../../../src/clock.ts";
import type { InputConfig, ServiceConfig } from "../../../src/config/config.ts";
import { createEmulator, type Emulator } from "../../../src/emulator/emulator.ts";
import type { HttpRequest, HttpResponse } from "../../../src/graph/transport.ts";
import { addSeconds, formatInstant, fromMillis } from "../../../src/instant.ts";
import type { PollReport } from "../../../src/tap/poll.ts";
import { createTapServer, type ServerOptions, type TapServer } from "../../../src/server/server.ts";
import type { State } from "../../../src/state/state.ts";
import type { Engine, Stream } from "../../../src/tap/stream.ts";
import { createLog } from "../../../src/telemetry/log.ts";
import { createReloads } from "../../../src/telemetry/reloads.ts";
import { buildTap } from "../../../src/wiring/tap.ts";
import { tempFolder } from "../../support/tempFolder.ts";
import { fetchFrom, openOwnState, TENANT, tenantConfig, withServices } from "../../support/tenant.ts";

const NOW = Date.UTC(2026, 10, 22, 16);

/** A clock that stands still until told, and whose sleepers wake when their time has come. */
export interface StillClock extends Clock {
  advance(ms: number): void;
}

/** A server over two streams, the emulator behind it, all in this process. */
export interface House {
  readonly server: TapServer;
  readonly streams: readonly Stream[];
  readonly emulator: Emulator;
  /** Those of the emulator, in the order of the inputs; what is changed in one holds from the next request on. */
  readonly tenants: { permissions?: readonly string[] }[];
  readonly clock: StillClock;
  readonly engine: Engine;
  readonly stop: AbortController;
  /** Keys that the sink has from a process before, by `accepted`. */
  accepted: readonly Uint8Array[];
  /** What the server's own polling wrote. */
  readonly lines: string[];
  readonly log: string[];
  /** Answers requests for pages with this instead, until it is `null` again. */
  intercept: ((request: HttpRequest) => Promise<HttpResponse> | null) | null;
  fetch(path: string, init?: RequestInit & { gone?: AbortSignal }): Promise<Response>;
  /** The ids in an answer of event lines. */
  ids(path: string): Promise<string[]>;
  /** The same state in the hands of a new process. */
  restart(): void;
  /** One poll of the first stream by the server itself. */
  poll(): Promise<PollReport>;
  /** One poll of every stream by the server itself; what can wait has so many milliseconds. @default no limit */
  pollAll(ms?: number): Promise<void>;
}

/** Services that each input of the house has. */
export const SERVICES = ["signIns", "alerts_v2"];

/** What a house is opened with, beside what a server is. */
export interface HouseOptions extends Partial<ServerOptions> {
  /** How long ago streams begin; `false`: with their first poll. @default 3600 s */
  readonly start?: number | false;
  /** Names of its inputs, each with a tenant of its own: the first is the emulator's, the others are "NAME.example". */
  readonly inputs?: readonly string[];
}

export function openHouse({ start = 3600, inputs = ["contoso"], ...options }: HouseOptions = {}): House {
  const clock = stillClock(NOW);
  const tenants = inputs.map((name, index) => ({
    ...TENANT,
    ...(index === 0 ? {} : { tenantId: `${name}.example` }),
  }));
  const emulator = createEmulator({ plugins, clock, quotas: "off", unevenPages: false, tenants });
  const folder = tempFolder();
  const lines: string[] = [];
  const logged: string[] = [];
  const log = createLog({
    write: (line) => logged.push(line),
    format: "text",
    level: "debug",
    now: clock.now,
  });
  const sink = {
    write(bytes: Uint8Array) {
      lines.push(...new TextDecoder().decode(bytes).split("\n").slice(0, -1));
      return Promise.resolve();
    },
    accepted: (stream: string) => stream === "1/signIns" ? house.accepted : [],
    committed(stream: string) {
      if (stream === "1/signIns") house.accepted = [];
    },
    close: () => Promise.resolve(),
  };
  const { config: whole, registry } = tenantConfig(NOW);
  const one = withServices(whole, SERVICES, start === false ? {} : startedAgo(start));
  const config = {
    ...one,
    inputs: inputs.map((name, index) => ofTenant(one.inputs[0]!, name, index + 1, tenants[index]!.tenantId)),
  };
  let state: State | null = null;
  const house = { intercept: null, accepted: [] as readonly Uint8Array[] } as unknown as {
    -readonly [K in keyof House]: House[K];
  };

  function open(): void {
    state?.close();
    state = openOwnState(folder, clock.now, (note) => logged.push(note));
    const { streams, engine } = buildTap({
      config,
      registry,
      state,
      clock,
      log,
      sink,
      transport: (request) => house.intercept?.(request) ?? fetchFrom(emulator, request),
      random: () => 0.5,
      format: "json",
      hostname: "host",
    });
    const stop = new AbortController();
    house.stop = stop;
    house.streams = streams;
    house.engine = engine;
    house.server = createTapServer({
      streams,
      engine,
      stop,
      log,
      guard: { loopback: true, token: null },
      polls: false,
      version: "1.2.3",
      program: {
        runtime: "node 20",
        startedMs: NOW,
        rssBytes: () => 1_000_000,
        cpuSeconds: () => 1.5,
        reloads: createReloads(clock.now),
      },
      reload: () => Promise.reject(new Error("nothing is read again here")),
      ...options,
    });
  }
  Object.assign(house, {
    emulator,
    tenants,
    clock,
    lines,
    log: logged,
    fetch: async (path: string, { gone, ...init }: RequestInit & { gone?: AbortSignal } = {}) => {
      const request = new Request(`http://localhost:9464${path}`, init);
      // fetch() would set it, and Request refuses it on some runtimes.
      if (!request.headers.has("host")) request.headers.set("host", "localhost:9464");
      return await house.server.app.fetch(request, gone === undefined ? undefined : { gone });
    },
    ids: async (path: string) => idsOf(await (await house.fetch(path)).text()),
    restart: open,
    poll: () => house.server.poll(house.server.streams[0]!, house.engine, house.stop.signal),
    async pollAll(ms?: number) {
      const { server, engine, stop } = house;
      for (const stream of server.streams) {
        const until = ms === undefined ? null : clock.now() + ms;
        const { startedMs } = await server.poll(stream, engine, stop.signal, until);
        server.plan(stream, startedMs + stream.service.periodSeconds * 1000);
      }
    },
  });
  open();
  onTestFinished(() => state?.close());
  return house;
}

function startedAgo(seconds: number): Partial<ServiceConfig> {
  const instant = addSeconds(fromMillis(NOW), -seconds);
  return { startTime: { text: formatInstant(instant), instant } };
}

function ofTenant(input: InputConfig, name: string, id: number, tenantId: string): InputConfig {
  return { ...input, name, id: String(id), credentials: { ...input.credentials, tenantId } };
}

/** The ids in a text of event lines. */
export function idsOf(text: string): string[] {
  return text.split("\n").slice(0, -1).map((line) => (JSON.parse(line) as { id: string }).id);
}

/** Ids of what the emulator holds for a service. */
export function heldIds(house: House, service: "signIns" | "alerts_v2"): string[] {
  return house.emulator.records(service).map((bytes) =>
    (JSON.parse(new TextDecoder().decode(bytes)) as { id: string }).id
  );
}

/** Puts records into the last half hour, or into so many seconds. */
export function produce(
  house: House,
  service: "signIns" | "alerts_v2",
  count: number,
  seconds = 1800,
): void {
  const now = fromMillis(house.clock.now());
  house.emulator.produce(service, count, { from: addSeconds(now, -seconds), to: now });
}

/** Lets Graph give sign-ins in pages of so many only: many pages, of few records. */
export function shortPages(house: House, records: number): void {
  house.emulator.faults.add({
    match: { collection: "signIns", times: "always" },
    do: { kind: "shortPage", records },
  });
}

/** Lets everything happen that needs no time. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}

function stillClock(start: number): StillClock {
  let now = start;
  let sleepers: { until: number; wake: () => void }[] = [];
  return {
    now: () => now,
    advance(ms) {
      now += ms;
      const due = sleepers.filter(({ until }) => until <= now);
      sleepers = sleepers.filter(({ until }) => until > now);
      for (const { wake } of due) wake();
    },
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        if (ms <= 0) return resolve();
        const sleeper = { until: now + ms, wake: resolve };
        sleepers.push(sleeper);
        signal?.addEventListener("abort", () => {
          sleepers = sleepers.filter((other) => other !== sleeper);
          reject(signal.reason);
        }, { once: true });
      }),
  };
}
