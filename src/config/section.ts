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
  /** All values, when all are right. */
  readonly whole: z.output<z.ZodObject<S>> | null;
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
    return { values: {}, whole: null };
  }
  reportUnknownKeys(reading, schema, value, path);
  const values: Record<string, unknown> = {};
  let complete = true;
  for (const [name, field] of Object.entries(schema.shape)) {
    // A key without a value is a key not given.
    const given = Object.hasOwn(value, name) ? value[name] ?? undefined : undefined;
    const result = readField(reading, field as z.ZodType, given, [...path, name]);
    if (result === null) complete = false;
    else values[name] = result.value;
  }
  // Each value came out of the schema of its own key.
  return {
    values: values as Section<S>["values"],
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
    const current = known.filter((key) =>
      keyNotes.get(schema.shape[key] as z.ZodType)?.retired === undefined
    );
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
): { readonly value: unknown } | null {
  const notes = keyNotes.get(schema) ?? {};
  if (given !== undefined) {
    remark(reading, notes, path);
    if (reading.placeholders.has(keyOf(path))) return null;
    const block = unwrap(schema);
    if (block instanceof z.ZodObject) {
      const { whole } = readSection(reading, block, given, path, notes);
      return whole === null ? null : { value: whole };
    }
    if (block instanceof z.ZodArray && block.element instanceof z.ZodObject && Array.isArray(given)) {
      const element = block.element;
      const items = given.map((item, index) => readSection(reading, element, item, [...path, index]).whole);
      return items.includes(null) ? null : { value: items };
    }
  }
  const result = schema.safeParse(given);
  if (result.success) return { value: result.data };
  for (const issue of result.error.issues) reportIssue(reading, issue, given, path, notes);
  return null;
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
  if (given === undefined) {
    const message = `is missing; expected ${issue.message}`;
    report(reading, "error", at, message, { collector: notes.missing ?? notes.wrong });
    return;
  }
  const found = inner.reduce<unknown>((value, step) => (value as Record<string, unknown>)?.[step], given);
  const shown = notes.secret ? kindOf(found) : shownValue(found);
  report(reading, "error", at, `found ${shown}, expected ${issue.message}`, { collector: notes.wrong });
}

function remark(reading: Reading, notes: KeyNotes, path: Path): void {
  const idle = notes.idle === true ? undefined : notes.idle;
  const text = notes.retired === undefined ? idle : `1.x key: ${notes.retired}`;
  if (text === undefined) return;
  const name = String(path.at(-1));
  const earlier = reading.remarks.get(name);
  if (earlier === undefined) reading.remarks.set(name, { text, paths: [path] });
  else earlier.paths.push(path);
}

function unwrap(schema: z.ZodType): z.ZodType {
  let inner = schema;
  while (inner instanceof z.ZodOptional || inner instanceof z.ZodNullable || inner instanceof z.ZodDefault) {
    inner = inner.unwrap() as z.ZodType;
  }
  return inner;
}
