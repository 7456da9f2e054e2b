/** Plain scalars as the old collector read them: YAML 1.1 by PyYAML, and then a text by Python's `str`. */

const INTEGERS: readonly (readonly [RegExp, (digits: string) => number])[] = [
  [/^0b([01_]+)$/, (digits) => Number.parseInt(digits, 2)],
  [/^0x([0-9a-fA-F_]+)$/, (digits) => Number.parseInt(digits, 16)],
  [/^0([0-7_]+)$/, (digits) => Number.parseInt(digits, 8)],
  [/^(0|[1-9][0-9_]*)$/, Number],
  // Base 60, as in 1:30.
  [
    /^([1-9][0-9_]*(?::[0-5]?[0-9])+)$/,
    (digits) => digits.split(":").reduce((sum, part) => sum * 60 + Number(part), 0),
  ],
];
const FLOAT = /^[-+]?(?:[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?)$/;
const WORDS: Readonly<Record<string, string>> = {
  yes: "True",
  true: "True",
  on: "True",
  no: "False",
  false: "False",
  off: "False",
};

/** The text that a plain scalar was there, as in the address of a position; `null` for nothing. */
export function textByYaml11(scalar: string): string | null {
  if (/^(?:~|null|Null|NULL|)$/.test(scalar)) return null;
  // One letter case throughout, or a capital first.
  const word = /^(?:[a-z]+|[A-Z][a-z]+|[A-Z]+)$/.test(scalar) ? WORDS[scalar.toLowerCase()] : undefined;
  if (word !== undefined) return word;
  const sign = /^[-+]/.exec(scalar)?.[0] ?? "";
  for (const [pattern, numberOf] of INTEGERS) {
    const digits = pattern.exec(scalar.slice(sign.length))?.[1]?.replaceAll("_", "");
    // Beyond this we have no digits for what Python has.
    const number = digits === undefined || digits === "" ? NaN : numberOf(digits);
    if (Number.isSafeInteger(number)) return String(sign === "-" ? -number : number);
  }
  if (!FLOAT.test(scalar)) return scalar;
  const number = Number(scalar.replaceAll("_", ""));
  return Number.isInteger(number) && Math.abs(number) < 1e16 ? number.toFixed(1) : String(number);
}
