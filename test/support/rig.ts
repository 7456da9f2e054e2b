import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { plugins } from "../../plugins/index.ts";
import type { ServiceConfig } from "../../src/config/config.ts";
import { createEmulator, type Emulator, type EmulatorOptions } from "../../src/emulator/emulator.ts";
import type { Budget } from "../../src/graph/budgets.ts";
import type { HttpRequest, HttpResponse, Transport } from "../../src/graph/transport.ts";
import type { State } from "../../src/state/state.ts";
import type { Engine, Stream } from "../../src/tap/stream.ts";
import { createLog } from "../../src/telemetry/log.ts";
import { buildTap, type TapParts } from "../../src/wiring/tap.ts";
import { type ManualClock, manualClock } from "./manualClock.ts";
import { IN_MEMORY } from "./tempFolder.ts";
import { fetchFrom, openOwnState, TENANT, tenantConfig, withServices } from "./tenant.ts";

export { GRAPH, TENANT } from "./tenant.ts";

/** The engine against an emulator in this process, on a clock of its own, with real state files. */
export interface Rig {
  readonly clock: ManualClock;
  readonly emulator: Emulator;
  readonly engine: Engine;
  /** What came out, line by line. */
  readonly lines: string[];
  /** The log, line by line. */
  readonly log: string[];
  /** Requests to Graph, without those for tokens. */
  readonly sent: HttpRequest[];
  /** A stream as a new process would open it: the state of an earlier one is closed first. */
  stream(service: string, settings?: Partial<ServiceConfig>): Stream;
  /** Several streams of one process. */
  streams(services: readonly string[], settings?: Partial<ServiceConfig>): Stream[];
  close(): void;
}

export interface RigOptions extends Partial<EmulatorOptions> {
  /** State in a folder in memory, where the system has one: thousands of polls then wait for no disk. */
  readonly inMemory?: boolean;
  readonly budgets?: Readonly<Record<string, Budget>>;
  /** Stands between the engine and the emulator. */
  readonly between?: (request: HttpRequest, pass: Transport) => Promise<HttpResponse>;
  /** Called with the lines of each write before the sink takes them; it refuses them by throwing. */
  readonly accept?: (lines: readonly string[]) => void;
  /** So many bytes of lines are worth a write to the sink. @default 0 */
  readonly worthBytes?: number;
  /** An emulator that is served at an origin, and the way there; instead of one within this process. */
  readonly served?: { emulator: Emulator; clock: ManualClock; origin: string; transport: Transport };
}

export function openRig(options: RigOptions = {}): Rig {
  const { served } = options;
  const clock = served?.clock ?? manualClock();
  const emulator = served?.emulator ??
    createEmulator({ plugins, clock, quotas: "off", tenants: [TENANT], ...options });
  const parent = options.inMemory ? IN_MEMORY : tmpdir();
  const folder = mkdtempSync(join(parent, "graphtap-rig-"));
  const lines: string[] = [];
  const logged: string[] = [];
  const sent: HttpRequest[] = [];
  const log = createLog({
    write: (line) => logged.push(line),
    format: "text",
    level: "info",
    now: clock.now,
  });
  const direct: Transport = served?.transport ?? ((request) => fetchFrom(emulator, request));
  const { config: usual, registry } = tenantConfig(clock.now(), served?.origin, options.plugins);
  const quotas = options.budgets ?? usual.globals.quotas;
  const config = { ...usual, globals: { ...usual.globals, quotas } };
  const parts: Omit<TapParts, "state"> = {
    config,
    registry,
    clock,
    log,
    random: () => 0.5,
    sink: { ...collectingSink(lines, options.accept), worthBytes: options.worthBytes ?? 0 },
    format: "json",
    hostname: "host",
    transport(request) {
      if (!request.url.endsWith("/token")) sent.push(request);
      return options.between ? options.between(request, direct) : direct(request);
    },
  };
  let state: State | undefined;

  /** A tap as a new process would open it. */
  function open(services: readonly string[], settings: Partial<ServiceConfig> = {}) {
    state?.close();
    state = openOwnState(folder, clock.now, (note) => logged.push(note));
    return buildTap({ ...parts, state, config: withServices(config, services, settings) });
  }
  return {
    clock,
    emulator,
    lines,
    log: logged,
    sent,
    // The same in every process of a rig: the sink and the clock outlive them.
    engine: open([]).engine,
    stream: (service, settings) => open([service], settings).streams[0]!,
    streams: (services, settings) => [...open(services, settings).streams],
    close() {
      state?.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function collectingSink(taken: string[], accept: RigOptions["accept"]): Engine["sink"] {
  const decoder = new TextDecoder();
  return {
    write(bytes) {
      const written = decoder.decode(bytes).split("\n").slice(0, -1);
      try {
        accept?.(written);
      } catch (error) {
        return Promise.reject(error);
      }
      taken.push(...written);
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  };
}
