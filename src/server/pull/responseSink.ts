import type { Clock } from "../../clock.ts";
import { type ErrorCode, GraphtapError } from "../../errors.ts";
import { createWriteQueue } from "../../sink/writeQueue.ts";

/** The body of a response: lines are accepted when the client's connection has taken them. */
export interface ResponseSink {
  /** As a sink's. @throws sink-closed the client is gone; sink-stalled it took nothing for too long */
  write(lines: Uint8Array): Promise<void>;
  readonly body: ReadableStream<Uint8Array>;
  /** Resolves at the first line: until then nothing was sent, and the answer can still be an error. */
  readonly begun: Promise<void>;
  /** Why the body ended before its end; `null` while it has not. */
  readonly closed: GraphtapError | null;
  /** Ends the body whole. */
  end(): void;
  /** Breaks the body off, so that the client can tell it is not whole. */
  break(why: GraphtapError): void;
}

export interface ResponseSinkOptions {
  readonly clock: Clock;
  /** How long the client may take nothing, in milliseconds, before it counts as gone. */
  readonly stallMs: number;
  /** Told once, when the client is gone. */
  readonly onClosed: (why: GraphtapError) => void;
}

/**
 * The reader of the body asks for more only when what it has is out of this process (see `listen.ts`), so that
 * being asked again is the sign that the lines before were taken.
 */
export function createResponseSink({ clock, stallMs, onClosed }: ResponseSinkOptions): ResponseSink {
  let controller: ReadableStreamDefaultController<Uint8Array>;
  let over = false;
  let asked = signalOnce();
  const begun = signalOnce();
  const closed = new AbortController();
  // A stop is not its affair: the server then ends the answers, and cuts those that do not end.
  const queue = createWriteQueue();

  function close(why: GraphtapError): void {
    if (over) return;
    over = true;
    closed.abort(why);
    onClosed(why);
  }
  function breakOff(why: GraphtapError): void {
    if (over) return;
    close(why);
    controller.error(why);
  }
  const body = new ReadableStream<Uint8Array>({
    start: (given) => void (controller = given),
    pull: () => asked.resolve(),
    cancel: () => close(failure("sink-closed", "went away")),
  }, { highWaterMark: 0 });

  /** Resolves when the reader wants bytes, and so has taken all before. */
  async function wanted(): Promise<void> {
    try {
      await takenInTime(asked.promise, clock, stallMs, closed.signal);
    } catch (thrown) {
      const why = closed.signal.aborted ? closed.signal.reason as GraphtapError : thrown as GraphtapError;
      breakOff(why);
      throw why;
    }
  }
  async function hand(lines: Uint8Array): Promise<void> {
    if (closed.signal.aborted) throw closed.signal.reason;
    begun.resolve();
    await wanted();
    asked = signalOnce();
    // The engine uses its buffer again.
    controller.enqueue(lines.slice());
    await wanted();
  }
  return {
    body,
    begun: begun.promise,
    get closed() {
      return closed.signal.aborted ? closed.signal.reason as GraphtapError : null;
    },
    write: (lines) => queue.add(() => hand(lines)),
    end() {
      if (over) return;
      over = true;
      controller.close();
    },
    break: breakOff,
  };
}

/** @throws sink-stalled nothing was taken in time; the signal's reason */
async function takenInTime(
  taken: Promise<void>,
  clock: Clock,
  stallMs: number,
  closed: AbortSignal,
): Promise<void> {
  const limit = new AbortController();
  const late = clock.sleep(stallMs, AbortSignal.any([limit.signal, closed])).then(() => {
    throw failure("sink-stalled", `took nothing for ${stallMs / 1000} s`);
  });
  await Promise.race([taken, late]).finally(() => limit.abort());
}

function failure(code: ErrorCode, what: string): GraphtapError {
  return new GraphtapError(code, `Cannot send event lines: the client of the pull ${what}`);
}

function signalOnce(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => resolve = done);
  return { promise, resolve };
}
