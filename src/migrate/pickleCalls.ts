/** The few functions that a pickle of plain data may name, done by hand: moments, and the bytes they are made of. */
import { Buffer } from "node:buffer";
import type { PickleValue } from "./pickleValues.ts";

/** On functions alone: what a pickle builds has names of texts only. */
const FUNCTION = Symbol("function");

/** A function that a pickle names. */
export interface Callable {
  readonly python: KnownName;
  readonly [FUNCTION]: true;
}

const KNOWN = ["datetime.datetime", "datetime.timezone", "datetime.timedelta", "_codecs.encode"] as const;
type KnownName = (typeof KNOWN)[number];

/** Whether a name is allowed. */
export function isKnownName(name: string): name is KnownName {
  return (KNOWN as readonly string[]).includes(name);
}

/** Whether something on the stack is a function. */
export function isCallable(item: unknown): item is Callable {
  return typeof item === "object" && item !== null && FUNCTION in item;
}

/** The function of an allowed name. */
export function callableOf(name: KnownName): Callable {
  return { python: name, [FUNCTION]: true };
}

/** What the call gives; `null` when its values are not those that Python writes. */
export function callPython({ python }: Callable, given: readonly PickleValue[]): PickleValue | null {
  const [first, second, third] = given;
  switch (python) {
    case "_codecs.encode":
      return typeof first === "string" && second === "latin1"
        ? new Uint8Array(Buffer.from(first, "latin1"))
        : null;
    case "datetime.timedelta":
      return typeof first === "number" && typeof second === "number"
        ? first * 86_400 + second + Number(third ?? 0) / 1e6
        : null;
    case "datetime.timezone":
      return typeof first === "number" ? first : null;
    case "datetime.datetime":
      return momentOf(first, second);
  }
}

/** Ten bytes, and the seconds that the clock is ahead of UTC; without them the collector meant UTC. */
function momentOf(packed: PickleValue | undefined, offset: PickleValue | undefined): string | null {
  // Protocols 0 and 1 of old Pythons gave the bytes as a text.
  const bytes = typeof packed === "string" ? Buffer.from(packed, "latin1") : packed;
  if (!(bytes instanceof Uint8Array) || bytes.length !== 10) return null;
  if (offset !== undefined && typeof offset !== "number") return null;
  const [
    century = 0,
    year = 0,
    month = 0,
    day = 0,
    hour = 0,
    minute = 0,
    second = 0,
    high = 0,
    middle = 0,
    low = 0,
  ] = bytes;
  // The highest bit of the month says which of two equal hours is meant, when clocks are set back.
  const millis = Date.UTC(century * 256 + year, (month & 0x7f) - 1, day, hour, minute, second) -
    (offset ?? 0) * 1000;
  if (Number.isNaN(millis)) return null;
  const micros = String((high << 16) | (middle << 8) | low).padStart(6, "0");
  return `${new Date(millis).toISOString().slice(0, 19)}.${micros}Z`;
}
