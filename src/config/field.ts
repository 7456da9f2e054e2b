/**
 * The kinds of values a configuration holds, each one zod schema that accepts what the old collector's cloud form
 * writes: numbers and booleans as texts. Every message completes "expected …" and never quotes what it found.
 */
import * as z from "zod";
import { beginsAtHome } from "../files/home.ts";
import { tagRemark } from "../plugin/tagRule.ts";

/** What the reader knows of a key beside its schema. */
export interface KeyNotes {
  /** The key is of the 1.x line: what replaces it. */
  readonly retired?: string;
  /** The key is an older name of ours for the key of this name, which stands in the same block. */
  readonly renamed?: string;
  /** The key is accepted and not acted on; a text says so in a warning. */
  readonly idle?: true | string;
  /** The old collector's error when the key is missing, and when its value is wrong. */
  readonly missing?: readonly [string, number];
  readonly wrong?: readonly [string, number];
  /** The same when its value is no text, where that is another error. */
  readonly noText?: readonly [string, number];
  /** The value is never shown. */
  readonly secret?: true;
  /** Of a block: an unknown key in it is a warning, as the old collector had it. */
  readonly lenient?: true;
}

/** The notes on the keys of all blocks. */
export const keyNotes = z.registry<KeyNotes>();

/** A key of a block: its schema, its line in the JSON Schema, and the notes on it. */
export function key<S extends z.ZodType>(
  schema: S,
  description: string,
  notes: KeyNotes & { readonly unit?: string; readonly examples?: readonly unknown[] } = {},
): S {
  const { unit, examples, ...rest } = notes;
  const meta: z.GlobalMeta = { description };
  if (unit !== undefined) meta["unit"] = unit;
  if (examples !== undefined) meta["examples"] = [...examples];
  if (rest.retired !== undefined || rest.renamed !== undefined) meta["deprecated"] = true;
  const described = schema.meta(meta);
  keyNotes.add(described, rest);
  return described;
}

// A kind that many keys have is made once: at each start it costs more than what is done with it.

const TEXT = "a text that is not empty; put a number in quotes";
const anyText = textOr(TEXT);

function textOr(error: string) {
  return z.string({ error }).trim().min(1, { error });
}

/** A text with something in it, without the white space around it. */
export function text(error = TEXT) {
  return error === TEXT ? anyText : textOr(error);
}

const anyPath = textOr("a path").refine((value) => !beginsAtHome(value), {
  error: 'the whole path: nothing replaces the "~" here ("./~/" is a folder of that name)',
});

/** The path of a file or a folder. */
export function path() {
  return anyPath;
}

/** A whole number, also as a text. */
export function integer(minimum: number, unit = "") {
  const error = `a whole number${unit && ` of ${unit}`}, ${minimum} or more`;
  const number = z.int({ error }).min(minimum, { error });
  return z.union(
    [number, z.string({ error }).regex(/^\s*\d+\s*$/, { error }).transform(Number).pipe(number)],
    {
      error,
    },
  );
}

const anyPositive = positiveOr("a number above 0");

function positiveOr(error: string) {
  const number = z.number({ error }).positive({ error });
  const digits = z.string({ error }).regex(/^\s*\d+(\.\d+)?\s*$/, { error }).transform(Number).pipe(number);
  return z.union([number, digits], { error });
}

/** A number above 0, also as a text. */
export function positive() {
  return anyPositive;
}

// Spelt out, since a JSON Schema knows no flag for case.
const FLAG = /^\s*([Tt]rue|TRUE|[Ff]alse|FALSE|[Yy]es|YES|[Nn]o|NO|[Oo]n|ON|[Oo]ff|OFF)\s*$/;

const anyFlag = flagOr("true or false");

function flagOr(error: string) {
  const word = z.string({ error }).regex(FLAG, { error });
  return z.union([z.boolean({ error }), word.transform((value) => /^(true|yes|on)$/i.test(value.trim()))], {
    error,
  });
}

/** True or false, also as a text, and by the further words of YAML 1.1. */
export function flag() {
  return anyFlag;
}

const anyIdentifier = identifierOr("a text that is not empty, or a whole number");

function identifierOr(error: string) {
  return z.union([z.int({ error }).transform(String), text(error)], { error });
}

/** An identifier: a text or a whole number, as a text. */
export function identifier() {
  return anyIdentifier;
}

/** One of a few words. */
export function choice<const T extends readonly [string, ...string[]]>(...words: T) {
  return z.enum(words, { error: words.map((word) => `"${word}"`).join(" or ") });
}

/** A Devo tag. */
export function tag() {
  return text("a Devo tag").superRefine((value, context) => {
    const remark = tagRemark(value);
    if (remark?.severity === "error") context.addIssue({ code: "custom", message: remark.expected });
  });
}

/** An OData clause that can be and-ed to ours. */
export function filterClause() {
  return text("an OData clause").superRefine((clause, context) => {
    const expected = filterClauseRemark(clause);
    if (expected !== null) context.addIssue({ code: "custom", message: expected });
  });
}

/**
 * Why a clause cannot be and-ed to ours, completing "expected …"; `null` when it can.
 * Graph judges the rest: only what would change the meaning of our own clause is caught here.
 */
export function filterClauseRemark(clause: string): string | null {
  if (/[\r\n]/.test(clause)) return "an OData clause on one line";
  if (/^\s*[?&]?\$?filter\s*=/i.test(clause)) return 'an OData clause alone, without "$filter=" before it';
  if (/^\s*(and|or)[\s(]|[\s)](and|or)\s*$/i.test(clause)) {
    return "an OData clause that is whole: it is and-ed to the service's own by itself";
  }
  if (clause.replace(/'[^']*'/g, "").includes("%")) return "an OData clause in plain text, without %XX";
  let depth = 0;
  let quoted = false;
  for (const character of clause) {
    // A quote inside a literal is doubled, which leaves and enters it again.
    if (character === "'") quoted = !quoted;
    else if (!quoted && character === "(") depth++;
    else if (!quoted && character === ")" && --depth < 0) return 'an OData clause without a ")" too many';
  }
  if (quoted) return "an OData clause whose every ' is closed";
  if (depth > 0) return 'an OData clause whose every "(" is closed';
  return null;
}
