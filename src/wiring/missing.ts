/** What of a tap's streams could not be read: said wherever a command speaks of how it went. */
import { gapSeconds } from "../state/gap.ts";
import type { Stream } from "../tap/stream.ts";
import { durationInWords } from "../telemetry/duration.ts";

/** More names than these are only counted. */
const MOST_NAMES = 5;

/** The gaps of some streams, and what they have lost for good. */
export interface Missing {
  readonly gaps: number;
  /** How much time they cover; seconds. */
  readonly gap_seconds: number;
  /** The streams that have any, as "input/service". */
  readonly streams: readonly string[];
  /** How much time Graph dropped before it was read; seconds. */
  readonly lost_seconds: number;
  /** The streams that have lost any. */
  readonly lostBy: readonly string[];
}

/** What is in the ledgers of these streams. @throws state-unusable */
export function missingOf(streams: readonly Pick<Stream, "input" | "service" | "state">[]): Missing {
  const all = streams.map(({ input, service, state }) => ({
    name: `${input.name}/${service.name}`,
    gaps: state.gaps().list(),
    lost: state.lost().list(),
  }));
  const namesOf = (some: typeof all) => some.map(({ name }) => name);
  return {
    gaps: all.reduce((sum, { gaps }) => sum + gaps.length, 0),
    gap_seconds: all.reduce((sum, { gaps }) => sum + gapSeconds(gaps), 0),
    streams: namesOf(all.filter(({ gaps }) => gaps.length > 0)),
    lost_seconds: all.reduce((sum, { lost }) => sum + gapSeconds(lost), 0),
    lostBy: namesOf(all.filter(({ lost }) => lost.length > 0)),
  };
}

/**
 * The same in words, with the command that tells more: "1 gap of 30 s in contoso/signIns: see graphtap gaps". Empty when
 * nothing is missing.
 */
export function missingInWords({ gaps, gap_seconds, streams, lost_seconds, lostBy }: Missing): string {
  const count = gaps === 1 ? "1 gap" : `${gaps} gaps`;
  const parts = [
    ...(gaps === 0 ? [] : [`${count} of ${durationInWords(gap_seconds)} in ${namesInWords(streams)}`]),
    ...(lostBy.length === 0
      ? []
      : [`${durationInWords(lost_seconds)} lost for good in ${namesInWords(lostBy)}`]),
  ];
  return parts.length === 0 ? "" : `${parts.join(", and ")}: see graphtap gaps`;
}

/** The same as fields of a log line: of gaps, and of what is lost, while there is any. */
export function missingFields({ gaps, gap_seconds, lostBy, lost_seconds }: Missing) {
  return { ...(gaps > 0 && { gaps, gap_seconds }), ...(lostBy.length > 0 && { lost_seconds }) };
}

function namesInWords(names: readonly string[]): string {
  const more = names.length - MOST_NAMES;
  return names.slice(0, MOST_NAMES).join(", ") + (more > 0 ? ` and ${more} more` : "");
}
