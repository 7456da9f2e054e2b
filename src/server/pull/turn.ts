import { unlessAborted } from "./unlessAborted.ts";

/** One at a time, in the order of asking. */
export interface Turn {
  /**
   * Waits for everybody before; the answer ends the turn.
   *
   * @throws the signal's reason
   */
  take(signal: AbortSignal): Promise<() => void>;
}

export function createTurn(): Turn {
  let tail: Promise<void> = Promise.resolve();
  return {
    async take(signal) {
      const before = tail;
      let end = () => {};
      const mine = new Promise<void>((resolve) => end = resolve);
      tail = before.then(() => mine);
      try {
        await unlessAborted(before, signal);
      } catch (reason) {
        // Whoever waits behind must not wait for one who left.
        end();
        throw reason;
      }
      return end;
    },
  };
}
