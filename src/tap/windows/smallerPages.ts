import { asGraphtapError } from "../../errors.ts";
import type { Priority } from "../../graph/limiter.ts";
import { formatInstant, type Window } from "../../instant.ts";
import type { WindowCounts } from "../../record/tally.ts";
import type { PollContext } from "../pollContext.ts";
import { readWindow } from "./readWindow.ts";

/** How much smaller the next pages are. */
const SHRINK = 4;

/**
 * Reads a window that no smaller window helped, and that Graph may serve in smaller pages: a busy tenant has more in half
 * a minute than it can collect for one.
 *
 * @returns `null` where no size helped
 * @throws what lies elsewhere than in the window
 */
export async function readInSmallerPages(
  context: PollContext,
  window: Window,
  priority: Priority,
): Promise<WindowCounts | null> {
  const { stream: { plugin: { cursor, page }, log }, intake, position } = context;
  // The size of a query is the most that it may find, and what has no size has no smaller one.
  if (cursor.kind === "query" || page.by === "none") return null;
  for (let size = smaller(page.size); size >= 1; size = smaller(size)) {
    try {
      const how = { priority, attempts: 1, pageSize: size, resumeAt: null, divisible: true };
      const { counts } = await readWindow(context, window, how);
      log.info("a window was read in smaller pages", { page_size: size, from: formatInstant(window.from) });
      return counts;
    } catch (thrown) {
      const { suspectsWindow, refusesAccess } = asGraphtapError(thrown).kind;
      if (!suspectsWindow && !refusesAccess) throw thrown;
      // What came of it left: after a kill it must not come again.
      await intake.drain();
      position.commit();
    }
  }
  return null;
}

function smaller(size: number): number {
  return Math.floor(size / SHRINK);
}
