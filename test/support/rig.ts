import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { InputConfig, ServiceConfig } from "../../src/config/config.ts";
import { createEmulator, type Emulator, type EmulatorOptions } from "../../src/emulator/emulator.ts";
import { createGraphClient } from "../../src/graph/client.ts";
import { type Budget, createQuotas } from "../../src/graph/quota.ts";
import { createTokenSource } from "../../src/graph/token.ts";
import type { HttpRequest, HttpResponse, Transport } from "../../src/graph/transport.ts";
import { createRegistry } from "../../src/plugin/registry.ts";
import { openState } from "../../src/state/state.ts";
import type { Engine, Stream } from "../../src/tap/stream.ts";
import { createLog } from "../../src/telemetry/log.ts";
import { plugins } from "../../plugins/index.ts";
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
  close(): void;
}

export interface RigOptions extends EmulatorOptions {
  readonly budgets?: Readonly<Record<string, Budget>>;
  /** Stands between the engine and the emulator. */
  readonly between?: (request: HttpRequest, pass: Transport) => Promise<HttpResponse>;
}

export function openRig(options: RigOptions = {}): Rig {
  const clock = manualClock();
  const emulator = createEmulator({ clock, quotas: "off", tenants: [TENANT], ...options });
  const folder = mkdtempSync(join(tmpdir(), "graphtap-rig-"));
  const lines: string[] = [];
  const logged: string[] = [];
  const sent: HttpRequest[] = [];
  const log = createLog({
    write: (line) => logged.push(line),
    format: "text",
    level: "info",
    now: clock.now,
  });
  const direct: Transport = (request) => fetchFrom(emulator, request);
  const transport: Transport = (request) => {
    if (request.method === "GET") sent.push(request);
    return options.between ? options.between(request, direct) : direct(request);
  };
  const unlimited = { requests: 1_000_000, seconds: 1 };
  const budgets = options.budgets ?? { reports: unlimited, security: unlimited, scores: unlimited };
  const quotas = createQuotas(budgets, clock);
  const cloud = {
    graphUrl: GRAPH,
    loginUrl: "https://login.microsoftonline.com",
    scope: `${GRAPH}/.default`,
  };
  const graph = createGraphClient({
    transport,
    clock,
    log,
    userAgent: "graphtap/test",
    tokens: createTokenSource({
      transport,
      clock,
      cloud,
      ...TENANT,
      clientSecret: () => TENANT.clientSecret,
    }),
  });
  const registry = createRegistry(plugins);
  let state: ReturnType<typeof openState> | undefined;
  const decoder = new TextDecoder();

  return {
    clock,
    emulator,
    lines,
    log: logged,
    sent,
    engine: {
      clock,
      random: () => 0.5,
      sink: {
        write: (bytes) => {
          lines.push(...decoder.decode(bytes).split("\n").slice(0, -1));
          return Promise.resolve();
        },
      } as Engine["sink"],
      format: "json",
      hostname: "host",
      tagGeneration: "2",
    },
    stream(service, settings = {}) {
      state?.close();
      state = openState(folder, {
        locker: () => ({ status: "locked", release() {} }),
        pid: 1,
        now: clock.now,
        report: (note) => logged.push(note),
      });
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
          sweepAfterSeconds: null,
          trackUpdates: true,
          obfuscation: [],
          ...settings,
        },
        plugin,
        graph,
        graphUrl: GRAPH,
        quotas: [quotas.of(TENANT, plugin.quota)],
        state: state.stream({ inputId: "1", service }),
        log,
      };
    },
    close() {
      state?.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function fetchFrom(emulator: Emulator, request: HttpRequest): Promise<HttpResponse> {
  const { "accept-encoding": _, ...headers } = request.headers;
  const response = await emulator.fetch(
    new Request(request.url, { method: request.method, headers, body: request.body }),
  );
  return {
    status: response.status,
    header: (name) => response.headers.get(name),
    body: (response.body ??
      new ReadableStream({ start: (controller) => controller.close() })) as unknown as AsyncIterable<
        Uint8Array
      >,
  };
}
