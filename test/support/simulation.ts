import type { ServiceConfig } from "../../src/config/config.ts";
import { addSeconds, fromMillis } from "../../src/instant.ts";
import { poll } from "../../src/tap/poll.ts";
import type { Engine } from "../../src/tap/stream.ts";
import { createGraphStore, type GraphStore } from "./graphStore.ts";
import { alertArrivals, signInArrivals } from "./lateness.ts";
import { readWithLag } from "./laggingReader.ts";
import { openRig } from "./rig.ts";

export interface SimulationOptions {
  readonly days: number;
  readonly perDay: number;
  readonly seed: number;
  readonly periodSeconds: number;
  /** Days in which nothing new happens any more, but re-reads go on. @default 2 */
  readonly daysAfter?: number;
  /** Alerts a day, each of which may change. @default 0 */
  readonly alertsPerDay?: number;
  /** Seconds that the reader with a fixed lag stays behind. @default 300 */
  readonly lagSeconds?: number;
  readonly settings?: Partial<ServiceConfig>;
}

/** What became of the records of one collection. */
export interface Delivered {
  /** Records that Graph had, in their last version. */
  readonly expected: number;
  readonly missing: number;
  /** Versions that left more than once. */
  readonly repeated: number;
}

export interface SimulationResult extends Delivered {
  readonly liveRequests: number;
  readonly rereadRequests: number;
  /** Records that only a re-read found. */
  readonly lateFound: number;
  /** Hours from when a query would have found a record to when it left: of all records, the most of this share. */
  readonly hoursUntilDelivered: (share: number) => number;
  /** The most requests for sign-ins in any ten seconds. */
  readonly mostInTenSeconds: number;
  readonly alerts: Delivered;
  /** The same sign-ins, read with one fixed lag and never again. */
  readonly lagging: { readonly requests: number; readonly lost: number };
}

const SIGN_INS = { field: "createdDateTime", links: "skiptoken" } as const;
const ALERTS = { field: "lastUpdateDateTime", links: "skip" } as const;

/**
 * Days of sign-ins, and of alerts that change, on a virtual clock: records become visible late and out of order while
 * the streams are polled at their period, within Microsoft's budgets; then some more days pass, in which re-reads may
 * still find what was late.
 */
export async function simulateDays(options: SimulationOptions): Promise<SimulationResult> {
  const { days, perDay, seed, periodSeconds, alertsPerDay = 0, daysAfter = 2 } = options;
  const askedAt: number[] = [];
  const rig = openRig({
    budgets: {},
    inMemory: true,
    between(request, pass) {
      if (request.method !== "GET") return pass(request);
      if (request.url.includes("/alerts_v2?")) return Promise.resolve(alerts.answer(request));
      askedAt.push(rig.clock.now());
      return Promise.resolve(signIns.answer(request));
    },
  });
  const { clock } = rig;
  const startMs = clock.now();
  const arrivals = signInArrivals({ startMs, days, perDay, seed });
  const signIns = createGraphStore(arrivals, { ...SIGN_INS, now: clock.now });
  const changes = alertArrivals({ startMs, days, perDay: alertsPerDay, seed });
  const alerts = createGraphStore(changes, { ...ALERTS, now: clock.now });
  try {
    const streams = rig.streams(alertsPerDay === 0 ? ["signIns"] : ["signIns", "alerts_v2"], {
      periodSeconds,
      startTime: { text: "start", instant: addSeconds(fromMillis(startMs), -1) },
      ...options.settings,
    });
    const tallies = new Map(streams.map(({ service }) => [service.name, new Map<string, number>()]));
    const waits = new Float32Array(arrivals.seconds.length);
    const engine: Engine = {
      ...rig.engine,
      sink: {
        write(lines: Uint8Array) {
          for (const { service, id, time } of versionsIn(lines)) {
            const tally = tallies.get(service)!;
            tally.set(`${id} ${time}`, (tally.get(`${id} ${time}`) ?? 0) + 1);
            const row = Number(id.slice(1));
            if (service === "signIns") waits[row] = (clock.now() - arrivals.visibleMs[row]!) / 3_600_000;
          }
          return Promise.resolve();
        },
      } as Engine["sink"],
    };
    const signal = new AbortController().signal;
    const figures = { liveRequests: 0, rereadRequests: 0, lateFound: 0 };
    const endMs = startMs + (days + daysAfter) * 86_400_000;
    for (let beganMs = startMs; beganMs < endMs; beganMs = clock.now()) {
      for (const stream of streams) {
        const report = await poll(stream, engine, signal, beganMs + periodSeconds * 1000);
        if (report.error !== null) throw report.error;
        if (stream.service.name !== "signIns") continue;
        figures.lateFound += report.late;
        figures.rereadRequests += report.rereadRequests;
        figures.liveRequests += report.requests - report.rereadRequests;
      }
      clock.advance(Math.max(0, beganMs + periodSeconds * 1000 - clock.now()));
    }
    return {
      ...judged(signIns, tallies.get("signIns")!),
      alerts: judged(alerts, tallies.get("alerts_v2") ?? new Map()),
      ...figures,
      hoursUntilDelivered: (share) => waits.toSorted()[Math.ceil(waits.length * share) - 1]!,
      mostInTenSeconds: mostWithin(askedAt, 10_000),
      lagging: await readWithLag({ ...options, arrivals, startMs, endMs }),
    };
  } finally {
    rig.close();
  }
}

/** What leaves; a line begins with its tag, service, input, id and time. */
function* versionsIn(lines: Uint8Array): Generator<{ service: string; id: string; time: string }> {
  const pattern = /"service":"([^"]*)","input":"[^"]*","id":"([^"]*)","time":"([^"]*)","event"/g;
  for (const [, service, id, time] of new TextDecoder().decode(lines).matchAll(pattern)) {
    yield { service: service!, id: id!, time: time! };
  }
}

function judged(store: GraphStore, tally: ReadonlyMap<string, number>): Delivered {
  let expected = 0;
  let missing = 0;
  for (let row = 0; row < store.size; row++) {
    if (!store.isLast(row)) continue;
    const { id, time } = store.recordOf(row);
    expected++;
    if (!tally.has(`${id} ${time}`)) missing++;
  }
  return { expected, missing, repeated: [...tally.values()].filter((times) => times > 1).length };
}

/** The most moments, which are in order, within any stretch of so many milliseconds. */
function mostWithin(moments: readonly number[], stretchMs: number): number {
  let most = 0;
  let first = 0;
  for (const [index, moment] of moments.entries()) {
    while (moment - moments[first]! >= stretchMs) first++;
    most = Math.max(most, index - first + 1);
  }
  return most;
}
