import { KEY_BYTES } from "../state/seen/keys.ts";
import type { Log } from "../telemetry/log.ts";
import { createAcceptedKeys } from "./acceptedKeys.ts";
import type { DeadLetters } from "./deadLetter.ts";
import { createBatches, type Waiting } from "./batches.ts";
import { compressed } from "./gzip.ts";
import { type BodyKind, bodyShape } from "./httpBody.ts";
import { type ConnectionOptions, openConnection } from "./httpConnection.ts";
import { createHttpDelivery } from "./httpDelivery.ts";
import type { Origin, Sink } from "./sink.ts";
import { createWriteQueue, type Ending } from "./writeQueue.ts";

/** A request costs as much by itself as sending so many bytes. */
const WORTH_BYTES = 512 * 1024;
const NO_KEYS = new Uint8Array(0);

export interface HttpSinkOptions extends Omit<ConnectionOptions, "contentType">, Ending {
  readonly body: BodyKind;
  /** Whether the lines are JSON. */
  readonly json: boolean;
  readonly deadLetters: DeadLetters;
  /** In [0, 1), for spreading retries. */
  readonly random: () => number;
  readonly log: Log;
}

/**
 * POST to a shipper. Accepted means that it answered 2xx to the batch, or that the line is in the dead-letter file.
 *
 * Batches leave one after the other over one connection, so order is kept, and what the receiver does not take is
 * sent again for as long as it takes: meanwhile the reading waits. A batch arrives twice only when the receiver took
 * it and the answer was lost (a reset, a time-out, a stop, a receiver that took a part before it failed) or when this
 * process is killed: then with the rest of the page that was in flight.
 *
 * After a stop nothing is tried again: a write throws the stop's reason then.
 */
export function createHttpSink(options: HttpSinkOptions): Sink {
  const { deadLetters } = options;
  const shape = bodyShape(options.body, options.json);
  const makeBatch = options.gzip ? compressed(shape.makeBatch) : shape.makeBatch;
  const connection = openConnection({ ...options, contentType: shape.contentType });
  const counts = { retries: 0, setAside: 0 };
  const deliver = createHttpDelivery({
    ...options,
    makeBatch,
    connection,
    receiver: new URL(options.url).origin,
    onRetry: () => counts.retries++,
    onSetAside: () => counts.setAside++,
  });
  const accepted = createAcceptedKeys();
  const queue = createWriteQueue(options);
  const batches = createBatches(makeBatch);

  async function send(write: Waiting, origin: Origin | undefined, giveUp: AbortSignal): Promise<void> {
    const keys = origin?.keys ?? NO_KEYS;
    let done = 0;
    const onAccepted = (count: number) => {
      if (origin !== undefined) {
        accepted.add(origin.stream, keys.subarray(done * KEY_BYTES, (done + count) * KEY_BYTES));
      }
      done += count;
    };
    for (let batch = write.next(); batch !== null; batch = write.next()) {
      await deliver(batch, onAccepted, giveUp);
    }
  }

  return {
    write(lines, origin) {
      const write = batches.add({
        lines,
        count: origin === undefined ? null : origin.keys.length / KEY_BYTES,
      });
      return queue.add((giveUp) => send(write, origin, giveUp)).finally(write.leave);
    },
    worthBytes: WORTH_BYTES,
    accepted: (stream) => accepted.of(stream),
    committed: (stream) => void accepted.forget(stream),
    figures: () => ({ ...counts, deadLetters: deadLetters.file(), spool: null }),
    close() {
      queue.close();
      deadLetters.close();
      return connection.close();
    },
  };
}
