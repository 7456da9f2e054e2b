/** The same work done by others. Needs Python and Go, and the registries of npm, Python and Go. */
import { execFile } from "node:child_process";
import { cpSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Row } from "./figures.ts";
import { startGraph } from "./graphServer.ts";
import { measure } from "./measure.ts";
import { pulled } from "./pull.ts";
import { allOf, inRounds } from "./rounds.ts";
import { COMPARED, comparison } from "./throughput.ts";
import type { Workshop } from "./workshop.ts";

const PROGRAMS = fileURLToPath(new URL("peers", import.meta.url));
/** Folders of `peers/`. */
const GO_PROGRAMS = ["benthos", "bento"];

interface Peer {
  readonly name: string;
  /** @param folder a copy of `peers/`, with what it needs installed */
  readonly command: (folder: string, url: string) => readonly [program: string, ...words: string[]];
  readonly target: number | null;
  /** The slow ones vary little, and take long. */
  readonly mostRuns: number;
}

const script = (file: string): Peer["command"] => (folder, url) => [
  file.endsWith(".py") ? join(folder, "python/bin/python") : process.execPath,
  join(folder, file),
  url,
];

const goProgram = (name: string): Peer["command"] => (folder, url) => [
  "env",
  `FIRST=${url}/v1.0/auditLogs/signIns?$top=1000`,
  join(folder, name, name),
  "run",
  join(folder, "pages.yaml"),
];

const PEERS: readonly Peer[] = [
  { name: "Microsoft's PageIterator", command: script("iterator.mjs"), target: 1 / 8, mostRuns: 3 },
  { name: "Redpanda's Benthos, in Go", command: goProgram("benthos"), target: 1 / 15, mostRuns: 3 },
  { name: "Bento, in Go", command: goProgram("bento"), target: null, mostRuns: 3 },
  { name: "a loop with requests, in Python", command: script("requestsLoop.py"), target: null, mostRuns: 3 },
  { name: "a tap of the Singer SDK, in Python", command: script("singerTap.py"), target: null, mostRuns: 2 },
  {
    name: "Airbyte's declarative CDK, in Python",
    command: script("airbyteSource.py"),
    target: null,
    mostRuns: 2,
  },
];

export async function peers(workshop: Workshop, runs: number): Promise<Row[]> {
  const folder = await install(workshop);
  const rows: Row[] = [];
  // What is promised holds for the pages of earlier figures, too.
  for (const shape of ["signIns", "longSignIns"] as const) {
    const graph = await startGraph(workshop, { ...COMPARED, shape });
    for (const { name, command, target, mostRuns } of PEERS) {
      if (shape !== "signIns" && target === null) continue;
      const [program, ...words] = command(folder, graph.url);
      const { peer, own } = await inRounds(Math.min(runs, mostRuns), {
        peer: () => measure(workshop, words, program),
        own: () => pulled(workshop, graph),
      });
      rows.push(comparison(shape, name, own, allOf(peer, graph.records), target));
    }
    graph.close();
  }
  return rows;
}

/** In the workshop, so that they are no part of the project's own packages and go when it closes. */
async function install(workshop: Workshop): Promise<string> {
  const folder = join(workshop.folder, "peers");
  cpSync(PROGRAMS, folder, { recursive: true });
  const run = (program: string, words: readonly string[], cwd = folder) =>
    promisify(execFile)(program, words, { cwd });
  await run("npm", ["ci", "--silent", "--no-audit", "--no-fund"]);
  await run("python3", ["-m", "venv", "python"]);
  const pip = ["-m", "pip", "install", "-q", "--disable-pip-version-check", "-r", "requirements.txt"];
  await run(join(folder, "python/bin/python"), pip);
  for (const name of GO_PROGRAMS) await run("go", ["build", "-o", name, "."], join(folder, name));
  return folder;
}
