/**
 * Random values that a seed decides, so that a failing test can be run again as it was.
 */

/** A stream of values; the same seed gives the same stream. */
export interface Random {
  /** A number from 0 up to, not including, 1. */
  next(): number;
  /** A whole number from `min` to `max`, both included. */
  int(min: number, max: number): number;
  /** True with this probability, 0 to 1. */
  chance(probability: number): boolean;
  /** One of the list, which must not be empty. */
  pick<T>(list: readonly T[]): T;
  /** Lower-case hexadecimal digits. */
  hex(length: number): string;
  /** Decimal digits, the first not 0. */
  digits(length: number): string;
  /** Upper-case letters and digits. */
  code(length: number): string;
  /** A GUID of version 4. */
  guid(): string;
  /** A stream of its own for `label`: drawing from one does not move the other. */
  fork(label: string): Random;
}

const CODE = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/** Starts a stream. */
export function createRandom(seed: number | string): Random {
  const state = [hash(`${seed}:a`), hash(`${seed}:b`), hash(`${seed}:c`), hash(`${seed}:d`) | 1];
  const next = () => nextWord(state) / 0x1_0000_0000;
  const int = (min: number, max: number) => min + Math.floor(next() * (max - min + 1));
  const draw = (alphabet: string, length: number) => {
    let text = "";
    for (let i = 0; i < length; i++) text += alphabet[int(0, alphabet.length - 1)];
    return text;
  };
  const hex = (length: number) => {
    let text = "";
    while (text.length < length) text += nextWord(state).toString(16).padStart(8, "0");
    return text.slice(0, length);
  };
  return {
    next,
    int,
    chance: (probability) => next() < probability,
    pick: <T>(list: readonly T[]) => list[int(0, list.length - 1)] as T,
    hex,
    digits: (length) => draw("123456789", 1) + draw("0123456789", length - 1),
    code: (length) => draw(CODE, length),
    guid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-${draw("89ab", 1)}${hex(3)}-${hex(12)}`,
    fork: (label) => createRandom(`${seed}/${label}`),
  };
}

/** Marsaglia's xorshift with 128 bits of state: short, quick, and good enough for invented data. */
function nextWord(state: number[]): number {
  const [a = 0, b = 0, c = 0, d = 0] = state;
  const mixed = a ^ (a << 11);
  state[0] = b;
  state[1] = c;
  state[2] = d;
  state[3] = d ^ (d >>> 19) ^ mixed ^ (mixed >>> 8);
  return (state[3] ?? 0) >>> 0;
}

/** FNV-1a over UTF-16 units, then folded once more so that neighbouring labels land far apart. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  value = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d);
  return (value ^ (value >>> 13)) >>> 0;
}
