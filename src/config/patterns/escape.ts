/** What follows a backslash, and sets: parts of a pattern that stand for one character. */
import {
  type ClassLetter,
  type Item,
  type Member,
  PatternError,
  type PatternText,
  placeOf,
  take,
  takeIf,
  takeWhile,
  wrong,
} from "./reading.ts";

const CONTROLS: Readonly<Record<string, number>> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11 };
const HEX_DIGITS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };
const HEX = /^[0-9a-fA-F]$/;
const OCTAL = /^[0-7]$/;
const DIGIT = /^[0-9]$/;
const LAST_OCTAL = 0o377;
const LAST_CODE = 0x10ffff;

/** Whether a letter came with a backslash. */
export function isEscape(letter: string): boolean {
  return letter.length > 1 && letter.startsWith("\\");
}

/** An escape outside of a set. */
export function readEscape(text: PatternText, escape: string): Item {
  const letter = escape.slice(1);
  if (/^[AZbB]$/.test(letter)) {
    return { kind: "at", at: letter as "A" | "Z" | "b" | "B", key: `at ${letter}` };
  }
  if (isClass(letter)) {
    const members: Member[] = [{ kind: "class", letter }];
    return { kind: "set", members, isNot: false, key: JSON.stringify(["set", false, members]) };
  }
  const code = /^[1-9]$/.test(letter) ? octalOrReference(text, escape) : readCode(text, escape, 3);
  return { kind: "letter", code, isNot: false, key: `letter ${String.fromCodePoint(code)} false` };
}

/** An escape inside a set. */
function readSetEscape(text: PatternText, escape: string): Member {
  const letter = escape.slice(1);
  if (isClass(letter)) return { kind: "class", letter };
  return { kind: "letter", code: readCode(text, escape, 3) };
}

function isClass(letter: string): letter is ClassLetter {
  return /^[dDsSwW]$/.test(letter);
}

/** `\12` is a reference to a group, and `\123` a character. */
function octalOrReference(text: PatternText, escape: string): number {
  let digits = escape.slice(1);
  if (text.next !== null && DIGIT.test(text.next)) {
    digits += take(text)!;
    if (/^[0-7]{2}$/.test(digits) && text.next !== null && OCTAL.test(text.next)) {
      return octal(text, digits + take(text)!);
    }
  }
  throw referenceError(`\\${digits}`);
}

/** What refers to a group cannot be found in a time that grows with the text alone. */
export function referenceError(written: string): PatternError {
  return new PatternError(
    `a regular expression without ${written}, which refers to a group; write out what the group may hold, ` +
      "or leave string_patterns out to mask the whole value",
  );
}

function octal(text: PatternText, digits: string): number {
  const code = Number.parseInt(digits, 8);
  if (code <= LAST_OCTAL) return code;
  throw wrong(
    text,
    `octal escape value \\${digits} outside of range 0-0o377`,
    digits.length + 1,
  );
}

/** The character that an escape stands for. */
function readCode(text: PatternText, escape: string, octalDigits: number): number {
  const letter = escape.slice(1);
  const control = CONTROLS[letter];
  if (control !== undefined) return control;
  const size = HEX_DIGITS[letter];
  if (size !== undefined) return readHex(text, escape, size);
  if (letter === "N") {
    throw new PatternError(
      "a regular expression without \\N{…}; write the character itself, or \\u and its four hexadecimal digits",
    );
  }
  if (OCTAL.test(letter)) return octal(text, letter + takeWhile(text, octalDigits - 1, OCTAL));
  if (/^[0-9A-Za-z]$/.test(letter)) throw wrong(text, `bad escape ${escape}`, 2);
  return letter.codePointAt(0)!;
}

function readHex(text: PatternText, escape: string, size: number): number {
  const digits = takeWhile(text, size, HEX);
  const written = escape + digits;
  if (digits.length < size) throw wrong(text, `incomplete escape ${written}`, written.length);
  const code = Number.parseInt(digits, 16);
  if (code > LAST_CODE) throw wrong(text, `bad escape ${written}`, written.length);
  return code;
}

/** A set, behind its `[`. */
export function readSet(text: PatternText): Item {
  const start = placeOf(text) - 1;
  const unterminated = () => wrong(text, "unterminated character set", placeOf(text) - start);
  const isNot = takeIf(text, "^");
  const members: Member[] = [];
  for (;;) {
    const letter = take(text);
    if (letter === null) throw unterminated();
    if (letter === "]" && members.length > 0) break;
    const from = member(text, letter);
    if (!takeIf(text, "-")) {
      members.push(from);
      continue;
    }
    const last = take(text);
    if (last === null) throw unterminated();
    if (last === "]") {
      members.push(from, { kind: "letter", code: "-".charCodeAt(0) });
      break;
    }
    const to = member(text, last);
    if (from.kind !== "letter" || to.kind !== "letter" || to.code < from.code) {
      const written = `${letter}-${last}`;
      throw wrong(text, `bad character range ${written}`, [...written].length);
    }
    members.push({ kind: "range", from: from.code, to: to.code });
  }
  return setOf(members, isNot);
}

function member(text: PatternText, letter: string): Member {
  return isEscape(letter) ? readSetEscape(text, letter) : { kind: "letter", code: letter.codePointAt(0)! };
}

/** A set of one letter is that letter. */
function setOf(members: readonly Member[], isNot: boolean): Item {
  const texts = members.map((one) => JSON.stringify(one));
  const different = members.filter((_, index) => texts.indexOf(texts[index]!) === index);
  const [first, ...more] = different;
  if (first?.kind === "letter" && more.length === 0) {
    const key = `letter ${String.fromCodePoint(first.code)} ${isNot}`;
    return { kind: "letter", code: first.code, isNot, key };
  }
  return { kind: "set", members: different, isNot, key: JSON.stringify(["set", isNot, different]) };
}
