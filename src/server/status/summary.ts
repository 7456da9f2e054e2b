/** The one sentence that says how all streams are doing. */
import { durationInWords } from "../../telemetry/duration.ts";
import { shownName } from "./filter.ts";
import { mostTelling } from "./needs.ts";
import type { Status } from "./schema.ts";

/** More of them are only counted. */
const MOST_TOLD = 3;

/** What the sentence is made of. */
export type Told =
  & Pick<
    Status,
    "counts" | "needs" | "sink_stalled_seconds" | "dead_letters" | "clock_ahead_seconds" | "polls"
  >
  & {
    /** Age of the newest record of all streams in seconds; `null` when there is none. */
    readonly newestAge: number | null;
    /** Whether the configuration that was read last cannot be used. */
    readonly isConfigurationRefused: boolean;
    /** In how many places the state folder was damaged. */
    readonly damages: number;
    /** How many streams still read older records. */
    readonly backfills: number;
  };

/** "All 12 streams healthy, newest record 2 min old", or who needs somebody, and why. */
export function summaryOf(told: Told): string {
  const { counts, sink_stalled_seconds: stalled, dead_letters, clock_ahead_seconds } = told;
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
  if (all === 0) return "There are no streams: the configuration enables none";
  return [
    ...(told.isConfigurationRefused
      ? ["The configuration that was read last is not used, and what ran before goes on."]
      : []),
    ...(told.damages === 0 ? [] : ["Something in the state folder was damaged."]),
    ...(stalled === 0
      ? []
      : [`The sink has taken nothing for ${durationInWords(stalled)}, so reading waits.`]),
    ...(dead_letters === null ? [] : ["Lines that the receiver refused wait for you."]),
    ...(clock_ahead_seconds === 0 ? [] : [`${clockInWords(clock_ahead_seconds)}.`]),
    troubled(told, all) ?? calm(told, all),
  ].join(" ");
}

/** "This host's clock is 3 d behind Graph's". */
export function clockInWords(aheadSeconds: number): string {
  const which = aheadSeconds < 0 ? "behind" : "ahead of";
  return `This host's clock is ${durationInWords(Math.abs(aheadSeconds))} ${which} Graph's`;
}

function troubled({ counts, needs }: Told, all: number): string | null {
  const troubled = counts.failing + counts.gap + counts.late + counts.lost;
  if (troubled === 0) return null;
  const told = mostTelling(needs, MOST_TOLD).map(({ input, service, cause }) =>
    `${[input, ...(service === null ? [] : [service])].map(shownName).join("/")} ${cause}`
  );
  const more = needs.length - told.length;
  if (more > 0) told.push(`and ${more} more`);
  return `${troubled} of ${all} ${troubled === 1 ? "needs" : "need"} you: ${told.join("; ")}`;
}

function calm({ counts, newestAge, backfills, polls }: Told, all: number): string {
  const streams = (count: number) => count === 1 ? "1 stream" : `${count} streams`;
  if (counts.waiting > 0) {
    const wait = polls ? "to be read for the first time" : "to be pulled for the first time";
    return `${counts.waiting} of ${streams(all)} ${counts.waiting === 1 ? "waits" : "wait"} ${wait}`;
  }
  const healthy = all === 1 ? "The only stream is healthy" : `All ${all} streams healthy`;
  const newest = newestAge === null ? "no records yet" : `newest record ${durationInWords(newestAge)} old`;
  const older = backfills === 0
    ? ""
    : `; ${streams(backfills)} still ${backfills === 1 ? "reads" : "read"} older records`;
  return `${healthy}, ${newest}${older}`;
}
