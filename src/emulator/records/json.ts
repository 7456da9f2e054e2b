import { formatInstant, type Instant } from "../../instant.ts";
import type { Random } from "../random.ts";

/**
 * Records are put together as text, never by serialising a whole: only so do `1.0`, long numbers, repeated keys
 * and needless escapes come out as Graph sends them.
 */

/** One member: a key, and the finished JSON of its value. */
export type Member = readonly [key: string, json: string];

/** An object with these members in this order; a key may come twice. */
export function object(members: readonly Member[]): string {
  return `{${members.map(([key, json]) => `${JSON.stringify(key)}:${json}`).join(",")}}`;
}

/** An array of finished JSON texts. */
export function array(items: readonly string[]): string {
  return `[${items.join(",")}]`;
}

/** A scalar. */
export function scalar(value: string | number | boolean | null): string {
  return JSON.stringify(value);
}

/** Members with scalar values. */
export function scalars(values: Readonly<Record<string, string | number | boolean | null>>): Member[] {
  return Object.entries(values).map(([key, value]) => [key, scalar(value)]);
}

/** An array of strings. */
export function texts(values: readonly string[]): string {
  return array(values.map(scalar));
}

/** A time as Graph writes it: UTC, trailing zeros of the fraction gone. */
export function time(instant: Instant): string {
  return scalar(formatInstant(instant));
}

/**
 * `instant` moved forward by less than `room` seconds, in steps of 100 ns, so that its fraction has up to seven
 * digits, now and then fewer.
 */
export function ticks(instant: Instant, random: Random, room: number): Instant {
  const free = Math.floor(room * 1e7) - 1;
  if (free < 1) return instant;
  // One in six is rounded to hundredths or so: "…:33.1Z" is as good as "…:33.1234567Z".
  const grain = random.chance(1 / 6) ? random.pick([1e4, 1e5, 1e6]) : 1;
  const moved = Math.floor(random.int(0, free) / grain) * grain * 100;
  const nanos = instant.nanos + moved;
  return { seconds: instant.seconds + Math.floor(nanos / 1e9), nanos: nanos % 1e9 };
}
