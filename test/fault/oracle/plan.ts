/** A run of several process lives, decided by its seed. */
import { plugins } from "../../../plugins/index.ts";
import type { Cursor } from "../../../src/plugin/plugin.ts";
import type { CollectionName } from "../../../src/emulator/emulator.ts";
import type { Fault, FaultAction } from "../../../src/emulator/faults.ts";
import { createRandom, type Random } from "../../../src/emulator/random.ts";
import type { LineFormat } from "../../../src/record/line.ts";
import { COLLECTIONS } from "../../support/site.ts";
import { type Moment, MOMENTS, PAGE } from "./moments.ts";

/** A query is answered with all there is: what `play.ts` puts into three hours, and what comes meanwhile. */
const WHOLE = 8 * PAGE;

export interface LifePlan {
  readonly command: "pull" | "run";
  readonly moment: Moment;
  /** The service that the moment is about. */
  readonly service: string;
  /** What goes wrong besides. */
  readonly faults: readonly Fault[];
}

export interface Plan {
  readonly seed: number;
  readonly services: readonly string[];
  readonly sink: "stdout" | "file";
  readonly format: LineFormat;
  readonly gzip: boolean;
  readonly lives: readonly LifePlan[];
  /** For everything that is decided on the way. */
  readonly random: Random;
}

const LOGS = ofKind("event-time");
const ALERTS = ofKind("update-time");
const SNAPSHOTS = ofKind("snapshot");
/** Some: all tables are read alike, and the others must come, too. Jobs need hours (`days.ts`). */
const QUERIES = ofKind("query").slice(0, 4);
const SERVICES = [...LOGS, ...ALERTS, ...SNAPSHOTS, ...QUERIES];

/** What mends by itself within a poll, and does not take long to. */
export const PASSING: readonly FaultAction[] = [
  { kind: "status", status: 503 },
  { kind: "status", status: 504 },
  { kind: "status", status: 401 },
  { kind: "html", status: 502 },
  { kind: "errorBody200" },
  { kind: "reset" },
  { kind: "reset", afterBytes: 12_000 },
  { kind: "truncate", afterBytes: 30_000 },
  { kind: "truncateGzip", afterBytes: 4000 },
  { kind: "invalidJson" },
  { kind: "emptyPage" },
  { kind: "loopLink" },
  { kind: "loopLink", to: "first" },
  { kind: "skipTokenExpire" },
  { kind: "tokenExpire" },
  { kind: "dribble", bytes: 5000, ms: 2 },
];

/** What a seed stands for; the first lives of neighbouring seeds go through all moments. */
export function planOf(seed: number): Plan {
  const random = createRandom(seed);
  const sink = random.chance(0.5) ? "stdout" : "file";
  const leading = MOMENTS[seed % MOMENTS.length]!;
  const chosen = leading.needsReader ? "stdout" : sink;
  const first = random.pick(
    leading.only === undefined ? SERVICES : [...LOGS, ...ALERTS, ...QUERIES],
  );
  const second = random.pick(SERVICES);
  const services = random.chance(0.5) && second !== first ? [first, second] : [first];
  const lives: LifePlan[] = [];
  const count = random.int(1, 3) + (leading.needsPast ? 1 : 0);
  for (let life = 0; life < count; life++) {
    const service = life === 0 ? first : random.pick(services);
    const fitting = MOMENTS.filter((moment) => fits(moment, service, chosen, life));
    const leads = life === (leading.needsPast ? 1 : 0) && fits(leading, first, chosen, life);
    lives.push({
      command: random.chance(0.8) ? "pull" : "run",
      moment: leads ? leading : random.pick(fitting),
      service: leads ? first : service,
      faults: Array.from({ length: random.int(0, 2) }, () => faultOf(random, services)),
    });
  }
  return {
    seed,
    services,
    sink: chosen,
    format: random.pick(["json", "json", "devo", "record"]),
    gzip: random.chance(0.3),
    lives,
    random,
  };
}

function fits(moment: Moment, service: string, sink: Plan["sink"], life: number): boolean {
  if (moment.needsReader && sink !== "stdout") return false;
  if (moment.only !== undefined && SNAPSHOTS.includes(service)) return false;
  return !moment.needsPast || life > 0;
}

function faultOf(random: Random, services: readonly string[]): Fault {
  return {
    match: { collection: collectionOf(random.pick(services)), nth: random.int(1, 5) },
    do: random.pick(PASSING),
  };
}

function ofKind(kind: Cursor["kind"]): readonly string[] {
  return plugins.filter(({ cursor }) => cursor.kind === kind).map(({ service }) => service);
}

export function collectionOf(service: string): CollectionName {
  return COLLECTIONS[service]!;
}

/** Which services record changes of. */
export function changes(service: string): boolean {
  return ALERTS.includes(service) || SNAPSHOTS.includes(service);
}

/** The most records that one answer brings, whose repetition is promised at most. */
export function answerSize(service: string): number {
  return QUERIES.includes(service) ? WHOLE : PAGE;
}

/** Which services look for late records. */
export function isTimed(service: string): boolean {
  return !SNAPSHOTS.includes(service);
}

/** The plan in a line, for who reads a failure. */
export function describePlan({ seed, services, sink, format, lives }: Plan): string {
  const told = lives.map(({ command, moment, service, faults }) =>
    `${command} ended ${moment.name} of ${service}${faults.map((fault) => `, ${fault.do.kind}`).join("")}`
  );
  return `GRAPHTAP_SEED=${seed}: ${services.join(" and ")} to ${sink} as ${format}; ${told.join("; ")}`;
}
