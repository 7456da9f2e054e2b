/** The program on other runtimes, each against the same floor on itself. Needs npm's registry. */
import { execFile } from "node:child_process";
import { cpSync, existsSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { ratioRow, type Row } from "./figures.ts";
import { type GraphServer, startGraph } from "./graphServer.ts";
import { measure } from "./measure.ts";
import { pulled } from "./pull.ts";
import { alike, inRounds, ratios } from "./rounds.ts";
import { COMPARED } from "./throughput.ts";
import type { Workshop } from "./workshop.ts";

const PROJECT = fileURLToPath(new URL("../../", import.meta.url));
const FLOOR = "undici and zlib's streams on it";
const MOST_RUNS = 5;

/** A program with the words that make it run a file. */
type Command = readonly [string, ...string[]];

interface Runtime {
  /** As npm has it: package and version. */
  readonly wanted: string;
  /** Below `node_modules`. */
  readonly program: string;
  readonly words: readonly string[];
  /** Its name in a row. @param version what it says of itself */
  readonly name: (version: string) => string;
  /** What starts the program, and what it needs against the floor at most. */
  readonly starts: readonly {
    readonly file: string;
    readonly called: string;
    readonly target: number | null;
  }[];
}

const node = (major: number, target: number | null): Runtime => {
  const kind = `node-${process.platform}-${process.arch}`;
  return {
    wanted: `${kind}@${major}`,
    program: `${kind}/bin/node`,
    words: [],
    name: (version) => `Node ${version.slice(1).split(".")[0]}`,
    starts: [{ file: "dist/main.js", called: "", target }],
  };
};

const RUNTIMES: readonly Runtime[] = [
  node(20, null),
  node(22, null),
  node(24, 1.4),
  node(26, null),
  {
    wanted: "deno@2",
    program: "deno/deno",
    words: ["run", "-A", "--quiet"],
    name: () => "Deno 2",
    starts: [
      { file: "dist/main.js", called: ", as built", target: 1.4 },
      { file: "dist/graphtap.cjs", called: ", one file", target: 1.4 },
      { file: "sources/src/main.ts", called: ", the sources", target: null },
    ],
  },
];

export async function runtimes(workshop: Workshop, runs: number): Promise<Row[]> {
  for (const name of ["src", "plugins", "deno.json", "deno.lock", "package.json"]) {
    cpSync(join(PROJECT, name), join(workshop.folder, "sources", name), { recursive: true });
  }
  const graph = await startGraph(workshop, COMPARED);
  const rows: Row[] = [];
  for (const runtime of RUNTIMES) {
    const program = await installed(workshop, runtime);
    if (program !== null) rows.push(...await onRuntime(workshop, graph, runtime, program, runs));
  }
  graph.close();
  return rows;
}

async function onRuntime(
  workshop: Workshop,
  graph: GraphServer,
  { words, name, starts }: Runtime,
  program: string,
  runs: number,
): Promise<Row[]> {
  const { stdout: version } = await promisify(execFile)(program, ["--version"]);
  process.stderr.write(`  ${version.split("\n")[0]}\n`);
  const pull = (file: string) => {
    const command: Command = [program, ...words, join(workshop.folder, file)];
    return pulled(workshop, graph, { program: command });
  };
  // The first run leaves what was compiled, or what was downloaded.
  for (const { file } of starts) await pull(file);
  const { floor, ...own } = await inRounds<string>(Math.min(runs, MOST_RUNS), {
    floor: () => measure(workshop, [...words, workshop.program("floor"), graph.url], program),
    ...Object.fromEntries(starts.map(({ file, called }) => [called, () => pull(file)])),
  });
  alike("the floor", floor!);
  return starts.map(({ called, target }) =>
    ratioRow(
      `CPU, ${COMPARED.pages} pages, ${name(version.trim())}${called}`,
      FLOOR,
      ratios(own[called]!, floor!),
      target,
    )
  );
}

/** Installs a runtime into the workshop. What npm does not give is told, and not measured. */
async function installed(workshop: Workshop, { wanted, program }: Runtime): Promise<string | null> {
  const folder = join(workshop.folder, "runtimes", wanted);
  const words = ["install", "--prefix", folder, "--silent", "--no-audit", "--no-fund", wanted];
  const failure = await promisify(execFile)("npm", words).then(() => null, (error: Error) => error);
  const path = join(folder, "node_modules", program);
  if (existsSync(path)) return path;
  process.stderr.write(`  ${wanted} is not measured: npm did not give it (${failure?.message ?? path})\n`);
  return null;
}
