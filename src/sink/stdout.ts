import { GraphtapError } from "../errors.ts";
import { isFull, sinkFailure } from "./sinkFailure.ts";
import type { Sink } from "./sink.ts";
import { createWriteQueue, type Ending } from "./writeQueue.ts";

/** What a failed write to standard output means: its reader is gone, or it is a file and its volume is full. */
export function stdoutFailure(error: unknown): GraphtapError {
  if (error instanceof GraphtapError) return error;
  if (isFull(error)) return sinkFailure("write", "standard output", error);
  return new GraphtapError("sink-closed", "Cannot write: standard output was closed by its reader", {
    cause: error,
  });
}

/**
 * Standard output. Accepted means that the kernel's pipe has the bytes: what the reader does with them is its own
 * affair (the write callback is the only sign that Node gives).
 *
 * @param write resolves when all bytes went into the kernel; rejects when the reader is gone
 */
export function createStdoutSink(write: (bytes: Uint8Array) => Promise<void>, ending: Ending): Sink {
  const queue = createWriteQueue(ending);
  return {
    write: (lines) =>
      queue.add(async () => {
        try {
          await write(lines);
        } catch (error) {
          throw stdoutFailure(error);
        }
      }),
    // The stream belongs to the process.
    close: () => Promise.resolve(queue.close()),
  };
}
