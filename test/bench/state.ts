/** What remembering costs: the commit of a page, and ten million keys. */
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { median, ratioRow, type Row } from "./figures.ts";
import type { Workshop } from "./workshop.ts";

export function commit(workshop: Workshop, runs: number): Row[] {
  const ratios = Array.from({ length: runs }, (_, run) => {
    const folder = join(workshop.folder, `commit-${run}`);
    mkdirSync(folder);
    return median(measured(workshop, "commit", folder) as number[]);
  });
  return [ratioRow("commit of a page: keys and position", "fsync of an empty file", ratios, 3)];
}

export function seen(workshop: Workshop, runs: number): Row[] {
  const folder = join(workshop.folder, "seen");
  measured(workshop, "fill", folder);
  const loads = Array.from(
    { length: runs },
    () => measured(workshop, "load", folder) as { seconds: number; bytes: number },
  );
  const bytes = median(loads.map((load) => load.bytes));
  const seconds = median(loads.map((load) => load.seconds));
  const what = "seen set of 10 million keys";
  return [
    {
      what,
      against: "memory for each",
      measured: `${bytes.toFixed(1)} bytes`,
      target: "≤ 24 bytes",
      met: bytes <= 24,
    },
    {
      what,
      against: "time to load",
      measured: `${seconds.toFixed(2)} s`,
      target: "≤ 1.5 s",
      met: seconds <= 1.5,
    },
  ];
}

function measured(workshop: Workshop, what: string, folder: string): unknown {
  return JSON.parse(
    execFileSync(process.execPath, [workshop.program("measured"), what, folder], { encoding: "utf8" }),
  );
}
