/** What of a tap's streams could not be read: said wherever a command speaks of how it went. */
import { gapSeconds } from "../state/gap.ts";
import type { Stream } from "../tap/stream.ts";
import { durationInWords } from "../telemetry/duration.ts";

/** More names than these are only counted. */
const MOST_NAMES = 5;

/** The gaps of some streams. */
export interface Missing {
  readonly gaps: number;
  /** How much time they cover; seconds. */
  readonly gap_seconds: number;
  /** The streams that have any, as "input/service". */
  readonly streams: readonly string[];
}

/** What is in the gap ledgers of these streams. @throws state-unusable */
export function missingOf(streams: readonly Pick<Stream, "input" | "service" | "state">[]): Missing {
  const found = streams
    .map(({ input, service, state }) => ({
      name: `${input.name}/${service.name}`,
      gaps: state.gaps().list(),
    }))
    .filter(({ gaps }) => gaps.length > 0);
  return {
    gaps: found.reduce((sum, { gaps }) => sum + gaps.length, 0),
    gap_seconds: found.reduce((sum, { gaps }) => sum + gapSeconds(gaps), 0),
    streams: found.map(({ name }) => name),
  };
}

/** The same in words, with the command that tells more: "1 gap of 30 s in contoso/signIns: see graphtap gaps". */
export function missingInWords({ gaps, gap_seconds, streams }: Missing): string {
  const more = streams.length - MOST_NAMES;
  const names = streams.slice(0, MOST_NAMES).join(", ") + (more > 0 ? ` and ${more} more` : "");
  const count = gaps === 1 ? "1 gap" : `${gaps} gaps`;
  return `${count} of ${durationInWords(gap_seconds)} in ${names}: see graphtap gaps`;
}
