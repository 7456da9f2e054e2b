import { GraphtapError } from "../errors.ts";
import type { Log } from "../telemetry/log.ts";
import { createAcceptedKeys } from "./acceptedKeys.ts";
import { batchesOf } from "./batches.ts";
import type { DeadLetters } from "./deadLetter.ts";
import { assemble, type BodyKind, bodyShape, type Part } from "./httpBody.ts";
import { type ConnectionOptions, openConnection } from "./httpExchange.ts";
import { adviceFor, judgeAnswer } from "./judgeAnswer.ts";
import { createBackoff } from "./backoff.ts";
import type { Origin, Sink } from "./sink.ts";

/** What a stop leaves to the request in flight, in milliseconds: a supervisor waits only so long. */
const STOP_GRACE_MS = 1_500;

export interface HttpSinkOptions extends Omit<ConnectionOptions, "contentType"> {
  readonly body: BodyKind;
  /** Whether the lines are JSON. */
  readonly json: boolean;
  readonly deadLetters: DeadLetters;
  /** In [0, 1), for spreading retries. */
  readonly random: () => number;
  readonly log: Log;
  /** Aborted when the process is to stop; its reason is what a write that has to give up throws. */
  readonly stop: AbortSignal;
}

/**
 * POST to a shipper. Accepted means that it answered 2xx to the batch, or that the line is in the dead-letter file.
 *
 * Batches leave one after the other over one connection, so order is kept, and what the receiver does not take is
 * sent again for as long as it takes: meanwhile the reading waits. A batch arrives twice only when the receiver took
 * it and the answer was lost (a reset, a time-out, a stop, a receiver that took a part before it failed) or when this
 * process is killed: then with the rest of the page that was in flight.
 *
 * @see {@linkcode judgeAnswer} what each status means
 */
export function createHttpSink(options: HttpSinkOptions): Sink {
  const { stop, clock, log, deadLetters } = options;
  const shape = bodyShape(options.body, options.json);
  const receiver = new URL(options.url).origin;
  const connection = openConnection({ ...options, contentType: shape.contentType });
  const accepted = createAcceptedKeys();
  let turn: Promise<void> = Promise.resolve();
  let failed: GraphtapError | null = null;
  const giveUp = new AbortController();
  let grace: ReturnType<typeof setTimeout> | undefined;
  const onStop = () => grace = setTimeout(() => giveUp.abort(stop.reason), STOP_GRACE_MS);
  stop.addEventListener("abort", onStop, { once: true });

  /** Sends parts until the receiver has them, or the dead-letter file has. */
  async function deliver(parts: readonly Part[], onAccepted: (count: number) => void): Promise<void> {
    const body = assemble(shape, parts);
    const backoff = createBackoff({ receiver, clock, log, stop, random: options.random });
    for (;;) {
      const answer = await connection.post(body, giveUp.signal);
      if ("failure" in answer) {
        await backoff.wait(answer.failure, undefined);
        continue;
      }
      const verdict = judgeAnswer(answer.status, options.body);
      if (verdict === "retry") {
        await backoff.wait(`it answered ${answer.status}`, answer.retryAfterSeconds);
        continue;
      }
      backoff.done();
      if (verdict === "refused") {
        throw new GraphtapError(
          "sink-unusable",
          `Cannot deliver to ${receiver}: it answered ${answer.status}; ${adviceFor(answer.status)}`,
        );
      }
      if (verdict === "accepted") return onAccepted(parts.length);
      const [only] = parts;
      if (parts.length === 1 && only !== undefined) {
        setAside(only.line, answer.status, answer.text);
        return onAccepted(1);
      }
      // Halves, not single lines: one bad line of 1,000 is found in 20 requests.
      const middle = parts.length >> 1;
      await deliver(parts.slice(0, middle), onAccepted);
      return deliver(parts.slice(middle), onAccepted);
    }
  }

  function setAside(line: Uint8Array, status: number, reason: string): void {
    deadLetters.add(line, status, reason);
    log.warn(`${receiver} refuses a line: it is kept in "${deadLetters.path}"`, {
      status,
      bytes: line.length,
    });
  }

  async function send(lines: Uint8Array, origin: Origin | undefined): Promise<void> {
    if (failed !== null) throw failed;
    const keys = origin?.keys ?? [];
    let done = 0;
    const onAccepted = (count: number) => {
      if (origin !== undefined) accepted.add(origin.stream, keys.slice(done, done + count));
      done += count;
    };
    try {
      for (const parts of batchesOf(lines, shape)) await deliver(parts, onAccepted);
    } catch (error) {
      if (error instanceof GraphtapError && error.kind.keepsAccepted) failed = error;
      throw error;
    }
  }

  return {
    write(lines, origin) {
      const own = turn.then(() => send(lines, origin));
      turn = own.catch(() => {});
      return own;
    },
    accepted: (stream) => accepted.of(stream),
    committed: (stream) => void accepted.settle(stream),
    close() {
      stop.removeEventListener("abort", onStop);
      clearTimeout(grace);
      deadLetters.close();
      return connection.close();
    },
  };
}
