/** A regular expression as a tree, as far as its running time depends on it. */

/** Characters: a bit for each of ASCII, and one for all others together. */
export type Chars = bigint;

/** One piece of a sequence and how often it may stand there. */
export interface Piece {
  readonly min: number;
  readonly max: number;
  readonly node:
    | { readonly kind: "chars"; readonly chars: Chars }
    | { readonly kind: "group"; readonly branches: readonly (readonly Piece[])[] }
    /** Takes no character: an anchor, or a look ahead or behind. */
    | { readonly kind: "nothing"; readonly branches: readonly (readonly Piece[])[] };
}

const OTHERS = 128;
export const ANY: Chars = (1n << BigInt(OTHERS + 1)) - 1n;

const single = (code: number): Chars => 1n << BigInt(Math.min(code, OTHERS));
const not = (chars: Chars): Chars => (ANY & ~chars) | single(OTHERS);
function range(from: number, to: number): Chars {
  let chars = 0n;
  for (let code = from; code <= Math.min(to, OTHERS); code++) chars |= single(code);
  return chars;
}

const DIGIT = range(48, 57);
const WORD = DIGIT | range(65, 90) | range(97, 122) | single(95);
const SPACE = range(9, 13) | single(32) | single(OTHERS);
const CLASSES: Readonly<Record<string, Chars>> = {
  d: DIGIT,
  D: not(DIGIT),
  w: WORD,
  W: not(WORD),
  s: SPACE,
  S: not(SPACE),
};
const LETTERS: Readonly<Record<string, number>> = { t: 9, n: 10, v: 11, f: 12, r: 13, 0: 0 };
const QUANTIFIER = /^(?:[*+?]|\{(\d+)(,(\d*))?\})\??/;
const GROUP_START = /^\((\?(?::|<?[=!]|<\w+>))?/;

/** Reads a pattern that is one: `new RegExp(source)` has accepted it. */
export function parsePattern(source: string): readonly (readonly Piece[])[] {
  let at = 0;

  function branches(): Piece[][] {
    const all: Piece[][] = [[]];
    while (at < source.length && source[at] !== ")") {
      if (source[at] === "|") {
        at++;
        all.push([]);
      } else all.at(-1)!.push(piece());
    }
    return all;
  }

  function piece(): Piece {
    const node = atom();
    const [found, least, comma, most] = QUANTIFIER.exec(source.slice(at)) ?? [];
    if (found === undefined) return { node, min: 1, max: 1 };
    at += found.length;
    if (least !== undefined) {
      const min = Number(least);
      return { node, min, max: comma === undefined ? min : most === "" ? Infinity : Number(most) };
    }
    return { node, min: found.startsWith("+") ? 1 : 0, max: found.startsWith("?") ? 1 : Infinity };
  }

  function atom(): Piece["node"] {
    const letter = source[at]!;
    if (letter === "(") {
      const [start, kind = ""] = GROUP_START.exec(source.slice(at))!;
      at += start.length;
      const inner = branches();
      at++;
      return { kind: /[=!]/.test(kind) ? "nothing" : "group", branches: inner };
    }
    if (letter === "[") return { kind: "chars", chars: charClass() };
    at++;
    if (letter === "^" || letter === "$") return { kind: "nothing", branches: [] };
    if (letter === ".") return { kind: "chars", chars: not(single(10) | single(13)) };
    if (letter !== "\\") return { kind: "chars", chars: single(letter.charCodeAt(0)) };
    if (/[bB]/.test(source[at]!)) {
      at++;
      return { kind: "nothing", branches: [] };
    }
    // A backreference may stand for anything.
    if (/[1-9k]/.test(source[at]!)) {
      at++;
      return { kind: "group", branches: [[{ node: { kind: "chars", chars: ANY }, min: 0, max: Infinity }]] };
    }
    return { kind: "chars", chars: escape() };
  }

  /** After the backslash. */
  function escape(): Chars {
    const [coded, hex2, hex4] = /^(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4}))/.exec(source.slice(at)) ?? [];
    at += coded?.length ?? 1;
    if (coded !== undefined) return single(Number.parseInt(hex2 ?? hex4!, 16));
    const letter = source[at - 1]!;
    // Control letters and properties are rare enough to stand for anything.
    if (/[cpPu]/.test(letter)) return ANY;
    return CLASSES[letter] ?? single(LETTERS[letter] ?? letter.charCodeAt(0));
  }

  function charClass(): Chars {
    at++;
    const negated = source[at] === "^";
    if (negated) at++;
    let chars = 0n;
    while (source[at] !== "]") {
      const from = member();
      const dash = source[at] === "-" && source[at + 1] !== "]";
      if (!dash) {
        chars |= from.chars;
        continue;
      }
      at++;
      const to = member();
      chars |= from.code === null || to.code === null ? ANY : range(from.code, Math.max(from.code, to.code)) |
        (to.code >= OTHERS ? single(OTHERS) : 0n);
    }
    at++;
    return negated ? not(chars) : chars;
  }

  function member(): { readonly chars: Chars; readonly code: number | null } {
    if (source[at] !== "\\") {
      const code = source.charCodeAt(at++);
      return { chars: single(code), code };
    }
    at++;
    if (source[at] === "b") {
      at++;
      return { chars: single(8), code: 8 };
    }
    const chars = escape();
    const code = [...Array(OTHERS).keys()].find((one) => single(one) === chars) ?? null;
    return { chars, code };
  }

  return branches();
}
