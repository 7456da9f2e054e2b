/** `start_time_in_utc` as operators write it. */
import type { Instant } from "../instant.ts";
import { parseInstant } from "../instant.ts";

// A date; or a date and a time by colons or by hyphens, as the collector's own format string has it. Seconds,
// fraction and offset may be left out.
const PATTERN =
  /^(\d{4}-\d{2}-\d{2})(?:[Tt ](\d{2})([:-])(\d{2})(?:\3(\d{2})(?:[.,](\d{1,9}))?)?(Z|z|[+-]\d{2}:?\d{2})?)?$/;

/** The instant of a start time: a date alone is its midnight, no offset is UTC. `null` when it is no time. */
export function parseStartTime(text: string): Instant | null {
  const match = PATTERN.exec(text.trim());
  if (match === null) return null;
  const [, date, hour = "00", , minute = "00", second = "00", fraction, offset = "Z"] = match;
  return parseInstant(`${date}T${hour}:${minute}:${second}${fraction ? `.${fraction}` : ""}${offset}`);
}
