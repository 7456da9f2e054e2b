/** What a start a month back costs in memory, which would be much if all its keys were kept. */
import { amountRow, type Row } from "./figures.ts";
import { startGraph } from "./graphServer.ts";
import { pulled } from "./pull.ts";
import type { Workshop } from "./workshop.ts";

const DAYS = 30;
const DAY_MS = 86_400_000;
/** A window of more pages would be made narrower, and no longer be one group. */
const PAGES_A_WINDOW = 20;
const RECORDS_A_PAGE = 1000;
/** Graph keeps 30 days, less what passes until the oldest are read. */
const MARGIN_MS = 4 * 3_600_000;

/** @param perDay records of a day: as many times {@linkcode PAGES_A_WINDOW} pages */
export async function backfill(workshop: Workshop, runs: number, perDay: number): Promise<Row[]> {
  const groupMs = DAY_MS * PAGES_A_WINDOW * RECORDS_A_PAGE / perDay;
  const now = Math.floor(Date.now() / 1000) * 1000;
  const fromMs = now - DAYS * DAY_MS + MARGIN_MS;
  // The last window ends before the last hour, which is read first.
  const groups = Math.floor((now - 2 * 3_600_000 - fromMs) / groupMs);
  const month = await startGraph(workshop, {
    ...{ pages: groups * PAGES_A_WINDOW, perPage: RECORDS_A_PAGE, groups, groupMs, fromMs },
    lazy: true,
  });
  const live = await startGraph(workshop, { pages: PAGES_A_WINDOW });
  const more: number[] = [];
  try {
    for (let run = 0; run < runs; run++) {
      const { peakBytes } = await pulled(workshop, live);
      const long = await pulled(workshop, month, { windowSeconds: groupMs / 1000 });
      more.push((long.peakBytes - peakBytes) / 1e6);
    }
  } finally {
    month.close();
    live.close();
  }
  const records = (month.records / 1e6).toFixed(1);
  return [
    amountRow(
      `peak memory, a start ${DAYS} days back, ${
        perDay.toLocaleString("en")
      } sign-ins a day (${records} million)`,
      "the last hour alone",
      more,
      "MB",
      64,
    ),
  ];
}
