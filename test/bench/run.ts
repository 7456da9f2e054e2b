/**
 * `npm run bench`: everything that the README claims about cost, measured. `npm run bench -- PART…` measures parts.
 *
 * `--record` makes what was measured the figures that count; `--render` only writes the tables and the plot again.
 * `--quick` is for a machine that must know in two minutes whether something costs much more than it did: it ends with 1
 * when a figure is far off. Otherwise 1 means that something could not be measured, for a busy machine must not fail a
 * build by being slow.
 */
import { cpus } from "node:os";
import process from "node:process";
import { parseArgs } from "node:util";
import type { Row } from "./figures.ts";
import { judge, offText } from "./judge.ts";
import { startGraph } from "./graphServer.ts";
import { writePeakScripts } from "./measure.ts";
import { type Part, PARTS } from "./parts.ts";
import { pulled } from "./pull.ts";
import { findRow, readRecorded, type RecordedPart, writeRecorded } from "./recorded.ts";
import { figuresTable } from "./render.ts";
import { renderAll } from "./rendered.ts";
import { openWorkshop, type Workshop } from "./workshop.ts";

const RUNS = 7;
const QUICK_RUNS = 3;

const { values: flags, positionals: named } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: "boolean" }, record: { type: "boolean" }, render: { type: "boolean" } },
});
const unknown = named.find((name) => !(name in PARTS));
if (unknown !== undefined || (flags.quick && flags.record)) {
  process.stderr.write(
    unknown === undefined
      ? "bench: --record needs all runs; leave out --quick\n"
      : `bench: "${unknown}" is not a part; there are ${Object.keys(PARTS).join(", ")}\n`,
  );
  process.exit(2);
}

const recorded = readRecorded();
const measured: Record<string, RecordedPart> = {};
let failed = false;
if (!flags.render) await measureAll();
if (flags.record || flags.render) renderAll();
// Without waiting for the page server of a part that failed: it ends with this process.
process.stdout.write(flags.render ? "" : figuresTable(measured), () => process.exit(failed ? 1 : 0));

async function measureAll(): Promise<void> {
  const workshop = await openWorkshop();
  writePeakScripts(workshop);
  try {
    await warmUp(workshop);
    for (const name of named.length > 0 ? named : Object.keys(PARTS).filter(isUsual)) {
      process.stderr.write(`${name} …\n`);
      try {
        const rows = await measurePart(name, PARTS[name]!);
        measured[name] = { date: new Date().toISOString().slice(0, 10), machine: machine(), rows };
        if (flags.record) writeRecorded(name, measured[name], Object.keys(PARTS));
      } catch (error) {
        failed = true;
        const reason = error instanceof Error ? error.message : error;
        process.stderr.write(`${name} could not be measured: ${reason}\n`);
      }
    }
  } finally {
    workshop.close();
  }

  async function measurePart(name: string, { measure, quick }: Part): Promise<readonly Row[]> {
    const once = () => measure(workshop, flags.quick ? quick ?? QUICK_RUNS : RUNS, flags.quick ?? false);
    const off = (rows: readonly Row[]) =>
      rows.filter((row) => judge(row, findRow(recorded, name, row)) === "off");
    let rows = await once();
    if (!flags.quick || off(rows).length === 0) return rows;
    process.stderr.write(`${name} is off; once more, in case it was the machine …\n`);
    rows = await once();
    for (const row of off(rows)) {
      failed = true;
      process.stderr.write(`${offText(row, findRow(recorded, name, row))}\n`);
    }
    return rows;
  }
}

/** The first pull leaves what V8 compiled, which all others read. */
async function warmUp(workshop: Workshop): Promise<void> {
  const graph = await startGraph(workshop, { pages: 0 });
  await pulled(workshop, graph);
  graph.close();
}

function isUsual(name: string): boolean {
  const { quick, onRequest } = PARTS[name]!;
  return flags.quick ? quick !== undefined : !onRequest;
}

function machine(): string {
  return `Node ${process.version.slice(1)}, ${cpus().length} × ${cpus()[0]?.model ?? process.arch}`;
}
