/** `start_time_in_utc` as operators write it. */
import * as z from "zod";
import type { Instant } from "../instant.ts";
import { parseInstant } from "../instant.ts";
import { text } from "./field.ts";

const EXPECTED = "an ISO 8601 time such as 2026-01-01T00:00:00Z";

/** A start time, as it is written and as an instant. */
export function startTime() {
  return text(EXPECTED).transform((written, context) => {
    const instant = parseStartTime(written);
    if (instant !== null) return { text: written, instant };
    context.addIssue({ code: "custom", message: EXPECTED });
    return z.NEVER;
  });
}

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
