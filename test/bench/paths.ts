/** What the ways cost by which lines leave, and what they are made to be, against the plainest: standard output. */
import { execFileSync, spawnSync } from "node:child_process";
import { closeSync, openSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { MOST_BYTES } from "../../src/sink/batch.ts";
import { GZIP_LEVEL } from "../../src/sink/gzip.ts";
import { ratioRow, type Row } from "./figures.ts";
import { type GraphServer, startGraph } from "./graphServer.ts";
import type { Cost, Written } from "./measure.ts";
import { pulled } from "./pull.ts";
import { type Receiver, startReceiver } from "./receiver.ts";
import { inRounds, ratios } from "./rounds.ts";
import type { Workshop } from "./workshop.ts";

const PAGES = 60;
const STDOUT = "standard output";
const GZIP = "--to http --gzip";
const LINE_FEED = 0x0a;

/** One way; a row says what it needs for each unit of processor time that standard output does. */
interface Way {
  /** What it is called, and the words of the command unless it has settings. */
  readonly name: string;
  /** Of the service. */
  readonly settings?: object;
  readonly target?: number;
  /** Its lines are others than those of standard output, so that only their number is compared. */
  readonly isOther?: boolean;
  readonly detail?: boolean;
}

const fields = [["userPrincipalName"], ["ipAddress"]];
const pseudonym = { key: "a key of the bench, and of nothing else" };

const WAYS: readonly Way[] = [
  { name: "--format devo", isOther: true },
  { name: "--format record", isOther: true, detail: true },
  { name: "--to file:PATH", target: 1.25 },
  { name: "--to file:PATH --format devo", isOther: true },
  { name: "--to http", target: 1.3 },
  { name: "--to http --body fluent-bit", target: 1.6 },
  { name: "--to http --body fluent-bit --format devo", isOther: true },
  { name: GZIP },
  {
    name: "a mask for a field that no record has",
    settings: { obfuscation_data: [{ name: ["notThere"] }] },
    target: 1.15,
  },
  {
    name: "masks for two fields",
    settings: { obfuscation_data: fields.map((name) => ({ name })) },
    target: 1.5,
    isOther: true,
  },
  {
    name: "pseudonyms for two fields",
    settings: { obfuscation_data: fields.map((name) => ({ name, pseudonym })) },
    target: 1.8,
    isOther: true,
  },
];

export async function paths(workshop: Workshop, runs: number, quick: boolean): Promise<Row[]> {
  // Where nothing is promised there is nothing to judge.
  const ways = WAYS.filter(({ name, target }) => !quick || target !== undefined || name === GZIP);
  const graph = await startGraph(workshop, { pages: PAGES });
  const receiver = await startReceiver(workshop);
  try {
    const compress = gzipAlone(workshop, graph);
    const gzipMs: number[] = [];
    const costs = await inRounds<string>(runs, {
      [STDOUT]: () => {
        gzipMs.push(compress());
        return pulled(workshop, graph);
      },
      ...Object.fromEntries(ways.map((way) => [way.name, () => sent(workshop, graph, receiver, way)])),
    });
    const plain = costs[STDOUT]!;
    const withGzip = plain.map((cost, round) => ({ ...cost, cpuMs: cost.cpuMs + gzipMs[round]! }));
    return ways.flatMap((way) => {
      const own = costs[way.name]!;
      checkWritten(way, own, plain);
      const row = (against: string, others: readonly Cost[], target: number | null) =>
        ratioRow(`CPU, ${way.name}`, against, ratios(own, others), target);
      const usual = { ...row(STDOUT, plain, way.target ?? null), detail: way.detail };
      return way.name === GZIP ? [row(`${STDOUT} and gzip alone`, withGzip, 1.2), usual] : [usual];
    });
  } finally {
    receiver.close();
    graph.close();
  }
}

/** A pull by this way, with what arrived at its other end. */
async function sent(
  workshop: Workshop,
  graph: GraphServer,
  receiver: Receiver,
  { name, settings }: Way,
): Promise<Cost> {
  if (settings !== undefined) return pulled(workshop, graph, { settings });
  const spool = join(workshop.folder, "spool");
  const places: Readonly<Record<string, string>> = {
    http: receiver.url,
    "file:PATH": `file:${join(spool, "lines")}`,
  };
  const cost = await pulled(workshop, graph, { words: name.split(" ").map((word) => places[word] ?? word) });
  if (name.includes("http")) return { ...cost, ...await receiver.taken() };
  if (!name.includes("file:")) return cost;
  const written = { ...cost, ...inFolder(spool) };
  rmSync(spool, { recursive: true });
  return written;
}

/** The lines of a spool. */
function inFolder(folder: string): Written {
  const files = readdirSync(folder).filter((name) => name.startsWith("lines."));
  const contents = files.map((name) => readFileSync(join(folder, name)));
  return {
    lines: contents.reduce((sum, bytes) => sum + bytes.filter((byte) => byte === LINE_FEED).length, 0),
    bytes: contents.reduce((sum, { length }) => sum + length, 0),
  };
}

/** @throws when what arrived is not what standard output got */
function checkWritten({ name, isOther }: Way, own: readonly Cost[], plain: readonly Cost[]): void {
  const wrong = own.findIndex(({ lines, bytes }, round) =>
    lines !== plain[round]!.lines || (!isOther && bytes !== plain[round]!.bytes)
  );
  if (wrong < 0) return;
  const text = ({ lines, bytes }: Written) => `${lines} lines of ${bytes} bytes`;
  throw new Error(`by ${name} arrived ${text(own[wrong]!)}, expected ${text(plain[wrong]!)}`);
}

/** What compressing the lines of a pull in batches costs; milliseconds of processor time. */
function gzipAlone(workshop: Workshop, graph: GraphServer): () => number {
  const lines = join(workshop.folder, "lines");
  const file = openSync(lines, "w");
  const { config } = workshop.configuration(graph.url, graph.fromMs, {
    override_query_window_max_seconds: 2400,
  });
  const { status } = spawnSync(process.execPath, [workshop.graphtap, "pull", "-c", config], {
    stdio: ["ignore", file, "ignore"],
  });
  closeSync(file);
  if (status !== 0) throw new Error(`the lines to compress could not be read: ${status}`);
  const words = [workshop.program("gzipOnly"), lines, String(GZIP_LEVEL), String(MOST_BYTES)];
  return () => Number(execFileSync(process.execPath, words, { encoding: "utf8" }));
}
