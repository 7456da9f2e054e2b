/** The lines for a reader in the same process, who takes them one after the other. */
import { GraphtapError } from "../errors.ts";
import { KEY_BYTES } from "../state/seen/keys.ts";
import { createAcceptedKeys } from "./acceptedKeys.ts";
import type { Origin, Sink } from "./sink.ts";
import { createWriteQueue } from "./writeQueue.ts";

const LINE_FEED = 0x0a;

/** A line in the hands of its reader. */
export interface HandedLine {
  /** Without its line feed; the bytes hold until the next line is asked for. */
  readonly bytes: Uint8Array;
  /** Takes responsibility for it, as asking for the next line does. */
  accept(): void;
}

/** A sink and its reader. */
export interface ReaderSink {
  readonly sink: Sink;
  /** Accepts the line before, and gives the next one when it comes; `null` when no more will come. */
  next(): Promise<HandedLine | null>;
  /** The reader goes: what it did not accept counts as not delivered. */
  leave(): void;
  /** No more will come. */
  end(): void;
}

/** The lines of one write, on their way to the reader. */
interface Batch {
  readonly lines: Uint8Array;
  /** Where the next line begins. */
  at: number;
  handed: number;
  accepted: number;
  /** Called when all were accepted. */
  readonly done: () => void;
}

/**
 * A sink that accepts a line when its reader has: writes wait for that, so no more is held than one write of each
 * stream. It knows what was accepted, also of a write that failed half way.
 *
 * @param stop fails every write at once when it is aborted: a reader in the same process knows of it
 */
export function createReaderSink(stop: AbortSignal): ReaderSink {
  const queue = createWriteQueue();
  const accepted = createAcceptedKeys();
  const left = new AbortController();
  const given = AbortSignal.any([stop, left.signal]);
  let batch: Batch | null = null;
  let isOver = false;
  let wake = () => {};

  function put(lines: Uint8Array, origin: Origin | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const own: Batch = { lines, at: 0, handed: 0, accepted: 0, done };
      function over() {
        given.removeEventListener("abort", broken);
        batch = null;
        if (origin && own.accepted > 0) {
          accepted.add(origin.stream, origin.keys.subarray(0, own.accepted * KEY_BYTES));
        }
      }
      function done() {
        over();
        resolve();
      }
      function broken() {
        over();
        reject(given.reason);
      }
      if (given.aborted) return reject(given.reason);
      given.addEventListener("abort", broken, { once: true });
      batch = own;
      wake();
    });
  }

  function accept(one: Batch, count: number): void {
    // What is accepted after the write has failed counts for nothing: it comes again.
    if (one !== batch || count <= one.accepted) return;
    one.accepted = count;
    if (count === one.handed && one.at >= one.lines.length) one.done();
  }

  return {
    sink: {
      write: (lines, origin) => queue.add(() => put(lines, origin)),
      accepted: (stream) => accepted.of(stream),
      committed: (stream) => void accepted.forget(stream),
      close: () => Promise.resolve(queue.close()),
    },
    async next() {
      if (batch !== null) accept(batch, batch.handed);
      while (batch === null && !isOver) await new Promise<void>((resolve) => wake = resolve);
      const own: Batch | null = batch;
      if (own === null) return null;
      const end = own.lines.indexOf(LINE_FEED, own.at);
      const bytes = own.lines.subarray(own.at, end);
      own.at = end + 1;
      const count = ++own.handed;
      return { bytes, accept: () => accept(own, count) };
    },
    leave: () =>
      left.abort(new GraphtapError("sink-closed", "Cannot deliver: the reader of the events left")),
    end() {
      isOver = true;
      wake();
    },
  };
}
