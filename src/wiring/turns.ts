/**
 * Long work beside streams that are polled: when it has lasted for a slice, everything else that is due gets its turn.
 * A thousand files are read in about a second, and no answer of Graph waits for all of them.
 */
import type { Steps } from "../config/steps.ts";
import { aroundTheLoop } from "../loop.ts";

/** How long work goes on before others get a turn, in milliseconds; with the longest step, well below what anybody notices. */
export const SLICE_MS = 15;

/** Resolves at once within a slice, else when everything else that was due is done. */
export type Turn = () => Promise<void>;

/** Of who has nobody else to wait for. */
export const noTurn: Turn = () => Promise.resolve();

/**
 * @param elapsedMs milliseconds by a clock that nobody sets
 * @param others resolves when everything else that is due is done @default after a turn of the event loop
 */
export function createTurns(
  elapsedMs: () => number = () => performance.now(),
  others: () => Promise<void> = aroundTheLoop,
): Turn {
  let beganMs = elapsedMs();
  return async () => {
    if (elapsedMs() - beganMs < SLICE_MS) return;
    await others();
    beganMs = elapsedMs();
  };
}

/** Does work step by step. */
export async function inTurns<T>(steps: Steps<T>, turn: Turn): Promise<T> {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    await turn();
  }
}
