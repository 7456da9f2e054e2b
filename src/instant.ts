/**
 * Instants as Microsoft Graph writes them: RFC 3339 with 0 to 9 fraction digits and any numeric offset.
 *
 * Graph trims trailing zeros, so two spellings of neighbouring instants have different lengths:
 * neither a `Date` (milliseconds only) nor a comparison of the texts orders them.
 */

/** A moment in time. Ordered by {@linkcode compareInstants}. */
export interface Instant {
  /** Whole seconds since 1970-01-01T00:00:00Z, floored. */
  readonly seconds: number;
  /** Nanoseconds after {@linkcode Instant.seconds}, 0 to 999,999,999. */
  readonly nanos: number;
}

/**
 * A range of time, such as the window that Graph is asked for. Both ends belong to it, whatever the operators of the
 * filter are, so that neighbouring windows share an instant; what comes twice because of that has its key in the seen set.
 *
 * @typeParam Bound `Instant | null` where a window may be open: a collection that is read whole
 */
export interface Window<Bound extends Instant | null = Instant> {
  readonly from: Bound;
  readonly to: Bound;
}

/** What RFC 3339 can write. An offset or a leap second may lead beyond, and so may a count of seconds. */
const FIRST: Instant = { seconds: -62_167_219_200, nanos: 0 };
const LAST: Instant = { seconds: 253_402_300_799, nanos: 999_999_999 };

const PATTERN =
  /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d{2}):?(\d{2}))$/;

/**
 * Reads an RFC 3339 text; `null` when it is not one, or names a day or hour that does not exist. A moment that in UTC
 * is before the year 0 or after the year 9999 is the first or last there is.
 */
export function parseInstant(text: string): Instant | null {
  const match = PATTERN.exec(text);
  if (match === null) return null;
  // By their places, not as a list: code that is not optimised yet would ask an iterator for each.
  const { 1: year, 2: month, 3: day, 4: hour, 5: minute, 6: second, 7: fraction, 8: sign } = match;
  const { 9: offsetHour, 10: offsetMinute } = match;
  const days = daysFromCivil(Number(year), Number(month), Number(day));
  if (days === null || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return null;
  if (Number(offsetHour ?? 0) > 23 || Number(offsetMinute ?? 0) > 59) return null;
  const offset = (sign === "-" ? -1 : 1) * (Number(offsetHour ?? 0) * 3600 + Number(offsetMinute ?? 0) * 60);
  const seconds = days * 86_400 + Number(hour) * 3600 + Number(minute) * 60 + Number(second) - offset;
  return withinYears({ seconds, nanos: Number((fraction ?? "").padEnd(9, "0")) });
}

/**
 * Writes UTC with as many fraction digits as needed: none, or up to nine without trailing zeros. What the text cannot
 * say is written as the first or last moment that it can: {@linkcode parseInstant} reads whatever comes of this.
 */
export function formatInstant(instant: Instant): string {
  const { seconds, nanos } = withinYears(instant);
  const whole = new Date(seconds * 1000).toISOString().slice(0, 19);
  if (nanos === 0) return `${whole}Z`;
  return `${whole}.${String(nanos).padStart(9, "0").replace(/0+$/, "")}Z`;
}

function withinYears(instant: Instant): Instant {
  if (instant.seconds < FIRST.seconds) return FIRST;
  return instant.seconds > LAST.seconds ? LAST : instant;
}

/** Negative when `a` is before `b`, 0 when they are the same moment, positive otherwise. */
export function compareInstants(a: Instant, b: Instant): number {
  return a.seconds - b.seconds || a.nanos - b.nanos;
}

/** The later of two instants. */
export function latest(a: Instant, b: Instant): Instant {
  return compareInstants(a, b) >= 0 ? a : b;
}

/** The earlier of two instants. */
export function earliest(a: Instant, b: Instant): Instant {
  return compareInstants(a, b) <= 0 ? a : b;
}

/** Whether both windows have the same bounds. */
export function isSameWindow(a: Window, b: Window): boolean {
  return compareInstants(a.from, b.from) === 0 && compareInstants(a.to, b.to) === 0;
}

/** `instant` moved by a number of seconds, which may be negative or fractional to the millisecond. */
export function addSeconds(instant: Instant, seconds: number): Instant {
  const whole = Math.floor(seconds);
  const nanos = instant.nanos + Math.round((seconds - whole) * 1000) * 1_000_000;
  return nanos >= 1_000_000_000
    ? { seconds: instant.seconds + whole + 1, nanos: nanos - 1_000_000_000 }
    : { seconds: instant.seconds + whole, nanos };
}

/** Seconds from `a` to `b`. */
export function secondsBetween(a: Instant, b: Instant): number {
  return b.seconds - a.seconds + (b.nanos - a.nanos) / 1e9;
}

/** Seconds of time in these ranges. */
export function secondsIn(ranges: readonly Window[]): number {
  return ranges.reduce((sum, { from, to }) => sum + Math.max(0, secondsBetween(from, to)), 0);
}

/** The instant of a count of milliseconds since the epoch, such as `Clock.now()`. */
export function fromMillis(millis: number): Instant {
  const seconds = Math.floor(millis / 1000);
  return { seconds, nanos: Math.round(millis - seconds * 1000) * 1_000_000 };
}

/** The whole second at or before `instant`: a lower bound for a filter. */
export function floorSecond(instant: Instant): Instant {
  return { seconds: instant.seconds, nanos: 0 };
}

/** The whole second at or after `instant`: an upper bound for a filter. */
export function ceilSecond(instant: Instant): Instant {
  return { seconds: instant.seconds + (instant.nanos > 0 ? 1 : 0), nanos: 0 };
}

/** Days from 1970-01-01 to a proleptic Gregorian date, `null` when there is no such day. */
function daysFromCivil(year: number, month: number, day: number): number | null {
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return null;
  return Math.round(Date.UTC(year < 100 ? year + 400 : year, month - 1, day) / 86_400_000) -
    (year < 100 ? 146_097 : 0);
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}
