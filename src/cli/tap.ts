import { hostname } from "node:os";
import { resolve } from "node:path";
import { type Clock, systemClock } from "../clock.ts";
import type { Config, InputConfig, ServiceConfig } from "../config/config.ts";
import { asGraphtapError, GraphtapError } from "../errors.ts";
import { createGraphClient } from "../graph/client.ts";
import { resolveCloud } from "../graph/clouds.ts";
import { createHttp } from "../graph/http.ts";
import { createQuota, createQuotas, type Quotas } from "../graph/quota.ts";
import { createTokenSource } from "../graph/token.ts";
import type { Transport } from "../graph/transport.ts";
import type { Registry } from "../plugin/registry.ts";
import { createStdoutSink } from "../sink/stdout.ts";
import { openState, type State } from "../state/state.ts";
import type { LineFormat } from "../tap/line.ts";
import type { Engine, Stream } from "../tap/stream.ts";
import type { Log } from "../telemetry/log.ts";
import type { LoadedConfig } from "./configFile.ts";
import { logFor } from "./logging.ts";
import { type Given, usage } from "./options.ts";
import type { Runtime } from "./runtime.ts";
import { version } from "./version.ts";

/** How long a stop waits for a reader that does not take the line in flight. */
const STOP_GRACE_MS = 5_000;

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
export function openTap(given: Given, runtime: Runtime, { config, registry, home }: LoadedConfig): Tap {
  const clock = systemClock;
  const log = logFor(given, runtime, config.globals.debug, () => clock.now());
  for (const { key, message } of config.warnings) log.warn(`${key}: ${message}`);
  checkSink(given);
  const stop = new AbortController();
  const state = openState(resolve(given.text("state") ?? resolve(home, config.globals.stateDir)), {
    locker: runtime.locker,
    pid: runtime.pid,
    now: () => clock.now(),
    report: (note) => log.warn(note),
  });
  const http = createHttp({ proxy: proxyFrom(runtime.env) });
  runtime.onStopSignal(() => stop.abort(new GraphtapError("stopped", "stopped by a signal")));
  return {
    streams: buildStreams({ config, registry, state, clock, log, transport: http.transport, given }),
    engine: {
      clock,
      random: Math.random,
      sink: createStdoutSink(runtime.writeStdout),
      format: (given.text("format") ?? "json") as LineFormat,
      hostname: given.text("hostname") ?? hostname(),
      tagGeneration: config.globals.tagGeneration,
    },
    log,
    stop,
    async close() {
      await http.close();
      state.close();
    },
  };
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
            new GraphtapError("sink-closed", "standard output takes nothing; its last page is sent again"),
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

interface Parts {
  readonly config: Config;
  readonly registry: Registry;
  readonly state: State;
  readonly clock: Clock;
  readonly log: Log;
  readonly transport: Transport;
  readonly given: Given;
}

function buildStreams(parts: Parts): Stream[] {
  const { config, given } = parts;
  const wantedInputs = wanted(given.all("input"), config.inputs.map(({ name }) => name), "input", "inputs");
  const inputs = config.inputs.filter(({ enabled, name }) => enabled && wantedInputs(name));
  const names = inputs.flatMap(({ services }) => services.map(({ name }) => name));
  const asked = given.all("service").map((name) => parts.registry.resolve(name)?.service ?? name);
  const wantedServices = wanted(asked, names, "service", "the services of the inputs");
  const quotas = createQuotas(config.globals.quotas, parts.clock);
  return inputs.flatMap((input) => {
    const services = input.services.filter(({ enabled, name }) => enabled && wantedServices(name));
    return services.length === 0 ? [] : inputStreams(parts, quotas, input, services);
  });
}

/** A filter by name; asking for one that is not there is a mistake worth stopping for. */
function wanted(
  asked: readonly string[],
  known: readonly string[],
  option: string,
  where: string,
): (name: string) => boolean {
  const stranger = asked.find((name) => !known.includes(name));
  if (stranger !== undefined) {
    throw usage(
      "pull",
      `--${option} "${stranger}" is not among ${where} of the configuration: ${
        [...new Set(known)].join(", ")
      }`,
    );
  }
  return (name) => asked.length === 0 || asked.includes(name);
}

function inputStreams(
  parts: Parts,
  quotas: Quotas,
  input: InputConfig,
  services: readonly ServiceConfig[],
): Stream[] {
  const { transport, clock, registry, state } = parts;
  const { tenantId, clientId, clientSecret } = input.credentials;
  const cloud = resolveCloud(input);
  const log = parts.log.with({ input: input.name });
  const graph = createGraphClient({
    transport,
    clock,
    log,
    userAgent: `graphtap/${version}`,
    tokens: createTokenSource({
      transport,
      clock,
      cloud,
      tenantId,
      clientId,
      clientSecret: () => clientSecret.reveal(),
    }),
  });
  const own = input.requestsPerSecond === null
    ? []
    : [createQuota({ requests: 1, seconds: 1 / input.requestsPerSecond }, clock)];
  return services.map((service) => {
    const plugin = registry.resolve(service.name);
    if (plugin === null) {
      throw new GraphtapError("bug", `service "${service.name}" passed the check but is not known`);
    }
    if (plugin.notice !== undefined) log.warn(plugin.notice, { service: service.name });
    return {
      input,
      service,
      plugin,
      graph,
      graphUrl: cloud.graphUrl,
      quotas: [quotas.of(input.credentials, plugin.quota), ...own],
      state: state.stream({ inputId: input.id, service: service.name }),
      log: log.with({ service: service.name }),
    };
  });
}

function checkSink(given: Given): void {
  const to = given.text("to") ?? "stdout";
  if (to !== "stdout") throw usage("pull", `--to is "${to}", expected stdout`);
}

function proxyFrom(env: Runtime["env"]) {
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
