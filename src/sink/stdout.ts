import { Buffer } from "node:buffer";
import { GraphtapError } from "../errors.ts";
import type { LineMark } from "./lineMark.ts";
import { isFull, sinkFailure } from "./sinkFailure.ts";
import type { Sink } from "./sink.ts";
import { createWriteQueue, type Ending } from "./writeQueue.ts";

const LINE_FEED = Buffer.from("\n");

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
 * Where an earlier process was ended in the middle of a line, and this one has the same output, a line feed goes first:
 * the half line ends there, as a line that is no JSON, instead of taking the next one with it. If nothing of the line
 * had been written, or all of it, the line feed is an empty line, which stands for nothing: a reader of lines of JSON
 * passes white space over, and one that does not meets it only where it might as well have met half a line.
 *
 * @param write resolves when all bytes went into the kernel; rejects when the reader is gone
 * @param mark what remembers half a line from process to process
 */
export function createStdoutSink(
  write: (bytes: Uint8Array) => Promise<void>,
  ending: Ending,
  mark: LineMark,
): Sink {
  const queue = createWriteQueue(ending);

  async function put(lines: Uint8Array): Promise<void> {
    const bytes = mark.begin() ? Buffer.concat([LINE_FEED, lines]) : lines;
    try {
      await write(bytes);
    } catch (error) {
      throw stdoutFailure(error);
    }
    mark.end();
  }

  return {
    write: (lines) => queue.add(() => put(lines)),
    // The stream belongs to the process.
    close: () =>
      Promise.resolve().then(() => {
        queue.close();
        mark.close();
      }),
  };
}
