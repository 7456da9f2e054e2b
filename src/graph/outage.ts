/**
 * What keeps a whole input from being read is told once, however many streams meet it and however often they try.
 * An outage begins with the first who meets it, and is over when all who met it are through again.
 */
import { codesOf, type GraphtapError } from "../errors.ts";
import type { Log } from "../telemetry/log.ts";

export interface Outage {
  /** `who` met it. It is told unless it was, for this reason, since it began. */
  failed(who: string, error: GraphtapError): void;
  /** `who` is through. */
  works(who: string): void;
}

/** An outage that keeps changing its reason is told in no more of them. */
const MOST_TOLD = 10;

/** @param end what the log says when it is over */
export function createOutage(log: Log, end: string): Outage {
  const failing = new Set<string>();
  const told = new Set<string>();
  return {
    failed(who, error) {
      failing.add(who);
      if (told.has(error.reason) || told.size >= MOST_TOLD) return;
      told.add(error.reason);
      const level = error.kind.recovery === "retry" ? "warn" : "error";
      log[level](error.message, { ...codesOf(error), retry_after_s: error.retryAfterSeconds });
    },
    works(who) {
      if (!failing.delete(who) || failing.size > 0) return;
      told.clear();
      log.info(end);
    },
  };
}
