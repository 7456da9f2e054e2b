/** Checks a block key by key by its schema, so that one wrong value hides no other problem. */
import * as z from "zod";
import type { Registry } from "../plugin/registry.ts";
import type { KeyNotes } from "./field.ts";
import { flag, keyNotes } from "./field.ts";
import { nearest } from "./nearest.ts";
import { isReplacement, placeholderRemark } from "./document/placeholders.ts";
import type { Path } from "./document/places.ts";
import { keyOf, kindOf, type Report, shownKey, shownValue } from "./document/problems.ts";

/** What is known of the file around a block that is checked. */
export interface CheckContext {
  readonly registry: Registry;
  readonly report: Report;
  /** Keys that hold a placeholder, as {@linkcode keyOf} writes them: noted already, so not judged again. */
  readonly placeholders: ReadonlySet<string>;
  /** What stands in the file for a plain scalar; `null` for any other value. */
  readonly plainAt: (path: Path) => string | null;
  /** Block to which a known key belongs, for one found in the wrong place. */
  readonly homes: ReadonlyMap<string, string>;
}

/** What was found in a block. */
export interface CheckedBlock<S extends z.ZodRawShape> {
  /** The values that are right, or the defaults of keys that are not given. */
  readonly values: { readonly [K in keyof S]?: z.output<S[K]> };
  /** Those of `values` that stand in the file. */
  readonly given: { readonly [K in keyof S]?: z.output<S[K]> };
  /** What is right within blocks and lists of blocks, whether or not all of their keys are. */
  readonly parts: { readonly [K in keyof S]?: RightParts<z.output<S[K]>> };
  /** All values, when all are right. */
  readonly whole: z.output<z.ZodObject<S>> | null;
}

/** A value of which only some keys may be right. */
export type RightParts<T> = T extends readonly (infer E)[] ? readonly RightParts<E>[]
  : T extends object ? { readonly [K in keyof T]?: T[K] }
  : T;

/** What became of one key: `value` when it is right, `part` of a block or a list of blocks. */
interface CheckedField {
  readonly value?: unknown;
  readonly part?: unknown;
  readonly isRight: boolean;
}

/** Whether a value is a map of keys. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether a value is a text with nothing in it. */
export function isBlank(value: unknown): boolean {
  return typeof value === "string" && value.trim() === "";
}

/** Checks `value` as the block that `schema` describes, and reports every problem in it. */
export function checkBlock<S extends z.ZodRawShape>(
  context: CheckContext,
  schema: z.ZodObject<S>,
  value: unknown,
  path: Path,
  notes: KeyNotes = keyNotes.get(schema) ?? {},
): CheckedBlock<S> {
  if (!isRecord(value)) {
    if (!context.placeholders.has(keyOf(path))) {
      const message = `found ${kindOf(value)}, expected a map of keys`;
      context.report("error", path, message, { collector: notes.wrong });
    }
    return { values: {}, given: {}, parts: {}, whole: null };
  }
  checkKeys(context, schema, value, path);
  const values: Record<string, unknown> = {};
  const given: Record<string, unknown> = {};
  const parts: Record<string, unknown> = {};
  let complete = true;
  for (const [name, field] of Object.entries(schema.shape)) {
    const written = givenOf(value, name, field as z.ZodType);
    const at = [...path, name];
    const result = isDoubled(context, field as z.ZodType, value, at)
      ? { isRight: false }
      : checkField(context, field as z.ZodType, written, at);
    if (result.isRight) values[name] = result.value;
    else complete = false;
    if (result.isRight && written !== undefined) given[name] = result.value;
    if (result.part !== undefined) parts[name] = result.part;
  }
  // Each value came out of the schema of its own key.
  return {
    values: values as CheckedBlock<S>["values"],
    given: given as CheckedBlock<S>["given"],
    parts: parts as CheckedBlock<S>["parts"],
    whole: complete ? values as z.output<z.ZodObject<S>> : null,
  };
}

/** A key without a value is a key not given. */
function valueOf(block: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(block, name) ? block[name] ?? undefined : undefined;
}

/**
 * The same, and an empty text, which cloud forms write for every field that was left empty, is none where the key may
 * be left out and an empty text means nothing.
 */
function givenOf(block: Readonly<Record<string, unknown>>, name: string, schema: z.ZodType): unknown {
  const value = valueOf(block, name);
  if (!isBlank(value) || schema.safeParse(value).success) return value;
  return schema.safeParse(undefined).success ? undefined : value;
}

/** Whether a key is given by its old name and by its own. */
function isDoubled(
  { report }: CheckContext,
  schema: z.ZodType,
  block: Readonly<Record<string, unknown>>,
  path: Path,
): boolean {
  const { renamed } = keyNotes.get(schema) ?? {};
  const isGiven = (name: string) => valueOf(block, name) !== undefined && !isBlank(valueOf(block, name));
  if (renamed === undefined || !isGiven(renamed) || !isGiven(String(path.at(-1)))) return false;
  report("error", path, `is the old name of ${renamed}, which is given, too; keep ${renamed}`, { at: "key" });
  return true;
}

