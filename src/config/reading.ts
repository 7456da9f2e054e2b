/** What one reading of a configuration carries along, and how a problem is noted in it. */
import type { Registry } from "../plugin/registry.ts";
import type { Instant } from "../instant.ts";
import type { Problem } from "./config.ts";
import type { ConfigDocument, Path } from "./document.ts";
import type { SecretReaders } from "./secret.ts";

/** What a configuration is read with. */
export interface ReadOptions extends SecretReaders {
  readonly registry: Registry;
  /** Start times must be before it. */
  readonly now: Instant;
}

/** A reading under way. */
export interface Reading {
  readonly options: ReadOptions;
  readonly document: ConfigDocument;
  readonly problems: Problem[];
  /** Keys that hold a placeholder, as {@linkcode keyOf} writes them: noted already, so not judged again. */
  readonly placeholders: ReadonlySet<string>;
  /** Block to which a known key belongs, for one found in the wrong place. */
  readonly homes: ReadonlyMap<string, string>;
  /** 1.x and idle keys, each with its places: one warning a key, however many services have it. */
  readonly remarks: Map<string, { readonly text: string; readonly paths: Path[] }>;
}

/** More on a problem. */
export interface ReportDetails {
  /** What it points to. @default "value" */
  readonly at?: "key" | "value";
  readonly collector?: readonly [string, number];
}

/** Notes a problem. */
export function report(
  reading: Reading,
  severity: Problem["severity"],
  path: Path,
  message: string,
  details: ReportDetails = {},
): void {
  const place = reading.document.placeOf(path, details.at ?? "value");
  reading.problems.push({
    severity,
    line: place?.line ?? null,
    column: place?.column ?? null,
    key: keyOf(path),
    message,
    ...(details.collector && { collector: details.collector }),
  });
}

/** A path as it is shown: steps joined by dots. */
export function keyOf(path: Path): string {
  return path.map((step) => typeof step === "number" ? String(step) : shownKey(step)).join(".");
}

/**
 * A key as it is shown: cut at the first character that no key has. Without the space after its colon,
 * `{client_secret:abc}` is one key, secret included.
 */
export function shownKey(key: string): string {
  const plain = /^[\w.@$*-]{0,64}/.exec(key)?.[0] ?? "";
  return plain === key ? key : `${plain}…`;
}

/** A value as it is shown. */
export function shownValue(value: unknown): string {
  if (typeof value === "string") {
    return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  }
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "a map" : String(value);
}

/** The kind of a value, for one that must not be shown. */
export function kindOf(value: unknown): string {
  if (typeof value === "string") return "a text";
  if (typeof value === "number") return "a number";
  return typeof value === "boolean" ? "true or false" : shownValue(value);
}
