/** The figures that count: measured by `npm run bench -- --record`, quoted by the READMEs and the plot. */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Row } from "./figures.ts";

/** What was measured in one go, on one machine. */
export interface RecordedPart {
  /** The day, as `2026-11-22`. */
  readonly date: string;
  readonly machine: string;
  readonly rows: readonly Row[];
}

export type Recorded = Readonly<Record<string, RecordedPart>>;

const FILE = fileURLToPath(new URL("recorded.json", import.meta.url));

export function readRecorded(): Recorded {
  return JSON.parse(readFileSync(FILE, "utf8"));
}

/** Puts a part in the place of what was recorded for it; the others stay. `order` names all parts that there are. */
export function writeRecorded(
  part: string,
  measured: RecordedPart,
  order: readonly string[],
): void {
  const all: Recorded = { ...readRecorded(), [part]: measured };
  const ordered = order.filter((name) => name in all).map((
    name,
  ) => [name, all[name]]);
  writeFileSync(
    FILE,
    `${JSON.stringify(Object.fromEntries(ordered), null, 2)}\n`,
  );
}

/** The recorded row of the same name. */
export function findRow(
  recorded: Recorded,
  part: string,
  row: Row,
): Row | undefined {
  return recorded[part]?.rows.find(({ what, against }) => what === row.what && against === row.against);
}
