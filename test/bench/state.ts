/** What remembering costs: the commit of a page, and ten million keys. */
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { amountRow, median, ratioRow, type Row } from "./figures.ts";
import type { Workshop } from "./workshop.ts";

export function commit(workshop: Workshop, runs: number): Row[] {
  const ratios = Array.from({ length: runs }, (_, run) => {
    const folder = join(workshop.folder, `commit-${run}`);
    mkdirSync(folder);
    return median(measured(workshop, "commit", folder) as number[]);
  });
  const row = ratioRow("commit of a page: keys and position", "fsync of an empty file", ratios, 3);
  return [{ ...row, clock: true }];
}

export function seen(workshop: Workshop, runs: number): Row[] {
  const folder = join(workshop.folder, "seen");
  measured(workshop, "fill", folder);
  const loads = Array.from(
    { length: runs },
    () => measured(workshop, "load", folder) as { seconds: number; bytes: number },
  );
  const what = "seen set of 10 million keys";
  return [
    amountRow(what, "memory for each", loads.map((load) => load.bytes), "bytes", 24),
    { ...amountRow(what, "time to load", loads.map((load) => load.seconds), "s", 1.5), clock: true },
  ];
}

function measured(workshop: Workshop, what: string, folder: string): unknown {
  return JSON.parse(
    execFileSync(process.execPath, [workshop.program("measured"), what, folder], { encoding: "utf8" }),
  );
}
