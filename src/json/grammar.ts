/**
 * RFC 8259 as a table: one step a byte. Nesting is not in the table; the lexer keeps it on a stack.
 *
 * The table also knows two things about a page of Graph: a byte order mark may precede it, and the elements of
 * its "value" array must be objects, which is why that array has states of its own.
 */

/** Where a parse can stand between two bytes. */
export type StateName =
  | "start" // before anything; then the byte order mark's second and third byte, then before the page's "{"
  | "mark2"
  | "mark3"
  | "page"
  | "done" // after the page's "}"
  | "firstKey"
  | "nextKey"
  | "colon"
  | "value"
  | "firstValue"
  | "afterMember"
  | "afterElement"
  | "firstRecord" // inside the page's "value" array
  | "nextRecord"
  | "afterRecord"
  | "text" // inside a string
  | "escape"
  | `hex${1 | 2 | 3 | 4}`
  | "minus"
  | "zero"
  | "digits"
  | "point"
  | "fraction"
  | "exponent"
  | "exponentSign"
  | "exponentDigits"
  | "t"
  | "tr"
  | "tru"
  | "f"
  | "fa"
  | "fal"
  | "fals"
  | "n"
  | "nu"
  | "nul";

/** What the lexer does itself, because the next state depends on the nesting. */
export type ActionName =
  | "openKey"
  | "openText"
  | "resumeText" // an escape is over, its string is not
  | "closeText"
  | "openObject"
  | "openArray"
  | "close"
  | "endLiteral"
  | "endNumber" // the byte belongs to what follows the number
  | "fault";

type Rule = readonly [bytes: string, next: StateName | ActionName];

const SPACE = " \t\n\r";
const DIGIT = "0123456789";
const HEX = DIGIT + "abcdefABCDEF";
const VALUE: readonly Rule[] = [
  ['"', "openText"],
  ["{", "openObject"],
  ["[", "openArray"],
  ["-", "minus"],
  ["0", "zero"],
  ["123456789", "digits"],
  ["t", "t"],
  ["f", "f"],
  ["n", "n"],
];
const NUMBER_END: Rule = [SPACE + ",]}", "endNumber"];

const RULES: Readonly<Record<StateName, readonly Rule[]>> = {
  start: [["\xef", "mark2"], [SPACE, "page"], ["{", "openObject"]],
  mark2: [["\xbb", "mark3"]],
  mark3: [["\xbf", "page"]],
  page: [[SPACE, "page"], ["{", "openObject"]],
  done: [[SPACE, "done"]],

  firstKey: [[SPACE, "firstKey"], ['"', "openKey"], ["}", "close"]],
  nextKey: [[SPACE, "nextKey"], ['"', "openKey"]],
  colon: [[SPACE, "colon"], [":", "value"]],
  value: [[SPACE, "value"], ...VALUE],
  firstValue: [[SPACE, "firstValue"], ...VALUE, ["]", "close"]],
  afterMember: [[SPACE, "afterMember"], [",", "nextKey"], ["}", "close"]],
  afterElement: [[SPACE, "afterElement"], [",", "value"], ["]", "close"]],

  firstRecord: [[SPACE, "firstRecord"], ["{", "openObject"], ["]", "close"]],
  nextRecord: [[SPACE, "nextRecord"], ["{", "openObject"]],
  afterRecord: [[SPACE, "afterRecord"], [",", "nextRecord"], ["]", "close"]],

  // Ordinary bytes of a string never come here: the lexer jumps over them.
  text: [['"', "closeText"], ["\\", "escape"]],
  escape: [['"\\/bfnrt', "resumeText"], ["u", "hex1"]],
  hex1: [[HEX, "hex2"]],
  hex2: [[HEX, "hex3"]],
  hex3: [[HEX, "hex4"]],
  hex4: [[HEX, "resumeText"]],

  minus: [["0", "zero"], ["123456789", "digits"]],
  zero: [NUMBER_END, [".", "point"], ["eE", "exponent"]],
  digits: [NUMBER_END, [DIGIT, "digits"], [".", "point"], ["eE", "exponent"]],
  point: [[DIGIT, "fraction"]],
  fraction: [NUMBER_END, [DIGIT, "fraction"], ["eE", "exponent"]],
  exponent: [["+-", "exponentSign"], [DIGIT, "exponentDigits"]],
  exponentSign: [[DIGIT, "exponentDigits"]],
  exponentDigits: [NUMBER_END, [DIGIT, "exponentDigits"]],

  t: [["r", "tr"]],
  tr: [["u", "tru"]],
  tru: [["e", "endLiteral"]],
  f: [["a", "fa"]],
  fa: [["l", "fal"]],
  fal: [["s", "fals"]],
  fals: [["e", "endLiteral"]],
  n: [["u", "nu"]],
  nu: [["l", "nul"]],
  nul: [["l", "endLiteral"]],
};

const NAMES = Object.keys(RULES) as StateName[];

/** Rows are numbered by their offset, so that a step is one addition and one load. */
const offsets = Object.fromEntries(NAMES.map((name, row) => [name, row * 256]));

/** Offset of each state's row in {@linkcode NEXT}. */
export const STATE: Readonly<Record<StateName, number>> = offsets as Record<StateName, number>;

/** Values in {@linkcode NEXT} from here on are actions, below they are states. */
export const FIRST_ACTION = 0x8000;

/** The actions' values in {@linkcode NEXT}. */
export const ACTION = {
  openKey: 0x8000,
  openText: 0x8001,
  resumeText: 0x8002,
  closeText: 0x8003,
  openObject: 0x8004,
  openArray: 0x8005,
  close: 0x8006,
  endLiteral: 0x8007,
  endNumber: 0x8008,
  fault: 0x8009,
} as const satisfies Record<ActionName, number>;

/** `NEXT[state + byte]` is the next state or an action. */
export const NEXT: Uint16Array = new Uint16Array(NAMES.length * 256).fill(ACTION.fault);
for (const name of NAMES) {
  for (const [bytes, next] of RULES[name]) {
    for (const char of bytes) {
      NEXT[STATE[name] + char.charCodeAt(0)] = { ...STATE, ...ACTION }[next];
    }
  }
}

/** The name of a state, for messages. */
export function stateName(state: number): StateName {
  return NAMES[state / 256] as StateName;
}
