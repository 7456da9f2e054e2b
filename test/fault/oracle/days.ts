/** Some days of one stream whose records a job collects, or a query finds, judged by who served the records. */
import { Buffer } from "node:buffer";
import { createRandom } from "../../../src/emulator/random.ts";
import { ceilSecond, compareInstants, floorSecond, parseInstant, type Window } from "../../../src/instant.ts";
import type { Gap } from "../../../src/state/gap.ts";
import { manualClock } from "../../support/manualClock.ts";
import { createDaysGraph, type DaysGraph, type DaysKind, ROWS } from "./daysGraph.ts";
import { type Lives, openLives } from "./daysLives.ts";
import { type Book, createBook, idOf, judge, type Verdict, type Wanted } from "./judge.ts";
import { deliveredIn } from "./output.ts";
import { collectionOf } from "./plan.ts";

const HALF_HOUR_MS = 1_800_000;
const DAYS = 3;
/** Behind those days nothing goes wrong for so long: every re-read and every gap has its turn, and keys are forgotten. */
const QUIET_DAYS = 5;
/** No re-read of a job's window comes sooner than this. */
const FIRST_REREAD_MS = 6 * 3_600_000;

export interface DaysReport extends Verdict {
  readonly wanted: number;
  /** What remains unread in the end, and how many records lie in each. */
  readonly gaps: readonly { readonly reason: string; readonly records: number }[];
  /** Numbers of the lives that were killed. */
  readonly killed: ReadonlySet<number>;
  /** Windows of jobs that were asked for again soon although the first job was done. */
  readonly askedTwice: readonly string[];
  /** Jobs that Graph did, and nobody read. */
  readonly forgotten: number;
  /** Answers to queries that held as many rows as one may. */
  readonly fullAnswers: number;
  readonly log: readonly string[];
}

/** @throws when a poll fails although nothing goes wrong at Graph */
export async function playDays(kind: DaysKind, seed: number): Promise<DaysReport> {
  const random = createRandom(`${kind} ${seed}`);
  const clock = manualClock();
  const book = createBook();
  const graph = createDaysGraph(kind, random.fork("graph"), clock, book.add);
  const lives = openLives(graph, clock, random.fork("lives"));
  graph.hoursPassed(20);
  let life = lives.begin("killed");
  for (let halves = 0; halves < 48 * DAYS;) {
    const passed = random.int(1, 4);
    halves += passed;
    clock.advance(passed * HALF_HOUR_MS);
    graph.hoursPassed(passed / 2);
    const faults = graph.goWrong();
    const isAlive = await life.poll();
    for (const fault of faults) fault.remove();
    if (isAlive && random.chance(0.8)) continue;
    if (isAlive) life.end();
    life = lives.begin(random.chance(0.6) ? "killed" : "disturbed");
  }
  life.end();
  graph.calm();
  life = lives.begin("undisturbed");
  for (let hours = 0; hours < 24 * QUIET_DAYS; hours++) {
    await life.poll();
    clock.advance(2 * HALF_HOUR_MS);
  }
  const gaps = life.stream.state.gaps().list();
  const underWay = life.stream.state.loadPosition()!.jobs.length;
  life.end();
  const { killed, log } = lives;
  return { ...verdictOf(kind, book, graph, lives, gaps), killed, log, ...jobsOf(graph, underWay) };
}

function verdictOf(
  kind: DaysKind,
  book: Book,
  { plugin, emulator }: DaysGraph,
  { outputs }: Lives,
  gaps: readonly Gap[],
) {
  const collection = collectionOf(plugin.service);
  const held = emulator.records(collection)
    .map((bytes): Wanted => ({ collection, record: Buffer.from(bytes).toString("latin1") }));
  const isIn = (gap: Gap, { record }: Wanted) => isWithin(record, plugin.cursor.field!, gap);
  const wanted = held.filter((one) => !gaps.some((gap) => isIn(gap, one)));
  const delivered = outputs.flatMap((output, life) => deliveredIn(Buffer.concat(output), "json", life));
  return {
    ...judge(book, wanted, delivered, kind === "job" ? idOf : undefined),
    wanted: wanted.length,
    gaps: gaps.map((gap) => ({ reason: gap.reason, records: held.filter((one) => isIn(gap, one)).length })),
  };
}

/** A window is asked for in whole seconds. */
function isWithin(record: string, field: string, { from, to }: Window): boolean {
  const time = parseInstant(JSON.parse(record)[field])!;
  return compareInstants(floorSecond(from), time) <= 0 && compareInstants(time, ceilSecond(to)) <= 0;
}

function jobsOf({ asked, cutsJobsOff, emulator }: DaysGraph, underWay: number) {
  const done = asked.filter(({ outcome }) => outcome === "succeeded");
  const askedTwice = cutsJobsOff
    ? []
    : done.filter((job, index) =>
      done.slice(0, index).some(({ from, to, atMs }) =>
        from === job.from && to === job.to && job.atMs - atMs < FIRST_REREAD_MS
      )
    );
  const read = new Set(
    emulator.requests.filter(({ status }) => status === 200).flatMap(({ path }) =>
      /\/queries\/([^/]+)\/records$/.exec(path)?.[1] ?? []
    ),
  );
  return {
    askedTwice: askedTwice.map(({ from, to }) => `${new Date(from * 1000).toISOString()} ${to - from} s`),
    forgotten: done.length - read.size - underWay,
    fullAnswers: emulator.requests.filter(({ records }) => records >= ROWS).length,
  };
}