/** Reports every key of `value` that `schema` does not know. */
export function checkKeys(
  { report, homes }: CheckContext,
  schema: z.ZodObject,
  value: Readonly<Record<string, unknown>>,
  path: Path,
): void {
  const known = Object.keys(schema.shape);
  const severity = keyNotes.get(schema)?.lenient ? "warning" : "error";
  const strangers = Object.keys(value).filter((name) => !known.includes(name));
  for (const name of firstOf(strangers, path, severity, report)) {
    const shown = shownKey(name);
    const close = nearest(shown.replace("…", ""), known);
    const home = homes.get(name);
    const hint = home ? ` (it belongs in ${home})` : close ? ` (did you mean "${close}"?)` : "";
    const current = known.filter((key) => {
      const { retired, renamed, idle } = keyNotes.get(schema.shape[key] as z.ZodType) ?? {};
      return retired === undefined && renamed === undefined && idle === undefined;
    });
    const list = hint === "" ? `; known: ${current.join(", ")}` : "";
    const ignored = severity === "warning" ? ", ignored" : "";
    report(severity, [...path, name], `unknown key "${shown}"${ignored}${hint}${list}`, {
      at: "key",
    });
  }
}

/** Each is compared with every known name, and nobody reads more. */
const MOST_STRANGERS = 100;

/** The first of the names that a block does not know; of the others only their number is told. */
export function firstOf(
  strangers: readonly string[],
  path: Path,
  severity: "error" | "warning",
  report: Report,
): readonly string[] {
  const [next] = strangers.slice(MOST_STRANGERS);
  if (next === undefined) return strangers;
  const more = strangers.length - MOST_STRANGERS;
  report(severity, [...path, next], `and ${more} more unknown names in this block, from here on`, {
    at: "key",
  });
  return strangers.slice(0, MOST_STRANGERS);
}

function checkField(
  context: CheckContext,
  schema: z.ZodType,
  given: unknown,
  path: Path,
): CheckedField {
  const notes = keyNotes.get(schema) ?? {};
  if (given !== undefined) {
    remark(context, notes, path);
    if (context.placeholders.has(keyOf(path))) return { isRight: false };
    const block = unwrap(schema);
    if (block instanceof z.ZodObject) {
      const { values, whole } = checkBlock(context, block, given, path, notes);
      return { value: whole, part: values, isRight: whole !== null };
    }
    if (block instanceof z.ZodArray && block.element instanceof z.ZodObject && Array.isArray(given)) {
      const element = block.element;
      const items = given.map((item, index) => checkBlock(context, element, item, [...path, index]));
      const value = items.map(({ whole }) => whole);
      return { value, part: items.map(({ values }) => values), isRight: !value.includes(null) };
    }
  }
  const result = schema.safeParse(given);
  if (result.success) {
    // Of a secret, a placeholder may stand within: {env: <name>}.
    const isReplaced = !findPlaceholders(given, path).some((found) =>
      context.placeholders.has(keyOf(found.path))
    );
    return { value: result.data, isRight: isReplaced };
  }
  for (const issue of result.error.issues) reportIssue(context, issue, given, path, notes);
  return { isRight: false };
}

function reportIssue(
  { report, placeholders }: CheckContext,
  issue: z.core.$ZodIssue,
  given: unknown,
  path: Path,
  notes: KeyNotes,
): void {
  const inner = issue.path.filter((step) => typeof step !== "symbol");
  const at = [...path, ...inner];
  if (placeholders.has(keyOf(at))) return;
  const isEmpty = isBlank(given);
  if (given === undefined || (isEmpty && notes.missing !== undefined)) {
    const message = `is ${isEmpty ? "empty" : "missing"}; expected ${issue.message}`;
    report("error", at, message, { collector: notes.missing ?? notes.wrong });
    return;
  }
  const found = inner.reduce<unknown>((value, step) => (value as Record<string, unknown>)?.[step], given);
  const shown = notes.secret ? kindOf(found) : shownValue(found);
  const collector = typeof found === "string" ? notes.wrong : notes.noText ?? notes.wrong;
  report("error", at, `found ${shown}, expected ${issue.message}`, { collector });
}

/** Says what is to be known of a key that is no current one. */
function remark({ report }: CheckContext, { retired, renamed, idle }: KeyNotes, path: Path): void {
  const details = { at: "key", once: true } as const;
  if (retired !== undefined) report("warning", path, `1.x key: ${retired}`, details);
  else if (renamed !== undefined) {
    report("warning", path, `deprecated; write ${renamed}`, { ...details, saysLine: true });
  } else if (typeof idle === "string") report("warning", path, idle, details);
}

function unwrap(schema: z.ZodType): z.ZodType {
  let inner = schema;
  while (inner instanceof z.ZodOptional || inner instanceof z.ZodNullable || inner instanceof z.ZodDefault) {
    inner = inner.unwrap() as z.ZodType;
  }
  return inner;
}

/** Something that stands where a value should. */
export interface Placeholder {
  readonly path: Path;
  /** What it is and what to do. */
  readonly message: string;
}

/** Every text within `value` that is a placeholder or holds a variable. */
export function findPlaceholders(value: unknown, path: Path = []): Placeholder[] {
  if (isReplacement(path)) return [];
  if (typeof value === "string") {
    const message = placeholderRemark(value);
    return message === null ? [] : [{ path, message }];
  }
  if (Array.isArray(value)) return value.flatMap((item, index) => findPlaceholders(item, [...path, index]));
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([name, item]) => findPlaceholders(item, [...path, name]));
}

const FLAG = flag();

/** Whether a block says `enabled: false`: then nothing else in it counts. */
export function isSwitchedOff(block: unknown): boolean {
  return isRecord(block) && block["enabled"] !== undefined && FLAG.safeParse(block["enabled"]).data === false;
}

/** The same context, whose reports nobody hears. */
export function unheard<C extends CheckContext>(context: C): C {
  return { ...context, report: () => {} };
}
