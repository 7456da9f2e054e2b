import { addSeconds, type Instant, parseInstant } from "../../instant.ts";
import type { FilterType, Plugin } from "../../plugin/plugin.ts";
import { type Expression, QueryError } from "../odata/expression.ts";
import { parseFilter } from "../odata/parse.ts";
import { array, type Member, object, scalar, texts, ticks, time } from "./json.ts";
import type { Recipe } from "./recipe.ts";
import type { Sample } from "./samples.ts";

type Scalar = string | number | boolean;

/** A member, and the finished JSON of its value or the members that it holds. */
type Tree = Map<string, string | Tree>;

/**
 * Records of a general shape, learned from the plugin alone: its example, an id, the cursor's time, every property that a
 * filter may name, and what decides the tag. Values that the plugin's own filters and tags ask for are among them, and
 * some that it does not know.
 */
export function generalSample(plugin: Plugin): Sample {
  const known = valuesOf(plugin);
  const { cursor } = plugin;
  const make = (recipe: Recipe) => object(membersOf(recordOf(plugin, known, recipe)));
  if (cursor.kind === "event-time") return { make };
  return {
    make,
    change: ({ revision }, when) => ({
      revision: String((Number(revision) || 0) + 1),
      ...(cursor.kind === "update-time" ? { [cursor.field]: time(when) } : {}),
    }),
  };
}

function recordOf(plugin: Plugin, known: ReadonlyMap<string, readonly Scalar[]>, recipe: Recipe): Tree {
  const { random, n, at, room } = recipe;
  const { cursor, tag, example } = plugin;
  const moment = ticks(at, random, room);
  const before = addSeconds(moment, -1 - n % 240);
  const id = scalar(n % 4 === 3 ? `${random.digits(18)}_-${n}` : random.guid());
  const tree: Tree = new Map([["id", id]]);
  if (example === undefined) invent(tree, recipe, before);
  else {for (const [name, value] of Object.entries(example)) {
      if (name !== "id") tree.set(name, like(value, before));
    }}
  if (cursor.field !== undefined) set(tree, cursor.field, time(moment));
  const elements = new Map<string, Member[]>();
  for (const { type = "string", properties, within } of plugin.filters ?? []) {
    for (const path of properties) {
      const asked = known.get(within === undefined ? path : `${within}/${path}`);
      if (example !== undefined && asked === undefined && has(tree, within ?? path)) continue;
      const value = valueOf(type, asked, recipe);
      if (within !== undefined) elements.set(within, [...elements.get(within) ?? [], [path, value]]);
      else if (path !== "id" && path !== cursor.field) set(tree, path, value);
    }
  }
  for (const [path, members] of elements) set(tree, path, n % 3 === 2 ? "[]" : array([object(members)]));
  if (typeof tag !== "string") {
    const type = plugin.filters?.find(({ properties }) => properties.includes(tag.field))?.type ?? "string";
    set(tree, tag.field, valueOf(type, known.get(tag.field), recipe));
  }
  return tree;
}

/** Members for a collection of which no record is known. */
function invent(tree: Tree, { random, cast, n }: Recipe, before: Instant): void {
  set(tree, "tenantId", scalar(cast.tenantId));
  set(tree, "createdDateTime", time(before));
  set(tree, "displayName", scalar(`${random.pick(cast.people).name} – “${random.pick(cast.groups).name}”`));
  set(tree, "revision", "1");
  // Neither survives being parsed and written again.
  set(tree, "weight", n % 3 === 0 ? "1.0" : "12345678901234567890");
  set(tree, "detail", n % 5 === 0 ? "null" : `{"10":"ten","2":"two","note":"one\\u00a0of ${n}"}`);
}

/** A value as in the example; times are those of this record. */
function like(value: unknown, at: Instant): string | Tree {
  if (typeof value === "string" && parseInstant(value) !== null) return time(at);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return JSON.stringify(value);
  return new Map(Object.entries(value).map(([name, inner]) => [name, like(inner, at)]));
}

function has(tree: Tree, path: string): boolean {
  const [name = "", ...rest] = path.split("/");
  const inner = tree.get(name);
  return rest.length === 0 ? inner !== undefined : inner instanceof Map && has(inner, rest.join("/"));
}

/** Puts a finished JSON at a path; objects on the way are made. */
function set(tree: Tree, path: string, json: string): void {
  const [name = "", ...rest] = path.split("/");
  if (rest.length === 0) return void tree.set(name, json);
  const inner = tree.get(name);
  const held: Tree = inner instanceof Map ? inner : new Map();
  tree.set(name, held);
  set(held, rest.join("/"), json);
}

function membersOf(tree: Tree): Member[] {
  return [...tree].map((
    [name, value],
  ) => [name, typeof value === "string" ? value : object(membersOf(value))]);
}

/** A value of this type: those that are known in turn, then one that is not. */
function valueOf(type: FilterType, known: readonly Scalar[] = [], { random, n, at }: Recipe): string {
  const value = known[n % (known.length + 1)];
  switch (type) {
    case "instant":
      return time(at);
    case "number":
      return scalar(value ?? random.int(0, 100));
    case "boolean":
      return scalar(value ?? n % 2 === 0);
    case "strings":
      return texts(n % 7 === 6 ? [] : [String(value ?? "other"), ...(n % 5 === 4 ? ["more"] : [])]);
    case "string":
      return scalar(value ?? random.pick(["other", "high", "low", "Überwachung"]));
  }
}

/** Values that the plugin speaks of, by property: in its filters, and in its table of tags. */
function valuesOf({ filter, variants, tag }: Plugin): ReadonlyMap<string, readonly Scalar[]> {
  const values = new Map<string, Scalar[]>();
  const add = (path: string, value: Scalar) => {
    const held = values.get(path) ?? [];
    if (!held.includes(value)) values.set(path, [...held, value]);
  };
  const clauses = [filter, ...(variants ?? []).map((variant) => variant.filter)];
  for (const clause of clauses) if (clause !== undefined) walk(parsed(clause), add);
  if (typeof tag !== "string") {
    for (const value of Object.keys(tag.tags)) add(tag.field, value);
    if (tag.ignoreCase) { for (const value of Object.keys(tag.tags)) add(tag.field, value.toUpperCase()); }
  }
  return values;
}

/** A clause that the emulator cannot read is refused when it is asked for. */
function parsed(clause: string): Expression | null {
  try {
    return parseFilter(clause);
  } catch (error) {
    if (error instanceof QueryError) return null;
    throw error;
  }
}

function walk(part: Expression | null, add: (path: string, value: Scalar) => void): void {
  if (part === null) return;
  if (part.kind === "not") return walk(part.operand, add);
  if (part.kind === "any") {
    return walk(part.inner, (path, value) => add(path.replace(part.variable, part.path), value));
  }
  if (part.kind === "test") {
    const { literal } = part;
    if (literal.type !== "null" && literal.type !== "instant") add(part.path, literal.value);
    return;
  }
  walk(part.left, add);
  walk(part.right, add);
}
