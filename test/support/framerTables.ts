import { QUOTE } from "../../src/json/ascii.ts";
import { ACTION, NEXT, STATE, type StateName } from "../../src/json/grammar.ts";

/**
 * The grammar as `framer.as.ts` wants it: one byte an entry, and a step a token instead of a step a byte. A value
 * in an object and one in an array are two states here, so that only brackets need the stack.
 */

/** Both tables, one behind the other, as they lie in the framer's memory. */
export function framerTables(): Uint8Array {
  return Uint8Array.from([...tokenTable(), ...scalarTable()]);
}

/** States between tokens, in the framer's order, each with the row after a string that stands there. */
const TOKEN_ROWS: readonly (readonly [StateName, number])[] = [
  ["firstRecord", 0],
  ["nextRecord", 0],
  ["afterRecord", 0],
  ["firstKey", 5],
  ["nextKey", 5],
  ["colon", 0],
  ["value", 7],
  ["afterMember", 0],
  ["firstValue", 10],
  ["value", 10],
  ["afterElement", 0],
];
const MEMBER_ROW = 6;
const ELEMENT_ROW = 9;
const AFTER_ELEMENT_ROW = 10;

/** Room for the states of a byte. */
const STATES = 16;
/** Where what a token with a string before it leads to begins. */
const AFTER_TEXT = 256 * STATES;

const OPEN_OBJECT = 16;
const OPEN_ARRAY = 17;
const CLOSE = 18;
const READ_SCALAR = 19;
const END_OF_RECORDS = 20;
const FAULT = 21;

/** States inside a number or a literal, after the row with which each begins; the last is a literal that is whole. */
const SCALAR_STATES: readonly StateName[] = [
  "minus",
  "zero",
  "digits",
  "point",
  "fraction",
  "exponent",
  "exponentSign",
  "exponentDigits",
  "t",
  "tr",
  "tru",
  "f",
  "fa",
  "fal",
  "fals",
  "n",
  "nu",
  "nul",
];
const SCALAR_ROWS: ReadonlyMap<number, number> = new Map(
  SCALAR_STATES.map((name, i) => [STATE[name], i + 1]),
);
const WHOLE_LITERAL_ROW = SCALAR_STATES.length + 1;
const END = 254;
const BAD = 255;

/**
 * What a token that begins with a byte leads to: `[STATES * byte + row]`; with a string before it, `AFTER_TEXT` on. The
 * states of a byte lie together, so that the one before is all that has to be added.
 */
function tokenTable(): Uint8Array {
  const table = new Uint8Array(2 * AFTER_TEXT).fill(FAULT);
  TOKEN_ROWS.forEach(([name, afterText], row) => {
    for (let byte = 0; byte < 256; byte++) {
      table[byte * STATES + row] = tokenStep(row, step(name, byte), afterText);
    }
  });
  TOKEN_ROWS.forEach((_, row) => {
    const behind = table[QUOTE * STATES + row] as number;
    if (behind === FAULT) return;
    for (let byte = 0; byte < 256; byte++) {
      table[AFTER_TEXT + byte * STATES + row] = table[byte * STATES + behind] as number;
    }
  });
  return table;
}

function tokenStep(row: number, next: number, afterText: number): number {
  switch (next) {
    case ACTION.openKey:
    case ACTION.openText:
      return afterText;
    case ACTION.openObject:
      return OPEN_OBJECT;
    case ACTION.openArray:
      return OPEN_ARRAY;
    case ACTION.close:
      return TOKEN_ROWS[row]?.[0].endsWith("Record") ? END_OF_RECORDS : CLOSE;
    case ACTION.fault:
      return FAULT;
    case STATE.value:
      return row === AFTER_ELEMENT_ROW ? ELEMENT_ROW : MEMBER_ROW;
  }
  if (scalarRow(next) > 0) return READ_SCALAR;
  return TOKEN_ROWS.findIndex(([name]) => STATE[name] === next);
}

/** What a byte inside a number or a literal leads to: `[256 * row + byte]`. */
function scalarTable(): Uint8Array {
  const table = new Uint8Array((WHOLE_LITERAL_ROW + 1) * 256);
  for (let byte = 0; byte < 256; byte++) {
    table[byte] = scalarStep(step("value", byte));
    SCALAR_STATES.forEach((name, i) => table[(i + 1) * 256 + byte] = scalarStep(step(name, byte)));
    // What ends a number ends a literal.
    table[WHOLE_LITERAL_ROW * 256 + byte] = step("zero", byte) === ACTION.endNumber ? END : BAD;
  }
  return table;
}

function scalarStep(next: number): number {
  if (next === ACTION.endNumber) return END;
  if (next === ACTION.endLiteral) return WHOLE_LITERAL_ROW;
  return scalarRow(next) || BAD;
}

/** The row of a state inside a number or a literal; 0 for any other. */
function scalarRow(state: number): number {
  return SCALAR_ROWS.get(state) ?? 0;
}

function step(name: StateName, byte: number): number {
  return NEXT[STATE[name] + byte] as number;
}
