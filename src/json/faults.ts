import type { StateName } from "./grammar.ts";

/** Where a page broke off or went wrong. */
export interface Place {
  /** Where the parse stood. */
  state: StateName;
  /** Offset from the page's first byte: of the wrong byte, or of its end. */
  offset: number;
  /** The key of the array that holds the records. */
  array: string;
  /** Number of the record being read or awaited, from 1; 0 outside that array. */
  record: number;
  /** Whether the place is inside that record. */
  inside: boolean;
}

/** Why a page with two arrays, or an array and something else, cannot be trusted. */
export function secondArray(array: string): string {
  return `response has a second "${array}"`;
}

const EXPECTED: Partial<Record<StateName, string>> = {
  done: 'nothing after the closing "}"',
  firstKey: 'a key or "}"',
  nextKey: "a key",
  colon: '":"',
  value: "a value",
  firstValue: 'a value or "]"',
  afterMember: '"," or "}"',
  afterElement: '"," or "]"',
  firstRecord: 'an object or "]"',
  nextRecord: "an object",
  afterRecord: '"," or "]"',
  text: "no control character inside a string",
  escape: "an escape that JSON knows",
  hex1: "four hexadecimal digits",
  hex2: "four hexadecimal digits",
  hex3: "four hexadecimal digits",
  hex4: "four hexadecimal digits",
};

/** Says which byte of a page is wrong and what belongs there; quotes nothing but a bracket or separator. */
export function wrongByte(place: Place, byte: number): string {
  const char = String.fromCharCode(byte);
  switch (place.state) {
    case "start":
    case "mark2":
    case "mark3":
    case "page":
      if (char === "[") return `response is an array, expected an object with a "${place.array}" array`;
      if (char === "<") return "response is markup (HTML or XML), expected JSON";
      return `response is not a JSON object: byte ${place.offset} is ${shown(char)}, expected "{"`;
    case "firstRecord":
    case "nextRecord": {
      const kind = kindOf(char);
      if (kind !== null) return `element ${place.record} of "${place.array}" is ${kind}, expected an object`;
    }
  }
  const expected = EXPECTED[place.state] ?? "a number, true, false or null";
  return `response is not valid JSON: byte ${place.offset}, ${whereabouts(place)}, is ${shown(char)}, ` +
    `expected ${expected}`;
}

/** Says where a page broke off. */
export function cutShort(place: Place): string {
  if (place.state === "start" || place.state === "page") {
    return `response is empty: ${place.offset} bytes without JSON`;
  }
  return `response is cut short: it ends after ${place.offset} bytes, ${whereabouts(place)}`;
}

/** Says which limit something passed. */
export function tooLong(what: string, limit: number): string {
  return `${what} is longer than ${limit} bytes, the most that is read`;
}

function whereabouts({ array, record, inside }: Place): string {
  if (record === 0) return `outside the "${array}" array`;
  return `${inside ? "inside" : "before"} element ${record} of "${array}"`;
}

function kindOf(char: string): string | null {
  if (char === '"') return "a string";
  if (char === "[") return "an array";
  if (/[-0-9]/.test(char)) return "a number";
  return /[tfn]/.test(char) ? "true, false or null" : null;
}

function shown(char: string): string {
  return /[{}[\],:]/.test(char) ? `"${char}"` : `0x${char.charCodeAt(0).toString(16).padStart(2, "0")}`;
}
