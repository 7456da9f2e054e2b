/** What the streams of an input share: tokens, its ways into Graph, when its credential ends, limits of its own. */
import type { Clock } from "../clock.ts";
import type { InputConfig, RequestLimit } from "../config/config.ts";
import { asGraphtapError } from "../errors.ts";
import { createExpiry, type Expiry } from "../graph/auth/expiry.ts";
import { createTokenSource, type TokenSource } from "../graph/auth/token.ts";
import { createGraphClient, type GraphClient } from "../graph/client.ts";
import type { Cloud } from "../graph/clouds.ts";
import { createLimiter, type Limiter } from "../graph/limiter.ts";
import { createOutage, type Outage } from "../graph/outage.ts";
import type { RequestMemory } from "../graph/requestWindow.ts";
import {
  createInputTraffic,
  createStreamTraffic,
  type InputTraffic,
  type StreamTraffic,
} from "../graph/traffic.ts";
import type { Transport } from "../graph/transport.ts";
import type { Histogram } from "../telemetry/histogram.ts";
import type { Log } from "../telemetry/log.ts";
import { issuerOf } from "./credentials.ts";
import { createKept } from "./kept.ts";
import type { ChosenInput } from "./selection.ts";
import { byValue } from "./settings.ts";
import { userAgent } from "./version.ts";

/** What sources are made with, whatever the configuration. */
export interface SourceSurroundings {
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
  readonly lastPollMs?: (input: ChosenInput) => number;
}

/** A way into Graph: one for an input, but for a 1.x file whose services differ in their addresses. */
export interface Way {
  readonly tokens: TokenSource;
  readonly graph: GraphClient;
  readonly graphUrl: string;
  /** When the credential ends. */
  readonly expiry: Expiry;
}

export interface InputShare {
  readonly log: Log;
  readonly traffic: InputTraffic;
  /** The way of these credentials to that cloud; the same for as long as both stay the same. */
  wayTo(cloud: Cloud, chosen: ChosenInput): Way;
  /** Limiters of limits that the configuration sets; the same for as long as those of the place are. */
  limiters(place: string, limits: readonly RequestLimit[]): readonly Limiter[];
  trafficOf(service: string, durations: Histogram): StreamTraffic;
  /** Forgets what was not asked for since it was called last. */
  tidy(): void;
}

export function createInputShare({ name }: InputConfig, surroundings: SourceSurroundings): InputShare {
  const { clock } = surroundings;
  const log = surroundings.log.with({ input: name });
  const outageLog = surroundings.outageLog?.with({ input: name }) ?? log;
  const traffic = createInputTraffic(clock);
  const streams = new Map<string, StreamTraffic>();
  const limiters = createKept<readonly Limiter[]>();
  const expiries = createKept<Expiry>();
  const ways = createKept<Way>();

  function openWay(cloud: Cloud, { input: { credentials } }: ChosenInput, expiry: Expiry): Way {
    const issue = traffic.issuing(issuerOf(credentials, { ...surroundings, cloud, log, expiry }));
    const login = createOutage(outageLog, "the login service gives tokens again");
    const tokens = watched(createTokenSource(issue, clock, surroundings.random), login, log);
    const graph = createGraphClient({
      ...surroundings,
      log,
      userAgent,
      tokens,
      outage: createOutage(outageLog, "Graph answers again"),
      onAnswer: (service, status, ms) => streams.get(service)?.answered(status, ms),
    });
    return { tokens, graph, graphUrl: cloud.graphUrl, expiry };
  }
  return {
    log,
    traffic,
    wayTo(cloud, chosen) {
      const { credentials } = chosen.input;
      const toldUntilMs = () => surroundings.lastPollMs?.(chosen) ?? null;
      const expiry = expiries.of(
        byValue(credentials),
        () => createExpiry({ kind: credentials.kind, log, now: () => clock.now(), toldUntilMs }),
      );
      return ways.of(byValue([credentials, cloud]), () => openWay(cloud, chosen, expiry));
    },
    limiters: (place, limits) =>
      limiters.of(byValue([place, limits]), () => limits.map((limit) => createLimiter(limit, clock))),
    trafficOf(service, durations) {
      const own = streams.get(service) ?? createStreamTraffic(traffic, durations);
      streams.set(service, own);
      return own;
    },
    tidy() {
      for (const kept of [limiters, expiries, ways]) kept.tidy();
    },
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
