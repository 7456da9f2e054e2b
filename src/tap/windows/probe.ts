import { asGraphtapError } from "../../errors.ts";
import type { Priority } from "../../graph/limiter.ts";
import type { Window } from "../../instant.ts";
import type { PollContext } from "../pollContext.ts";
import { readWindow } from "./readWindow.ts";

/**
 * Whether Graph serves a window, which is asked for once, or by another of the service's filters. What it brings is delivered like anything else.
 *
 * @throws what does not lie in the window
 */
export async function canRead(
  context: PollContext,
  window: Window,
  priority: Priority,
  filterStep?: number,
): Promise<boolean> {
  try {
    await readWindow(context, window, {
      priority,
      attempts: filterStep === undefined ? 1 : 2,
      filterStep,
      resumeAt: null,
      divisible: false,
    });
    return true;
  } catch (thrown) {
    const { suspectsWindow, refusesAccess } = asGraphtapError(thrown).kind;
    if (!suspectsWindow && !refusesAccess) throw thrown;
    return false;
  }
}
