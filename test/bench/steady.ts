/** Requests that the sweeps add in the steady state: days of late and unordered records on a virtual clock. */
import { ratioRow, type Row } from "./figures.ts";
import { simulateDays } from "../support/simulation.ts";

export async function steady(days: number, perDay: number): Promise<Row[]> {
  const result = await simulateDays({ days, perDay, periodSeconds: 300, seed: 1 });
  if (result.missing > 0 || result.repeated > 0) {
    throw new Error(`${result.missing} records missing, ${result.repeated} repeated`);
  }
  const ratio = (result.liveRequests + result.sweepRequests) / result.liveRequests;
  const what = `requests, ${days} days of ${perDay.toLocaleString("en")} sign-ins, all sweeps on`;
  return [ratioRow(what, "live reading alone", [ratio], 1.6)];
}
