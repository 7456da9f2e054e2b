import type { Clock } from "../clock.ts";
import type { Config, InputConfig, ServiceConfig } from "../config/config.ts";
import { GraphtapError } from "../errors.ts";
import { createGraphClient } from "../graph/client.ts";
import { resolveCloud } from "../graph/clouds.ts";
import { createQuota, createQuotas, type Quotas } from "../graph/quota.ts";
import { createTokenSource, type TokenSource } from "../graph/token.ts";
import type { Transport } from "../graph/transport.ts";
import type { Registry } from "../plugin/registry.ts";
import type { State } from "../state/state.ts";
import type { Stream } from "../tap/stream.ts";
import type { Log } from "../telemetry/log.ts";
import { type Given, usage } from "./options.ts";
import { version } from "./version.ts";

/** What the streams of a process are made of. */
export interface Parts {
  readonly config: Config;
  readonly registry: Registry;
  readonly state: State;
  readonly clock: Clock;
  readonly log: Log;
  readonly transport: Transport;
  readonly given: Given;
}

/** The streams that the configuration names and the options choose. @throws usage */
export function buildStreams(parts: Parts): Stream[] {
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
    tokens: announced(
      createTokenSource({
        transport,
        clock,
        cloud,
        tenantId,
        clientId,
        clientSecret: () => clientSecret.reveal(),
      }),
      log,
    ),
  });
  const perSecond = input.requestsPerSecond === null
    ? []
    : [{ requests: 1, seconds: 1 / input.requestsPerSecond }];
  const ofInput = [...perSecond, ...input.requestLimits].map((limit) => createQuota(limit, clock));
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
      // The narrowest first: a request that waits for its service's own budget must not hold the others' places.
      quotas: [
        ...(service.requestLimits ?? []).map((limit) => createQuota(limit, clock)),
        ...ofInput,
        quotas.of(input.credentials, plugin.quota),
      ],
      state: state.stream({ inputId: input.id, service: service.name }),
      log: log.with({ service: service.name }),
    };
  });
}

/** Says once that the login service accepts the credentials, as the old collector's set-up did. */
function announced(tokens: TokenSource, log: Log): TokenSource {
  let isReady = false;
  return {
    async get(signal) {
      const token = await tokens.get(signal);
      if (!isReady) log.info("ready: the login service gave a token");
      isReady = true;
      return token;
    },
    reject: (token) => tokens.reject(token),
  };
}
