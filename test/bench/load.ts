/** 50 tenants with every service in one process, for ten hours of a clock that passes when nothing happens. */
import process from "node:process";
import { simulateLoad, slopeOf } from "../support/load.ts";
import { amountRow, type Row } from "./figures.ts";

const INPUTS = 50;
const HOURS = 10;
/** What is measured before is the program's growing to its size. */
const WARM_HOURS = 1;

export async function load(inputs: number = INPUTS, hours: number = HOURS): Promise<Row[]> {
  const result = await simulateLoad({
    inputs,
    hours,
    periodSeconds: 300,
    everySeconds: 120,
    onSample: ({ hours, heapBytes, residentBytes }) =>
      process.stderr.write(
        `load: ${hours} h, heap ${(heapBytes / 1e6).toFixed(2)} MB, resident ${
          (residentBytes / 1e6).toFixed(0)
        } MB\n`,
      ),
  });
  if (result.failures.length > 0) {
    throw new Error(`${result.failures.length} failures: ${result.failures[0]}`);
  }
  const warm = result.samples.filter(({ hours }) => hours >= WARM_HOURS);
  const heap = slopeOf(warm.map(({ hours, heapBytes }) => ({ x: hours, y: heapBytes })));
  const resident = slopeOf(warm.map(({ hours, residentBytes }) => ({ x: hours, y: residentBytes })));
  const what = `${result.streams} streams for ${hours} h, ${result.polls.toLocaleString("en")} polls: `;
  const megabytes = ({ slope, error }: { slope: number; error: number }) =>
    [slope, slope - error, slope + error].map((value) => value / 1e6);
  // Keys are kept longer than the run lasts, so that they add up.
  const keys = `keys of ${Math.round(result.records / hours).toLocaleString("en")} records an hour`;
  return [
    amountRow(`${what}lost or repeated`, "", [result.missing + result.repeated], "records", 0),
    amountRow(`${what}heap, collected, after an hour`, keys, megabytes(heap), "MB an hour", 1),
    amountRow(`${what}resident memory, likewise`, "", megabytes(resident), "MB an hour", null),
    amountRow(`${what}start of a poll`, "its time", [result.worstDriftMs], "ms", 0),
    amountRow(`${what}longest from start to start`, "the period", [result.longestWaitPeriods], "×", 1),
    amountRow(
      `${what}longest from a record to its line`,
      "a period of 300 s",
      [result.longestDelaySeconds],
      "s",
      301,
    ),
    amountRow(
      `${what}processor time an hour, with files and judge`,
      "",
      [result.cpuMs / hours / 1000],
      "s",
      null,
    ),
  ];
}
