/** The same work done by others: Microsoft's client, and what is common in Python. Needs npm's and Python's registries. */
import { execFile } from "node:child_process";
import { cpSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Row } from "./figures.ts";
import { startGraph } from "./graphServer.ts";
import { type Cost, measure } from "./measure.ts";
import { allOf, comparison, pulled } from "./throughput.ts";
import type { Workshop } from "./workshop.ts";

const PROGRAMS = fileURLToPath(new URL("peers", import.meta.url));

interface Peer {
  readonly name: string;
  /** A file of `peers/`; gets the server's address. */
  readonly file: string;
  readonly target: number | null;
  /** The slow ones vary little, and take long. */
  readonly mostRuns: number;
}

const PEERS: readonly Peer[] = [
  { name: "Microsoft's PageIterator", file: "iterator.mjs", target: 1 / 6, mostRuns: 3 },
  { name: "a loop with requests, in Python", file: "requestsLoop.py", target: null, mostRuns: 3 },
  { name: "a tap of the Singer SDK, in Python", file: "singerTap.py", target: null, mostRuns: 2 },
  { name: "Airbyte's declarative CDK, in Python", file: "airbyteSource.py", target: null, mostRuns: 2 },
];

export async function peers(workshop: Workshop, runs: number): Promise<Row[]> {
  const { folder, python } = await install(workshop);
  const graph = await startGraph(workshop, {});
  const rows: Row[] = [];
  for (const { name, file, target, mostRuns } of PEERS) {
    const [own, others]: [Cost[], Cost[]] = [[], []];
    for (let run = 0; run < Math.min(runs, mostRuns); run++) {
      const program = file.endsWith(".py") ? python : process.execPath;
      others.push(await measure(workshop, [join(folder, file), graph.url], program));
      own.push(await pulled(workshop, graph));
    }
    rows.push(comparison(name, own, allOf(others), target));
  }
  graph.close();
  return rows;
}

/** In the workshop, so that they are no part of the project's own packages and go when it closes. */
async function install(workshop: Workshop): Promise<{ folder: string; python: string }> {
  const folder = join(workshop.folder, "peers");
  const python = join(folder, "python/bin/python");
  cpSync(PROGRAMS, folder, { recursive: true });
  const run = (program: string, ...words: string[]) => promisify(execFile)(program, words, { cwd: folder });
  await run("npm", "ci", "--silent", "--no-audit", "--no-fund");
  await run("python3", "-m", "venv", "python");
  await run(python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "-r", "requirements.txt");
  return { folder, python };
}
