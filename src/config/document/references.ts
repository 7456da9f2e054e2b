/**
 * `${NAME}` and `${NAME:-default}` in the values of a configuration: the environment's text stands in their place. Keys
 * have none. The text is parsed before, so that no value can add a key or end a quote, and what was put in is not looked
 * through again.
 *
 * A text without `${NAME}` is what it always was, `$$` included: the secrets of old files mean what they meant. Only
 * beside one is `$$` a dollar, so that `$${NAME}` is the text `${NAME}`.
 */
import { parse } from "yaml";
import { isRecord } from "../check.ts";
import type { ConfigDocument } from "./document.ts";
import { isReplacement, placeholderRemark } from "./placeholders.ts";
import type { Path } from "./places.ts";
import { keyOf, MOST_CHARACTERS } from "./problems.ts";

/** Finds a reference in a text, for a JSON Schema. */
export const REFERENCE = String.raw`\$\{[A-Za-z_][A-Za-z0-9_]*(:-[^}]*)?\}`;

// With the forms of shells that are none here, so that `$${NAME:?}` can be written, too.
const ANY = /\$\{[A-Za-z_]\w*([:?+-][^}]*)?\}/;
const TOKEN = /\$\$|\$\{([A-Za-z_]\w*)(?::-([^}]*))?\}/g;

/** Where variables come from. */
type Env = Readonly<Record<string, string | undefined>>;

/** A text whose references were replaced. */
export interface ReplacedText {
  readonly text: string;
  /** It was one reference and nothing else. */
  readonly isWhole: boolean;
  /** What stands in the file between references. */
  readonly rest: string;
  /** The variables whose values are in it, by name. */
  readonly used: ReadonlyMap<string, string>;
  /** Those that are not set and have no default. */
  readonly unset: readonly string[];
}

/** Replaces the references in a text; `null` when it has none. */
export function replaceReferences(written: string, env: Env): ReplacedText | null {
  if (!ANY.test(written)) return null;
  const used = new Map<string, string>();
  const unset: string[] = [];
  const text = written.replace(TOKEN, (token, name: string | undefined, fallback: string | undefined) => {
    if (name === undefined) return token === "$$" ? "$" : token;
    const value = env[name];
    // As shells have it, a default stands for an empty variable, too.
    if (fallback !== undefined && (value === undefined || value === "")) return fallback;
    if (value === undefined) unset.push(name);
    else used.set(name, value);
    return value ?? "";
  });
  const rest = written.replace(TOKEN, "");
  const isWhole = rest === "" && /^\$\{[^}]*\}$/.test(written);
  return { text, isWhole, rest, used, unset };
}

/** A document with its references replaced. */
export interface ReplacedDocument extends Pick<ConfigDocument, "value" | "plainAt"> {
  /** Keys whose values had a reference, as {@linkcode keyOf} writes them. */
  readonly replaced: ReadonlySet<string>;
  /** What is wrong with references. */
  readonly problems: readonly ReferenceProblem[];
  /** A message without the values that came from the environment. */
  hide(message: string): string;
}

/** Something to be said of a reference. */
export interface ReferenceProblem {
  readonly severity: "error" | "warning";
  readonly path: Path;
  readonly message: string;
}

/** Replaces every reference in the values of a document. */
export function replaceInDocument({ value, plainAt }: ConfigDocument, env: Env): ReplacedDocument {
  const replaced = new Set<string>();
  const problems: ReferenceProblem[] = [];
  const hidden: (readonly [text: string, shown: string])[] = [];
  const walk = (node: unknown, path: Path): unknown => {
    if (isReplacement(path)) return node;
    if (Array.isArray(node)) return node.map((item, index) => walk(item, [...path, index]));
    if (isRecord(node)) {
      return Object.fromEntries(Object.entries(node).map(([key, item]) => [key, walk(item, [...path, key])]));
    }
    if (typeof node !== "string" || !node.includes("${")) return node;
    const found = replaceReferences(node, env);
    for (const said of remarksOn(node, found, path)) problems.push({ ...said, path });
    if (found === null) return node;
    replaced.add(keyOf(path));
    // It was told, and is not judged again.
    if (found.unset.length > 0) return node;
    if (found.used.size > 0) hidden.push([found.text, node]);
    for (const [name, text] of found.used) hidden.push([text, `\${${name}}`]);
    const isTyped = found.isWhole && !path.includes("credentials") && plainAt(path) !== null;
    return isTyped ? typed(found.text) : found.text;
  };
  return {
    value: walk(value, []),
    plainAt: (path) => replaced.has(keyOf(path)) ? null : plainAt(path),
    replaced,
    problems,
    hide: hiding(hidden),
  };
}

/** What is to be said of a text with `${` in it. Of a secret that holds one by chance, nothing is shown. */
function remarksOn(
  written: string,
  found: ReplacedText | null,
  path: Path,
): Pick<ReferenceProblem, "severity" | "message">[] {
  const isSecret = path.includes("credentials") && /^(client_secret|password)$/.test(String(path.at(-1)));
  const mayBeChance = isSecret && found?.isWhole !== true;
  if (found === null) {
    const message = 'holds "${", which begins no reference here; the text stays as it is';
    return mayBeChance && placeholderRemark(written) === null ? [{ severity: "warning", message }] : [];
  }
  const unset = [...new Set(found.unset)].map((name) =>
    ({ severity: "error", message: unsetRemark(name) }) as const
  );
  const rest = placeholderRemark(found.rest);
  const others = rest === null ? [] : [{ severity: "error", message: rest } as const];
  if (!mayBeChance) return [...unset, ...others];
  const own = "write $${ where the secret itself holds ${, and $$ for each other $ in it";
  if (unset.length > 0) {
    return [{ severity: "error", message: `holds \${…}, and no environment variable has its name; ${own}` }];
  }
  const message = `a part of it is replaced by an environment variable; ${own}`;
  return found.used.size > 0 ? [...others, { severity: "warning", message }] : others;
}

function unsetRemark(name: string): string {
  return `environment variable "${name}" is not set; set it, write \${${name}:-DEFAULT}, or $\${${name}} for the text itself`;
}

/** The number, true or false that YAML takes a text without quotes for; any other stays a text. */
function typed(text: string): unknown {
  if (!/^[-+]?[\w.]+$/.test(text)) return text;
  const value: unknown = parse(text, { schema: "core", logLevel: "error" });
  return typeof value === "number" || typeof value === "boolean" ? value : text;
}

/** Shorter values are words such as `true` and `us`; what is secret is longer. */
const SHORTEST_HIDDEN = 6;

/** Replaces texts, in the forms in which messages show values, by what stands for them. */
function hiding(hidden: readonly (readonly [text: string, shown: string])[]): (message: string) => string {
  const shownFor = new Map<string, string>();
  for (const [text, shown] of hidden) {
    for (const form of [text, text.trim(), text.slice(0, MOST_CHARACTERS)]) {
      if (form.length < SHORTEST_HIDDEN) continue;
      for (const one of [form.toLowerCase(), JSON.stringify(form.toLowerCase()).slice(1, -1)]) {
        if (!shownFor.has(one)) shownFor.set(one, shown);
      }
    }
  }
  if (shownFor.size === 0) return (message) => message;
  const longestFirst = [...shownFor.keys()].toSorted((a, b) => b.length - a.length);
  const escaped = longestFirst.map((text) => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  const pattern = new RegExp(escaped.join("|"), "gi");
  return (message) => message.replace(pattern, (found) => shownFor.get(found.toLowerCase()) ?? "…");
}
