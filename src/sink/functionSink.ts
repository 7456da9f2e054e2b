/** The lines for a program that imports graphtap, by a function of its own. */
import { GraphtapError } from "../errors.ts";
import type { Sink } from "./sink.ts";
import { createWriteQueue, type Ending } from "./writeQueue.ts";

/** Takes whole lines; they count as accepted when it returns, or when the promise that it returns is resolved. */
export type WriteLines = (lines: Uint8Array) => void | Promise<void>;

/**
 * A sink by a function, which is called for one write at a time. Whatever it throws is the end of the sink.
 *
 * @param write gets bytes that are used again after it
 */
export function createFunctionSink(write: WriteLines, ending: Ending): Sink {
  const queue = createWriteQueue(ending);

  async function put(lines: Uint8Array): Promise<void> {
    try {
      await write(lines);
    } catch (error) {
      throw failureOf(error);
    }
  }
  return {
    write: (lines) => queue.add(() => put(lines)),
    close: () => Promise.resolve(queue.close()),
  };
}

/** What was thrown is not in the message, for nobody knows what it holds; it is the cause. */
function failureOf(error: unknown): GraphtapError {
  if (error instanceof GraphtapError && error.kind.keepsAccepted) return error;
  const name = error instanceof Error ? error.name : typeof error;
  return new GraphtapError("sink-unusable", `Cannot deliver: write of the given sink threw ${name}`, {
    cause: error,
  });
}
