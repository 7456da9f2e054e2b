/** From the services of a configuration to streams: whom to ask, with which credentials, within which budgets. */
import type { Clock } from "../clock.ts";
import type { Config, InputConfig, ServiceConfig } from "../config/config.ts";
import { asGraphtapError, GraphtapError } from "../errors.ts";
import { createExpiry } from "../graph/auth/expiry.ts";
import { createTokenSource, type TokenIssuer, type TokenSource } from "../graph/auth/token.ts";
import { createGraphClient } from "../graph/client.ts";
import { type Cloud, resolveCloud } from "../graph/clouds.ts";
import { createLimiter, type Limiter } from "../graph/limiter.ts";
import { createLimiters, type Limiters } from "../graph/limiters.ts";
import { createOutage, type Outage } from "../graph/outage.ts";
import type { RequestMemory } from "../graph/requestWindow.ts";
import { createDurations, createInputTraffic, createStreamTraffic } from "../graph/traffic.ts";
import type { Transport } from "../graph/transport.ts";
import type { Registry } from "../plugin/registry.ts";
import type { Selection } from "../server/pull/select.ts";
import type { State } from "../state/state.ts";
import type { Stream } from "../tap/stream.ts";
import type { Log } from "../telemetry/log.ts";
import { applicationOf, issuerOf } from "./credentials.ts";
import { chooseServices } from "./selection.ts";
import { userAgent } from "./version.ts";

/** What sources are made of. */
export interface SourceParts {
  readonly config: Config;
  readonly registry: Registry;
  /** Which of the enabled services are meant. @default all of them */
  readonly selection?: Selection;
  readonly clock: Clock;
  readonly log: Log;
  /** Told of outages of an input. @default `log` */
  readonly outageLog?: Log;
  readonly transport: Transport;
  /** In [0, 1), for spreading requests. @default Math.random */
  readonly random?: () => number;
  /** What remembers the requests of a limiter for the next process, by a name that stays the same. @default nothing */
  readonly memoryOf?: (limiter: string, stretchMs: number) => RequestMemory;
  /** When an input was read last, in milliseconds since the epoch. @default never */
  readonly lastPollMs?: (input: InputConfig) => number;
}

/** A stream before it has a position: what is asked of whom, and within which budgets. */
export interface Source extends Omit<Stream, "state"> {
  /** Shared by the sources of an input, if they have the same addresses. */
  readonly tokens: TokenSource;
}

/** A stream with who gives its tokens. */
export type SourcedStream = Source & Stream;

/** What streams are made of: sources have no position. */
export interface StreamParts extends SourceParts {
  readonly state: State;
}

/** The streams that the configuration enables and the selection asks for, input after input. */
export function buildStreams(parts: StreamParts): SourcedStream[] {
  const lastPollMs = (input: InputConfig) =>
    Math.max(
      ...streams.filter((stream) => stream.input === input).map(({ state }) =>
        state.loadPosition()?.lastPollStartedMs ?? -Infinity
      ),
    );
  const streams: SourcedStream[] = buildSources({ ...parts, lastPollMs }).map((source) => ({
    ...source,
    state: parts.state.stream({ inputId: source.input.id, service: source.service.name }),
  }));
  return streams;
}

/** The same without positions, for who only asks. */
export function buildSources(parts: SourceParts): Source[] {
  const limiters = createLimiters(parts.config.globals.quotas, parts.clock, parts.memoryOf);
  const ofAll = parts.config.globals.requestLimits.map((limit) => createLimiter(limit, parts.clock));
  const shared = { limiters, ofAll, durations: createDurations() };
  const selection = parts.selection ?? { inputs: [], services: [] };
  return chooseServices(parts.config, parts.registry, selection)
    .flatMap(({ input, services }) => inputSources(parts, shared, input, services));
}

/** What the inputs of a process share. */
interface Shared {
  readonly limiters: Limiters;
  /** Of the limits that the configuration sets for all of them. */
  readonly ofAll: readonly Limiter[];
  readonly durations: ReturnType<typeof createDurations>;
}

