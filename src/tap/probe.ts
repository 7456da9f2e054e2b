import { asGraphtapError } from "../errors.ts";
import type { Priority } from "../graph/limiter.ts";
import type { Window } from "../instant.ts";
import type { PollContext } from "./pollContext.ts";
import { readWindow } from "./readWindow.ts";

/**
 * Whether Graph serves a window, which is asked for once. What it brings is delivered like anything else.
 *
 * @throws what does not lie in the window
 */
export async function canRead(context: PollContext, window: Window, priority: Priority): Promise<boolean> {
  try {
    await readWindow(context, window, {
      priority,
      attempts: 1,
      resumeAt: null,
      resumable: false,
      divisible: false,
    });
    return true;
  } catch (thrown) {
    if (!asGraphtapError(thrown).kind.suspectsWindow) throw thrown;
    return false;
  }
}
