/** How many records a second each stream brings, from one status to the next. */
import type { Status } from "../../server/status/schema.ts";

/** Long enough that a page every few seconds is a steady rate. */
const STRETCH_MS = 10_000;

export interface Rates {
  /** Takes the figures of a status. */
  note(status: Pick<Status, "now" | "streams">): void;
  /** Records a second over the last ten seconds, stream by stream in the order of the last status. */
  list(): readonly number[];
}

interface Sample {
  readonly atMs: number;
  readonly sent: readonly number[];
}

export function createRates(): Rates {
  let samples: readonly Sample[] = [];
  return {
    note({ now, streams }) {
      const sample = { atMs: Date.parse(now), sent: streams.map(({ sent }) => sent) };
      // With other streams the places mean other ones: it begins anew.
      const known = samples.at(-1)?.sent.length === streams.length ? samples : [];
      const older = known.filter(({ atMs }) => sample.atMs - atMs <= STRETCH_MS && atMs < sample.atMs);
      samples = [...older, sample];
    },
    list() {
      const [first, last] = [samples[0], samples.at(-1)];
      if (first === undefined || last === undefined) return [];
      const seconds = (last.atMs - first.atMs) / 1000;
      return last.sent.map((sent, at) => seconds === 0 ? 0 : Math.max(0, sent - first.sent[at]!) / seconds);
    },
  };
}