function inputSources(
  parts: SourceParts,
  { limiters, ofAll, durations }: Shared,
  input: InputConfig,
  services: readonly ServiceConfig[],
): Source[] {
  const { transport, clock, registry } = parts;
  const log = parts.log.with({ input: input.name });
  const { kind } = input.credentials;
  const toldUntilMs = () => parts.lastPollMs?.(input) ?? null;
  const expiry = createExpiry({ kind, log, now: () => clock.now(), toldUntilMs });
  const ofThisInput = createInputTraffic(clock);
  const traffic = new Map(
    services.map(({ name }) => [name, createStreamTraffic(ofThisInput, durations(name))]),
  );
  const wayTo = createWays(parts, input, {
    log,
    issue: (cloud) =>
      ofThisInput.issuing(issuerOf(input.credentials, { transport, clock, cloud, log, expiry })),
    onAnswer: (name, status, ms) => traffic.get(name)?.answered(status, ms),
  });
  const perSecond = input.requestsPerSecond === null
    ? []
    : [{ requests: 1, seconds: 1 / input.requestsPerSecond }];
  const ofInput = [...perSecond, ...input.requestLimits].map((limit) => createLimiter(limit, clock));
  const counted = (budget: string, all: readonly Limiter[]) =>
    all.map((limiter) => ofThisInput.limiting(budget, limiter));
  return services.map((service) => {
    const plugin = registry.resolve(service.name);
    if (plugin === null) {
      throw new GraphtapError("bug", `service "${service.name}" passed the check but is not known`);
    }
    const application = applicationOf(input.credentials);
    const { cursor } = plugin;
    if (plugin.notice !== undefined) log.warn(plugin.notice, { service: service.name });
    return {
      input,
      service,
      plugin,
      ...wayTo(resolveCloud(service.addresses ?? input)),
      expiry,
      // The narrowest first: a request that waits for its service's own budget must not hold the others' permits.
      limiters: [
        ...counted("service", (service.requestLimits ?? []).map((limit) => createLimiter(limit, clock))),
        ...counted("input", ofInput),
        ...counted("all", ofAll),
        ...counted(plugin.quota, [limiters.of(application, plugin.quota)]),
      ],
      ...(cursor.kind === "job" ? { jobLimiter: limiters.of(application, cursor.jobQuota) } : {}),
      traffic: traffic.get(service.name)!,
      log: log.with({ service: service.name }),
    };
  });
}

/** What the ways of an input have in common. */
interface WayParts {
  readonly log: Log;
  readonly issue: (cloud: Cloud) => TokenIssuer;
  readonly onAnswer: (service: string, status: number | null, ms: number) => void;
}

/** Gives the ways of an input into Graph: one, but for a 1.x file whose services differ in their addresses. */
function createWays({ transport, clock, random, ...parts }: SourceParts, input: InputConfig, own: WayParts) {
  const { log, issue, onAnswer } = own;
  const outageLog = parts.outageLog?.with({ input: input.name }) ?? log;
  const ways = new Map<string, Pick<Source, "tokens" | "graph" | "graphUrl">>();

  function open(cloud: Cloud) {
    const login = createOutage(outageLog, "the login service gives tokens again");
    const tokens = watched(createTokenSource(issue(cloud), clock, random), login, log);
    const outage = createOutage(outageLog, "Graph answers again");
    const graph = createGraphClient({ transport, clock, log, userAgent, tokens, outage, onAnswer });
    return { tokens, graph, graphUrl: cloud.graphUrl };
  }
  return (cloud: Cloud) => {
    const key = JSON.stringify(cloud);
    const way = ways.get(key) ?? open(cloud);
    ways.set(key, way);
    return way;
  };
}

/**
 * Says once that the login service accepts the credentials, as the old collector's set-up did, and once of each outage
 * of it, however many streams wait for a token.
 */
function watched(tokens: TokenSource, outage: Outage, log: Log): TokenSource {
  let isReady = false;
  return {
    async get(signal) {
      let token: string;
      try {
        token = await tokens.get(signal);
      } catch (thrown) {
        const error = asGraphtapError(thrown);
        if (error.kind.ofInput) outage.failed("login", error);
        throw error;
      }
      outage.works("login");
      if (!isReady) log.info("ready: the login service gave a token");
      isReady = true;
      return token;
    },
    current: () => tokens.current(),
    reject: (token, claims) => tokens.reject(token, claims),
  };
}
