import { Buffer } from "node:buffer";
import type { Clock } from "../clock.ts";
import { GraphtapError } from "../errors.ts";
import type { LineMark } from "./lineMark.ts";
import { isFull, sinkFailure } from "./sinkFailure.ts";
import type { Sink } from "./sink.ts";
import { createWriteQueue, type Ending } from "./writeQueue.ts";

const LINE_FEED = Buffer.from("\n");
/** How long nothing is written before the mark is taken away: it costs a small write, and pieces of a page follow soon. */
const QUIET_MS = 100;

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
  const busy = createBusyMark(mark, ending.clock);

  async function put(lines: Uint8Array): Promise<void> {
    const bytes = busy.begin() ? Buffer.concat([LINE_FEED, lines]) : lines;
    try {
      await write(bytes);
    } catch (error) {
      throw stdoutFailure(error);
    }
    busy.written();
  }

  return {
    write: (lines) => queue.add(() => put(lines)),
    // The stream belongs to the process.
    close: () =>
      Promise.resolve().then(() => {
        queue.close();
        busy.close();
      }),
  };
}

/** A mark that stays while writes follow each other, and for {@linkcode QUIET_MS} after the last one. */
function createBusyMark(mark: LineMark, clock: Clock) {
  const closed = new AbortController();
  let isMarked = false;
  let isWriting = false;
  let writes = 0;

  async function untilQuiet(): Promise<void> {
    for (let before = -1; isWriting || before !== writes;) {
      before = writes;
      await clock.sleep(QUIET_MS, closed.signal);
    }
    mark.end();
    isMarked = false;
  }

  return {
    /** @returns whether half a line has to be ended first */
    begin(): boolean {
      writes++;
      isWriting = true;
      if (isMarked) return false;
      isMarked = true;
      const isLeft = mark.begin();
      // Closed, or the mark cannot be taken away: then it stays, and an empty line follows at most.
      untilQuiet().catch(() => {});
      return isLeft;
    },
    written: () => void (isWriting = false),
    close(): void {
      closed.abort();
      // A write that failed, or was given up, may have left half a line.
      if (isMarked && !isWriting) mark.end();
      mark.close();
    },
  };
}
