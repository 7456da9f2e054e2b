/**
 * What is shared by those who read a pattern (`syntax.ts`, `group.ts`, `escape.ts`): its text, letter by letter, as
 * Python 3.9 takes it apart, and the parts that come out, as they are written.
 */

/** Why a pattern is refused; the message completes "expected". */
export class PatternError extends Error {}

/** The whole is read again, as `(?x)` wants it: it holds from the start. */
export class VerboseFound extends Error {}

/** What is known while a pattern is read. */
export interface PatternReading {
  readonly text: PatternText;
  /** Flags of the whole pattern, set by `(?i)` wherever it stands. */
  readonly flags: Set<string>;
  readonly names: Set<string>;
}

/** Where the reader is. A letter after a backslash is taken together with it. */
export interface PatternText {
  /** Code points, each a text. */
  readonly letters: readonly string[];
  /** What comes next; `null` at the end. */
  next: string | null;
  /** Where the letter after `next` begins. */
  behind: number;
}

/** Begins to read a pattern. */
export function openPattern(source: string): PatternText {
  const text: PatternText = { letters: [...source], next: null, behind: 0 };
  seek(text, 0);
  return text;
}

/** Goes to a place. */
export function seek(text: PatternText, place: number): void {
  const letter = text.letters[place];
  if (letter !== "\\") {
    text.next = letter ?? null;
    text.behind = place + 1;
    return;
  }
  const escaped = text.letters[place + 1];
  if (escaped === undefined) throw refusal("bad escape (end of pattern)", text.letters.length - 1);
  text.next = letter + escaped;
  text.behind = place + 2;
}

/** Takes what comes next. */
export function take(text: PatternText): string | null {
  const { next } = text;
  if (next !== null) seek(text, text.behind);
  return next;
}

/** Takes what comes next when it is `wanted`. */
export function takeIf(text: PatternText, wanted: string): boolean {
  if (text.next !== wanted) return false;
  take(text);
  return true;
}

/** Takes up to `most` letters of a kind. */
export function takeWhile(text: PatternText, most: number, kind: RegExp): string {
  let taken = "";
  while (taken.length < most && text.next !== null && kind.test(text.next)) taken += take(text);
  return taken;
}

/** Takes what stands before a letter, and the letter. */
export function takeUntil(text: PatternText, end: string, what: string): string {
  let taken = "";
  for (;;) {
    const letter = take(text);
    if (letter === null && taken !== "") throw wrong(text, `missing ${end}, unterminated name`);
    if (letter === null || (letter === end && taken === "")) throw wrong(text, `missing ${what}`);
    if (letter === end) return taken;
    taken += letter;
  }
}

/** Where what comes next begins. */
export function placeOf(text: PatternText): number {
  return text.next === null ? text.letters.length : text.behind - [...text.next].length;
}

/** Python takes no such pattern. */
export function wrong(text: PatternText, reason: string, lettersBack = 0): PatternError {
  return refusal(reason, placeOf(text) - lettersBack);
}

function refusal(reason: string, place: number): PatternError {
  return new PatternError(`a regular expression of Python 3.9: ${reason} at position ${place}`);
}

/** What a pattern consists of. */
export interface Syntax {
  readonly items: readonly Item[];
  /** Letters of the flags that hold for the whole pattern. */
  readonly flags: ReadonlySet<string>;
}

/** One part. `key` is the same for two parts that Python takes for the same. */
export type Item =
  | { readonly kind: "letter"; readonly code: number; readonly isNot: boolean; readonly key: string }
  | {
    readonly kind: "set";
    readonly members: readonly Member[];
    readonly isNot: boolean;
    readonly key: string;
  }
  | { readonly kind: "any"; readonly key: string }
  | { readonly kind: "at"; readonly at: "^" | "$" | "A" | "Z" | "b" | "B"; readonly key: string }
  | { readonly kind: "branches"; readonly branches: readonly (readonly Item[])[] }
  | GroupItem
  | {
    readonly kind: "repeat";
    readonly items: readonly Item[];
    readonly min: number;
    /** `Infinity` for no end. */
    readonly max: number;
    readonly isLazy: boolean;
  }
  | {
    readonly kind: "look";
    readonly isAhead: boolean;
    readonly isNot: boolean;
    readonly items: readonly Item[];
  };

/** `(…)` */
export interface GroupItem {
  readonly kind: "group";
  readonly isCapture: boolean;
  /** Flags that hold inside it, and those that do not. */
  readonly on: string;
  readonly off: string;
  readonly items: readonly Item[];
}

/** What a set is made of; Python treats a letter and a range of one letter not always alike. */
export type Member =
  | { readonly kind: "letter"; readonly code: number }
  | { readonly kind: "range"; readonly from: number; readonly to: number }
  | { readonly kind: "class"; readonly letter: ClassLetter };

/** Of `\d` and the like. */
export type ClassLetter = "d" | "D" | "s" | "S" | "w" | "W";
