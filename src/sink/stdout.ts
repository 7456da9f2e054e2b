import { GraphtapError } from "../errors.ts";
import type { Sink } from "./sink.ts";

/**
 * Standard output. Accepted means that the kernel's pipe has the bytes: what the reader does with them is its own
 * affair (runtime: the write callback is the only sign that Node gives).
 *
 * @param write resolves when all bytes went into the kernel; rejects when the reader is gone
 */
export function createStdoutSink(write: (bytes: Uint8Array) => Promise<void>): Sink {
  let tail: Promise<void> = Promise.resolve();
  let closed: GraphtapError | null = null;

  async function hand(lines: Uint8Array): Promise<void> {
    if (closed !== null) throw closed;
    try {
      await write(lines);
    } catch (error) {
      closed = new GraphtapError(
        "sink-closed",
        "Cannot write event lines: standard output was closed by its reader",
        {
          cause: error,
        },
      );
      throw closed;
    }
  }
  return {
    write(lines) {
      const turn = tail.then(() => hand(lines));
      tail = turn.catch(() => {});
      return turn;
    },
    // The stream belongs to the process.
    close: () => Promise.resolve(),
  };
}
