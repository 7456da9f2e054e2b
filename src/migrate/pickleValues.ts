/** The values in a pickle, and those that stand in it as they are. */
import type { Buffer } from "node:buffer";
import type { PickleSource } from "./pickleSource.ts";

/** Values without parts. Whole numbers too large for a number are texts. */
export type PickleScalar = null | boolean | number | string | Uint8Array;

/**
 * Plain data. Sets and tuples are lists, moments are RFC 3339 texts, keys are texts. A part may stand in several
 * places, even within itself.
 */
export type PickleValue =
  | PickleScalar
  | PickleValue[]
  | { [key: string]: PickleValue };

/** Of a number; a longer one is a trap: reading it takes time that grows with the square of its length. */
const LONGEST_NUMBER_BYTES = 256;
const LARGEST_CODE_POINT = 0x10ffff;

/** The value that an opcode stands for, taken from the source; `undefined` when the opcode is of another kind. */
export function readScalar(code: string, source: PickleSource): PickleScalar | undefined {
  const { take, line, length8, fail } = source;
  switch (code) {
    case "N":
      return null;
    case "\x88":
      return true;
    case "\x89":
      return false;
    case "I":
    case "L":
      return integerLine(line().replace(/L$/, "")) ?? fail("a wrong number");
    case "F":
      return floatLine(line()) ?? fail("a wrong number");
    case "J":
      return take(4).readInt32LE();
    case "K":
      return take(1)[0]!;
    case "M":
      return take(2).readUInt16LE();
    case "\x8a":
      return long(take(take(1)[0]!));
    case "\x8b": {
      const length = take(4).readInt32LE();
      return length > LONGEST_NUMBER_BYTES ? fail("a number that is too long") : long(take(length));
    }
    case "G":
      return take(8).readDoubleBE();
    case "S":
      return quoted(line()) ?? fail("a wrong text");
    case "V":
      return unescaped(line()) ?? fail("a wrong text");
    case "U":
      return take(take(1)[0]!).toString("latin1");
    case "T":
      return take(take(4).readInt32LE()).toString("latin1");
    case "X":
      return take(take(4).readUInt32LE()).toString("utf8");
    case "\x8c":
      return take(take(1)[0]!).toString("utf8");
    case "\x8d":
      return take(length8()).toString("utf8");
    case "C":
      return new Uint8Array(take(take(1)[0]!));
    case "B":
      return new Uint8Array(take(take(4).readUInt32LE()));
    case "\x8e":
      return new Uint8Array(take(length8()));
    default:
      return undefined;
  }
}

/** Protocol 0 writes booleans as `01` and `00`. */
function integerLine(text: string): number | boolean | string | null {
  if (text === "00" || text === "01") return text === "01";
  if (!/^-?\d+$/.test(text)) return null;
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : text;
}

function floatLine(text: string): number | null {
  return /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text) ? Number(text) : null;
}

/** Little-endian two's complement. */
function long(bytes: Buffer): number | string {
  const big = bytes.reduceRight((sum, byte) => sum << 8n | BigInt(byte), 0n);
  const signed = BigInt.asIntN(bytes.length * 8, big);
  const number = Number(signed);
  return Number.isSafeInteger(number) ? number : String(signed);
}

/** A text in quotes, as Python 2 wrote them; only escapes of single bytes occur in it. */
function quoted(text: string): string | null {
  const inner = /^(['"])(.*)\1$/.exec(text)?.[2];
  return inner?.replace(
    /\\x([0-9a-f]{2})|\\(.)/g,
    (_, hex: string | undefined, letter: string) =>
      hex === undefined
        ? { n: "\n", t: "\t", r: "\r" }[letter] ?? letter
        : String.fromCharCode(Number.parseInt(hex, 16)),
  ) ?? null;
}

/** A text with Python's escapes of code points. */
function unescaped(text: string): string | null {
  let isRight = true;
  const plain = text.replace(
    /\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})/g,
    (_, four: string | undefined, eight: string) => {
      const point = Number.parseInt(four ?? eight, 16);
      if (point <= LARGEST_CODE_POINT) return String.fromCodePoint(point);
      isRight = false;
      return "";
    },
  );
  return isRight ? plain : null;
}
