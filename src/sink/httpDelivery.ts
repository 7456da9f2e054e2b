import { GraphtapError } from "../errors.ts";
import type { Log } from "../telemetry/log.ts";
import type { DeadLetters } from "./deadLetter.ts";
import { type BackoffOptions, createBackoff } from "./httpBackoff.ts";
import { type Batch, behind, type MakeBatch, type Unsent } from "./batch.ts";
import type { BodyKind } from "./httpBody.ts";
import type { Connection } from "./httpConnection.ts";

export interface DeliveryOptions extends BackoffOptions {
  readonly body: BodyKind;
  /** Makes a batch anew of a part of its lines. */
  readonly makeBatch: MakeBatch;
  readonly connection: Connection;
  readonly deadLetters: DeadLetters;
  /** Told before a batch is sent again. */
  readonly onRetry: () => void;
  /** Told of a line that went to the dead letters. */
  readonly onSetAside: () => void;
}

/**
 * Sends a batch until the receiver has it, or the dead-letter file has.
 *
 * @param onAccepted told of so many lines more, from the first on
 * @param giveUp ends the request in flight
 * @throws the stop's reason, rather than try again after it
 * @throws sink-full, sink-unusable
 */
export type Deliver = (
  batch: Batch,
  onAccepted: (count: number) => void,
  giveUp: AbortSignal,
) => Promise<void>;

/** Delivery over one connection; {@linkcode judgeAnswer} says what each status means. */
export function createHttpDelivery(options: DeliveryOptions): Deliver {
  const { connection, receiver, makeBatch, onRetry, onSetAside } = options;

  /** The first answer that is not an invitation to try again. */
  async function answerTo({ body }: Batch, giveUp: AbortSignal) {
    const backoff = createBackoff(options);
    for (;;) {
      const answer = await connection.post(body, giveUp);
      if ("failure" in answer) {
        await backoff.wait(answer.failure, undefined);
        onRetry();
        continue;
      }
      const verdict = judgeAnswer(answer.status, options.body);
      if (verdict !== "retry") {
        backoff.done();
        return { ...answer, verdict };
      }
      await backoff.wait(`it answered ${answer.status}`, answer.retryAfterSeconds);
      onRetry();
    }
  }

  return async function deliver(batch, onAccepted, giveUp) {
    const { lines, count, place } = batch;
    const { verdict, status, text } = await answerTo(batch, giveUp);
    if (verdict === "refused") {
      throw new GraphtapError(
        "sink-unusable",
        `Cannot deliver to ${receiver}: it answered ${status}; ${adviceFor(status)}`,
      );
    }
    if (verdict === "accepted") return onAccepted(count);
    if (count === 1) {
      setAside(lines, status, text, options);
      onSetAside();
      return onAccepted(1);
    }
    // Halves, not single lines: one bad line of 1,000 is found in 20 requests.
    const middle = count >> 1;
    let unsent: Unsent = { lines, count };
    for (const most of [middle, count - middle]) {
      const half = makeBatch(unsent, most, place);
      unsent = behind(unsent, half);
      await deliver(half, onAccepted, giveUp);
    }
  };
}

function setAside(
  line: Uint8Array,
  status: number,
  reason: string,
  { deadLetters, log, receiver }: { deadLetters: DeadLetters; log: Log; receiver: string },
): void {
  deadLetters.add(line, status, reason);
  log.warn(`${receiver} refuses a line: it is kept in "${deadLetters.path}"`, {
    status,
    bytes: line.length,
  });
}

/** What a receiver's answer means for the batch it answers. */
type Verdict =
  /** The receiver has taken responsibility. */
  | "accepted"
  /** Send it again, whole, later. */
  | "retry"
  /** Larger than the receiver takes: send it in halves. */
  | "too-large"
  /** One line of it, or more, cannot be taken: find out which. */
  | "refused-line"
  /** No batch will ever be taken: what has to change is a setting. */
  | "refused";

/**
 * Judges a status.
 *
 * | status | lines (Vector's `http_server`) | fluent-bit (its `http` input) |
 * |---|---|---|
 * | 2xx | accepted | accepted |
 * | 408, 425, 429, 5xx | retry | retry |
 * | 413 | halves | halves |
 * | 400 | a line is at fault | retry: it is paused, or its disk is full |
 * | other | refused | refused |
 *
 * Vector answers 500 when its sinks failed, 400 when a line cannot be decoded or its sinks rejected it.
 */
function judgeAnswer(status: number, body: BodyKind): Verdict {
  if (status >= 200 && status <= 299) return "accepted";
  if (status === 413) return "too-large";
  if (status === 400) return body === "lines" ? "refused-line" : "retry";
  return status >= 500 || [408, 425, 429].includes(status) ? "retry" : "refused";
}

/** What to do about a status that no waiting mends. */
function adviceFor(status: number): string {
  if (status === 401 || status === 403) {
    return "check the user and password in --to, --auth-file or $GRAPHTAP_SINK_AUTH";
  }
  if (status === 404 || status === 405) return "check the path in --to";
  if (status === 415 || status === 422) return "check --body and --gzip";
  if (status >= 300 && status <= 399) return "redirects are not followed: name the final address with --to";
  return "check the receiver's settings";
}
