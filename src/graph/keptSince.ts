import { type Instant, parseInstant } from "../instant.ts";

/** What Graph calls the oldest time that a filter may name, and the time, as RFC 3339 or as .NET writes it in the US. */
const PATTERN =
  /\b(?:minimum|earliest|oldest|earlier than|older than)\b[^0-9]{0,80}(\d{1,4}[-/]\d{1,2}[-/]\d{1,4}(?:,?\s|T)[\d:.]+(?:\s?[AP]M)?(?:Z|\s?[+-]\d{2}:?\d{2})?)/i;
const US =
  /^(\d{1,2})\/(\d{1,2})\/(\d{4}),?\s(\d{1,2}):(\d{2}):(\d{2})(?:\s?([AP])M)?(?:\s?(Z|[+-]\d{2}:?\d{2}))?$/i;

/**
 * The oldest time of which Graph says that it may be asked for, such as "Minimum allowed time for activityDateTime is
 * 11/22/2026 12:00:00 AM"; `null` when the message says nothing like it. A time without a zone is taken for UTC.
 */
export function keptSince(message: string): Instant | null {
  const text = PATTERN.exec(message)?.[1];
  if (text === undefined) return null;
  const us = US.exec(text);
  return us === null ? parseInstant(/(Z|[+-]\d{2}:?\d{2})$/i.test(text) ? text : `${text}Z`) : usInstant(us);
}

function usInstant([, month, day, year, hour, minute, second, half, zone]: RegExpExecArray): Instant | null {
  const hours = half === undefined ? Number(hour) : Number(hour) % 12 + (/p/i.test(half) ? 12 : 0);
  const two = (part: number | string | undefined) => String(part).padStart(2, "0");
  return parseInstant(`${year}-${two(month)}-${two(day)}T${two(hours)}:${minute}:${second}${zone ?? "Z"}`);
}
