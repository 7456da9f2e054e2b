/**
 * `npm run bench`: everything that the README claims about cost, measured. `npm run bench -- PART…` measures parts.
 *
 * Ends with 1 only when something could not be measured, for a shared machine must not fail a build by being slow.
 */
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import process from "node:process";
import type { Row } from "./figures.ts";
import { fuzz } from "./fuzz.ts";
import { PEAK_SCRIPT } from "./measure.ts";
import { startup } from "./startup.ts";
import { commit, seen } from "./state.ts";
import { steady } from "./steady.ts";
import { memory, throughput } from "./throughput.ts";
import { openWorkshop, type Workshop } from "./workshop.ts";

type Part = (workshop: Workshop, runs: number) => Row[] | Promise<Row[]>;

const PARTS: Readonly<Record<string, Part>> = {
  throughput,
  memory,
  startup,
  commit,
  seen,
  steady: () => steady(7, 20_000),
};
/** Takes long, and so only when asked for. */
const ON_REQUEST: Readonly<Record<string, Part>> = {
  week: () => steady(7, 200_000),
  fuzz: () => fuzz(),
};

const RUNS = 7;

const wanted = process.argv.slice(2);
const all = { ...PARTS, ...ON_REQUEST };
const unknown = wanted.find((name) => !(name in all));
if (unknown !== undefined) {
  process.stderr.write(`bench: "${unknown}" is not a part; there are ${Object.keys(all).join(", ")}\n`);
  process.exit(2);
}

const workshop = await openWorkshop();
writeFileSync(join(workshop.folder, "peak.cjs"), PEAK_SCRIPT);
const rows: Row[] = [];
try {
  for (const name of wanted.length > 0 ? wanted : Object.keys(PARTS)) {
    try {
      process.stderr.write(`${name} …\n`);
      rows.push(...await all[name]!(workshop, RUNS));
    } catch (error) {
      process.exitCode = 1;
      process.stderr.write(
        `${name} could not be measured: ${error instanceof Error ? error.message : error}\n`,
      );
    }
  }
} finally {
  workshop.close();
}
process.stdout.write(table(rows));

function table(rows: readonly Row[]): string {
  const lines = rows.map((row) =>
    `| ${row.what} | ${row.against} | ${row.measured} | ${row.target} | ${
      row.met === null ? "" : row.met ? "met" : "missed"
    } |`
  );
  const machine = `Node ${process.version}, ${cpus().length} × ${
    cpus()[0]?.model ?? process.arch
  }; medians of ${RUNS} runs`;
  return ["", "| what | against | measured | target | |", "|---|---|---|---|---|", ...lines, "", machine, ""]
    .join("\n");
}
