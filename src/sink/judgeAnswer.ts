import type { BodyKind } from "./httpBody.ts";

/** What a receiver's answer means for the batch it answers. */
export type Verdict =
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
export function judgeAnswer(status: number, body: BodyKind): Verdict {
  if (status >= 200 && status <= 299) return "accepted";
  if (status === 413) return "too-large";
  if (status === 400) return body === "lines" ? "refused-line" : "retry";
  return status >= 500 || [408, 425, 429].includes(status) ? "retry" : "refused";
}

/** What to do about a status that no waiting mends. */
export function adviceFor(status: number): string {
  if (status === 401 || status === 403) {
    return "check the user and password in --to, --auth-file or $GRAPHTAP_SINK_AUTH";
  }
  if (status === 404 || status === 405) return "check the path in --to";
  if (status === 415 || status === 422) return "check --body and --gzip";
  if (status >= 300 && status <= 399) return "redirects are not followed: name the final address with --to";
  return "check the receiver's settings";
}
