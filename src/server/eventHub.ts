import type { Stream } from "../tap/stream.ts";

/** What a listener may leave unread before it is cut off, and how many there may be: together they bound the memory. */
const LONGEST_QUEUE_BYTES = 1024 * 1024;
const MOST_LISTENERS = 16;

/** How lines look on their way to a listener. */
export interface EventEncoding {
  /** Whole lines, as the listener gets them. */
  readonly lines: (lines: Uint8Array) => Uint8Array;
  /** The last that a listener gets who was too slow; `null` breaks the body off instead. */
  readonly farewell: Uint8Array | null;
}

/**
 * Shows event lines to whoever looks, as they are delivered elsewhere. Nothing waits for a listener and nothing is
 * kept for one: this is no delivery.
 */
export interface EventHub {
  publish(stream: Stream, lines: Uint8Array): void;
  /** A body that goes on until its reader leaves; `null` when there are too many of them. */
  listen(wanted: (stream: Stream) => boolean, encoding: EventEncoding): ReadableStream<Uint8Array> | null;
  readonly listeners: number;
  /** Ends all bodies. */
  close(): void;
}

interface Listener {
  readonly wanted: (stream: Stream) => boolean;
  push(lines: Uint8Array): void;
  close(): void;
}

export function createEventHub(): EventHub {
  const listeners = new Set<Listener>();
  return {
    publish(stream, lines) {
      for (const listener of listeners) if (listener.wanted(stream)) listener.push(lines);
    },
    listen(wanted, encoding) {
      if (listeners.size >= MOST_LISTENERS) return null;
      let leave = () => {};
      const queue = createQueue(encoding, () => leave());
      const listener: Listener = { wanted, push: queue.push, close: queue.close };
      leave = () => void listeners.delete(listener);
      listeners.add(listener);
      return queue.body;
    },
    get listeners() {
      return listeners.size;
    },
    close() {
      for (const listener of listeners) listener.close();
    },
  };
}

function createQueue({ lines: encoded, farewell }: EventEncoding, onEnd: () => void) {
  let controller: ReadableStreamDefaultController<Uint8Array>;
  let over = false;
  const end = () => {
    over = true;
    onEnd();
  };
  const body = new ReadableStream<Uint8Array>({
    start: (given) => void (controller = given),
    cancel: end,
  }, { highWaterMark: LONGEST_QUEUE_BYTES, size: (chunk) => chunk?.byteLength ?? 0 });
  return {
    body,
    /** Copies, since the bytes belong to the engine's buffer. */
    push(lines: Uint8Array) {
      if (over) return;
      if ((controller.desiredSize ?? 0) > 0) return controller.enqueue(encoded(lines.slice()));
      end();
      if (farewell === null) return controller.error(new Error("the listener is too slow"));
      controller.enqueue(farewell);
      controller.close();
    },
    close() {
      if (over) return;
      end();
      controller.close();
    },
  };
}
