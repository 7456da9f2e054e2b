/** What the re-reads cost and find: days of late and unordered records on a virtual clock. */
import process from "node:process";
import { simulateDays } from "../support/simulation.ts";
import { ratioRow, type Row } from "./figures.ts";

/** @returns the ratios; the counts behind them, which are the same in each run, go to standard error */
export async function steady(days: number, perDay: number): Promise<Row[]> {
  const result = await simulateDays({
    days,
    daysAfter: 4,
    perDay,
    alertsPerDay: perDay / 400,
    periodSeconds: 300,
    seed: 1,
  });
  const { alerts, lagging, liveRequests, rereadRequests } = result;
  const wrong = [result.missing, result.repeated, alerts.missing, alerts.repeated];
  if (wrong.some((records) => records > 0)) {
    throw new Error(`missing, repeated: ${wrong.join(", ")} of sign-ins and alerts`);
  }
  const all = liveRequests + rereadRequests;
  const hours = [0.95, 0.99, 1].map((share) => result.hoursUntilDelivered(share).toFixed(1));
  process.stderr.write([
    `  sign-ins delivered: ${result.expected}, each once; found by re-reads alone: ${result.lateFound}`,
    `  alerts delivered in their last state: ${alerts.expected}, none twice`,
    `  requests: ${liveRequests} live, ${rereadRequests} of re-reads; at most ${result.mostInTenSeconds} in any 10 s`,
    `  hours from when Graph shows a record until it leaves, for 95 %, 99 %, all: ${hours.join(", ")}`,
    `  a reader 5 min behind: ${lagging.requests} requests, ${lagging.lost} sign-ins lost`,
    "",
  ].join("\n"));
  const what = `requests, ${days} days of ${perDay.toLocaleString("en")} sign-ins, all re-reads on`;
  return [
    ratioRow(what, "live reading alone", [all / liveRequests], 1.6),
    ratioRow(what, "a reader 5 min behind, without re-reads", [all / lagging.requests], 1.6),
  ];
}
