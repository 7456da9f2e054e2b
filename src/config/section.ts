/** Reads a block key by key, so that one wrong value hides no other problem. */
import * as z from "zod";
import type { Path } from "./document.ts";
import type { KeyNotes } from "./field.ts";
import { keyNotes } from "./field.ts";
import { nearest } from "./nearest.ts";
import type { Reading } from "./reading.ts";
import { keyOf, kindOf, report, shownKey, shownValue } from "./reading.ts";

/** What was found in a block. */
export interface Section<S extends z.ZodRawShape> {
  /** The values that are right. */
  readonly values: { readonly [K in keyof S]?: z.output<S[K]> };
  /** What is right within blocks and lists of blocks, whether or not all of their keys are. */
  readonly parts: { readonly [K in keyof S]?: Part<z.output<S[K]>> };
  /** All values, when all are right. */
  readonly whole: z.output<z.ZodObject<S>> | null;
}

/** A value of which only some keys may be right. */
export type Part<T> = T extends readonly (infer E)[] ? readonly Part<E>[]
  : T extends object ? { readonly [K in keyof T]?: T[K] }
  : T;

/** What became of one key: `value` when it is right, `part` of a block or a list of blocks. */
interface FieldReading {
  readonly value?: unknown;
  readonly part?: unknown;
  readonly isRight: boolean;
}

/** Whether a value is a map of keys. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Reads `value` as the block that `schema` describes, and notes every problem in it. */
export function readSection<S extends z.ZodRawShape>(
  reading: Reading,
  schema: z.ZodObject<S>,
  value: unknown,
  path: Path,
  notes: KeyNotes = keyNotes.get(schema) ?? {},
): Section<S> {
  if (!isRecord(value)) {
    if (!reading.placeholders.has(keyOf(path))) {
      report(reading, "error", path, `found ${kindOf(value)}, expected a map of keys`, {
        collector: notes.wrong,
      });
    }
    return { values: {}, parts: {}, whole: null };
  }
  reportUnknownKeys(reading, schema, value, path);
  const values: Record<string, unknown> = {};
  const parts: Record<string, unknown> = {};
  let complete = true;
  for (const [name, field] of Object.entries(schema.shape)) {
    // A key without a value is a key not given.
    const given = Object.hasOwn(value, name) ? value[name] ?? undefined : undefined;
    const { renamed } = keyNotes.get(field as z.ZodType) ?? {};
    if (given !== undefined && renamed !== undefined && value[renamed] != null) {
      const message = `is the old name of ${renamed}, which is given, too; keep ${renamed}`;
      report(reading, "error", [...path, name], message, { at: "key" });
      complete = false;
      continue;
    }
    const result = readField(reading, field as z.ZodType, given, [...path, name]);
    if (result.isRight) values[name] = result.value;
    else complete = false;
    if (result.part !== undefined) parts[name] = result.part;
  }
  // Each value came out of the schema of its own key.
  return {
    values: values as Section<S>["values"],
    parts: parts as Section<S>["parts"],
    whole: complete ? values as z.output<z.ZodObject<S>> : null,
  };
}

/** Notes every key of `value` that `schema` does not know. */
export function reportUnknownKeys(
  reading: Reading,
  schema: z.ZodObject,
  value: Readonly<Record<string, unknown>>,
  path: Path,
): void {
  const known = Object.keys(schema.shape);
  const severity = keyNotes.get(schema)?.lenient ? "warning" : "error";
  for (const name of Object.keys(value)) {
    if (known.includes(name)) continue;
    const shown = shownKey(name);
    const close = nearest(shown.replace("…", ""), known);
    const home = reading.homes.get(name);
    const hint = home ? ` (it belongs in ${home})` : close ? ` (did you mean "${close}"?)` : "";
    const current = known.filter((key) => {
      const { retired, renamed, idle } = keyNotes.get(schema.shape[key] as z.ZodType) ?? {};
      return retired === undefined && renamed === undefined && idle === undefined;
    });
    const list = hint === "" ? `; known: ${current.join(", ")}` : "";
    const ignored = severity === "warning" ? ", ignored" : "";
    report(reading, severity, [...path, name], `unknown key "${shown}"${ignored}${hint}${list}`, {
      at: "key",
    });
  }
}

function readField(
  reading: Reading,
  schema: z.ZodType,
  given: unknown,
  path: Path,
): FieldReading {
  const notes = keyNotes.get(schema) ?? {};
  if (given !== undefined) {
    remark(reading, notes, path);
    if (reading.placeholders.has(keyOf(path))) return { isRight: false };
    const block = unwrap(schema);
    if (block instanceof z.ZodObject) {
      const { values, whole } = readSection(reading, block, given, path, notes);
      return { value: whole, part: values, isRight: whole !== null };
    }
    if (block instanceof z.ZodArray && block.element instanceof z.ZodObject && Array.isArray(given)) {
      const element = block.element;
      const items = given.map((item, index) => readSection(reading, element, item, [...path, index]));
      const value = items.map(({ whole }) => whole);
      return { value, part: items.map(({ values }) => values), isRight: !value.includes(null) };
    }
  }
  const result = schema.safeParse(given);
  if (result.success) return { value: result.data, isRight: true };
  for (const issue of result.error.issues) reportIssue(reading, issue, given, path, notes);
  return { isRight: false };
}

function reportIssue(
  reading: Reading,
  issue: z.core.$ZodIssue,
  given: unknown,
  path: Path,
  notes: KeyNotes,
): void {
  const inner = issue.path.filter((step) => typeof step !== "symbol");
  const at = [...path, ...inner];
  if (reading.placeholders.has(keyOf(at))) return;
  const isBlank = typeof given === "string" && given.trim() === "";
  if (given === undefined || (isBlank && notes.missing !== undefined)) {
    const message = `is ${isBlank ? "empty" : "missing"}; expected ${issue.message}`;
    report(reading, "error", at, message, { collector: notes.missing ?? notes.wrong });
    return;
  }
  const found = inner.reduce<unknown>((value, step) => (value as Record<string, unknown>)?.[step], given);
  const shown = notes.secret ? kindOf(found) : shownValue(found);
  const collector = typeof found === "string" ? notes.wrong : notes.noText ?? notes.wrong;
  report(reading, "error", at, `found ${shown}, expected ${issue.message}`, { collector });
}

function remark(reading: Reading, notes: KeyNotes, path: Path): void {
  const text = remarkOn(reading, notes, path);
  if (text === null) return;
  const name = String(path.at(-1));
  const earlier = reading.remarks.get(name);
  if (earlier === undefined) reading.remarks.set(name, { text, paths: [path] });
  else earlier.paths.push(path);
}

function remarkOn(reading: Reading, { retired, renamed, idle }: KeyNotes, path: Path): string | null {
  if (retired !== undefined) return `1.x key: ${retired}`;
  if (renamed === undefined) return typeof idle === "string" ? idle : null;
  const line = reading.document.placeOf(path, "key")?.line;
  return `deprecated; write ${renamed} in line ${line}`;
}

function unwrap(schema: z.ZodType): z.ZodType {
  let inner = schema;
  while (inner instanceof z.ZodOptional || inner instanceof z.ZodNullable || inner instanceof z.ZodDefault) {
    inner = inner.unwrap() as z.ZodType;
  }
  return inner;
}
