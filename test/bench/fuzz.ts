/**
 * The scanners against `JSON.parse`, on many more documents than a test has time for: `npm run bench -- fuzz`. Each
 * run takes other seeds. What it finds it tells with the seed; `npx tsx test/bench/fuzz.ts SEED [COUNT]` repeats it.
 */
import process from "node:process";
import { fileURLToPath } from "node:url";
import { judgeSeed, scanners } from "../support/scannerJudge.ts";
import { amount, amountRow, type Row } from "./figures.ts";

const SEEDS = 200_000;

/** Judges `count` seeds from `first` on. @throws at the first fault */
export function fuzz(first: number = Math.floor(Math.random() * 1e9), count: number = SEEDS): Row[] {
  process.stderr.write(`fuzz: seeds ${first} to ${first + count - 1}\n`);
  const tally = { pages: 0, accepted: 0, refused: 0 };
  for (let seed = first; seed < first + count; seed++) judgeSeed(seed, tally);
  const figure = (documents: number) => documents.toLocaleString("en");
  const what = `${figure(tally.pages)} random pages, and as many damaged ones (${
    figure(tally.refused)
  } no page)`;
  return [amountRow(what, `JSON.parse (${Object.keys(scanners).join(", ")})`, [0], "differences", 0)];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [first, count] = process.argv.slice(2).map(Number);
  const [row] = fuzz(first, count ?? (first === undefined ? SEEDS : 1));
  process.stdout.write(`${row!.what}: ${amount(row!.value, row!.unit)}\n`);
}
