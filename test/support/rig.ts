import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { InputConfig, ServiceConfig } from "../../src/config/config.ts";
import { GraphtapError } from "../../src/errors.ts";
import { createEmulator, type Emulator, type EmulatorOptions } from "../../src/emulator/emulator.ts";
import { createGraphClient } from "../../src/graph/client.ts";
import type { Budget } from "../../src/graph/budgets.ts";
import { createLimiters } from "../../src/graph/limiters.ts";
import { clientSecret } from "../../src/graph/auth/clientSecret.ts";
import { entraIssuer } from "../../src/graph/auth/entra.ts";
import { createTokenSource } from "../../src/graph/auth/token.ts";
import type { HttpRequest, HttpResponse, Transport } from "../../src/graph/transport.ts";
import { createFramers } from "../../src/json/framer.ts";
import { createKeyMaker } from "../../src/record/keyMaker.ts";
import { quotaNames } from "../../src/plugin/quotaNames.ts";
import { createRegistry } from "../../src/plugin/registry.ts";
import { openState } from "../../src/state/state.ts";
import type { Engine, Stream } from "../../src/tap/stream.ts";
import { createLog } from "../../src/telemetry/log.ts";
import { plugins as ours } from "../../plugins/index.ts";
import { type ManualClock, manualClock } from "./manualClock.ts";

export const GRAPH = "https://graph.microsoft.com";
export const TENANT = { tenantId: "contoso.example", clientId: "app", clientSecret: "not-a-secret" };

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
  /** An emulator that is served at an origin, and the way there; instead of one within this process. */
  readonly served?: { emulator: Emulator; clock: ManualClock; origin: string; transport: Transport };
}

export function openRig(options: RigOptions = {}): Rig {
  const { served } = options;
  const clock = served?.clock ?? manualClock();
  const emulator = served?.emulator ??
    createEmulator({ plugins: ours, clock, quotas: "off", tenants: [TENANT], ...options });
  const parent = options.inMemory && existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
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
  const transport: Transport = (request) => {
    if (request.method === "GET") sent.push(request);
    return options.between ? options.between(request, direct) : direct(request);
  };
  const unlimited = { requests: 1_000_000, seconds: 1 };
  const budgets = options.budgets ?? Object.fromEntries(quotaNames.map((name) => [name, unlimited]));
  const limiters = createLimiters(budgets, clock);
  const graphUrl = served?.origin ?? GRAPH;
  const loginUrl = served?.origin ?? "https://login.microsoftonline.com";
  const cloud = { graphUrl, loginUrl, scope: `${graphUrl}/.default` };
  const graph = createGraphClient({
    transport,
    clock,
    log,
    userAgent: "graphtap/test",
    tokens: createTokenSource(
      entraIssuer({
        transport,
        clock,
        cloud,
        ...TENANT,
        authenticate: clientSecret(() => TENANT.clientSecret),
      }),
      clock,
    ),
  });
  const registry = createRegistry(options.plugins ?? ours);
  let state: ReturnType<typeof openState> | undefined;
  const decoder = new TextDecoder();

  function open(services: readonly string[], settings: Partial<ServiceConfig> = {}): Stream[] {
    state?.close();
    const opened = state = openState(folder, {
      locker: () => ({ status: "locked", release() {} }),
      pid: 1,
      now: clock.now,
      report: (note) => logged.push(note),
    });
    return services.map((service) => {
      const plugin = registry.resolve(service)!;
      return {
        input: { name: "contoso", id: "1", environment: null } as InputConfig,
        service: {
          name: service,
          configuredName: service,
          enabled: true,
          periodSeconds: 300,
          startTime: null,
          additionalFilter: null,
          overrideTag: null,
          tagVersion: null,
          windowMaxSeconds: null,
          rereadAfterSeconds: null,
          rereadMaxSeconds: null,
          trackUpdates: true,
          obfuscation: [],
          ...settings,
        },
        plugin,
        graph,
        graphUrl,
        limiters: [limiters.of(TENANT, plugin.quota)],
        state: opened.stream({ inputId: "1", service }),
        log,
      };
    });
  }

  return {
    clock,
    emulator,
    lines,
    log: logged,
    sent,
    engine: {
      clock,
      framers: createFramers(),
      makeKey: createKeyMaker(),
      random: () => 0.5,
      sink: {
        write: (bytes) => {
          const written = decoder.decode(bytes).split("\n").slice(0, -1);
          try {
            options.accept?.(written);
          } catch (error) {
            return Promise.reject(error);
          }
          lines.push(...written);
          return Promise.resolve();
        },
      } as Engine["sink"],
      format: "json",
      hostname: "host",
      tagGeneration: "2",
    },
    stream: (service, settings) => open([service], settings)[0]!,
    streams: open,
    close() {
      state?.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function fetchFrom(emulator: Emulator, request: HttpRequest): Promise<HttpResponse> {
  const { "accept-encoding": _, ...headers } = request.headers;
  const { method, url, body } = request;
  const response = await naming(emulator.fetch(new Request(url, { method, headers, body })));
  return {
    status: response.status,
    header: (name) => response.headers.get(name),
    body: bodyOf(response),
  };
}

async function* bodyOf(response: Response): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader();
  if (reader === undefined) return;
  try {
    for (;;) {
      const { done, value } = await naming(reader.read());
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

/** A broken connection in the words of the program's own HTTP. */
async function naming<T>(exchange: Promise<T>): Promise<T> {
  try {
    return await exchange;
  } catch (error) {
    if (error instanceof GraphtapError) throw error;
    throw new GraphtapError("graph-unreachable", "the connection was reset", { cause: error });
  }
}
