/** A rule of `obfuscation_data`: its keys, and what they say. */
import * as z from "zod";
import type { RightParts } from "./check.ts";
import type { ObfuscationRule } from "./config.ts";
import { key, text } from "./field.ts";
import type { Pattern, PatternCompiler } from "./patterns/pattern.ts";
import { PatternError } from "./patterns/reading.ts";
import type { Path } from "./document/places.ts";
import { type Report, reportFailure, shownValue } from "./document/problems.ts";
import {
  createSecret,
  type Secret,
  type SecretReaders,
  secretSchema,
  type SecretSource,
} from "./credentials/secret.ts";

/** The keys of a rule. What its patterns mean is judged with the rest of it, below. */
export const obfuscationSchema = z.strictObject({
  name: key(
    z.array(text("a key"), { error: "a list of keys" }).min(1, "a list of at least one key"),
    'Path from the record\'s top, key by key; "*" is every key or element.',
    { examples: [["location", "*"]] },
  ),
  value: key(
    z.union([z.string(), z.number(), z.boolean()], { error: "a text, a number, true or false" }).optional(),
    "The replacement; a default by type when it is absent.",
  ),
  string_patterns: key(
    z.array(z.string({ error: "a regular expression" }).min(1, "a regular expression"), {
      error: "a list of regular expressions",
    }).optional(),
    "Replace only what one of these matches: regular expressions of Python 3.9.",
    { examples: [["[0-9]+$"]] },
  ),
  pseudonym: key(
    z.strictObject({ key: key(secretSchema, "The key, 16 characters or more.", { secret: true }) }, {
      error: "a block with key",
    }).optional(),
    "Replace the value by a token that is always the same for the same value under the same key.",
    { examples: [{ key: { env: "GRAPHTAP_PSEUDONYM_KEY" } }] },
  ),
});

/** What a rule is read with. */
export interface RuleReaders extends SecretReaders {
  /** Makes patterns, each distinct one once; `null` where nothing that runs them was loaded. */
  readonly compilePattern: PatternCompiler | null;
}

/** A shorter key could be found by trying; e-mail addresses can then be told from their pseudonyms. */
const SHORTEST_KEY = 16;

/** The rule, or `null` when it names no path, which is noted already; the rest of it is judged all the same. */
export function readObfuscationRule(
  rule: RightParts<z.output<typeof obfuscationSchema>>,
  path: Path,
  readers: RuleReaders,
  report: Report,
): ObfuscationRule | null {
  if (rule.pseudonym !== undefined && rule.value !== undefined) {
    report("error", path, "has both value and pseudonym; keep one");
  }
  if (rule.string_patterns?.length && rule.value !== undefined && typeof rule.value !== "string") {
    const message = `found ${
      shownValue(rule.value)
    }, expected a text (in quotes): it replaces parts of texts`;
    report("error", [...path, "value"], message);
  }
  const pseudonymKey = rule.pseudonym === undefined
    ? null
    : readPseudonymKey(rule.pseudonym.key, [...path, "pseudonym", "key"], readers, report);
  const stringPatterns = (rule.string_patterns ?? []).flatMap((source, index) =>
    readPattern(source, [...path, "string_patterns", index], readers, report) ?? []
  );
  return rule.name === undefined
    ? null
    : { path: rule.name, value: rule.value, stringPatterns, pseudonymKey };
}

/** The pattern, or `null` when it is refused, which is noted. */
function readPattern(
  source: string,
  path: Path,
  { compilePattern }: RuleReaders,
  report: Report,
): Pattern | null {
  try {
    if (compilePattern !== null) return compilePattern(source);
    report("error", path, "cannot be used here: nothing that runs patterns was loaded");
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    report("error", path, `found ${shownValue(source)}, expected ${error.message}`);
  }
  return null;
}

/** The key that pseudonyms are made with; read once here, to prove that it can be. */
function readPseudonymKey(
  source: SecretSource,
  path: Path,
  readers: SecretReaders,
  report: Report,
): Secret {
  const secret = createSecret(source, readers);
  try {
    if (secret.reveal().length >= SHORTEST_KEY) return secret;
    report(
      "error",
      path,
      `found a key of fewer than ${SHORTEST_KEY} characters, expected a long random one`,
    );
  } catch (error) {
    reportFailure(error, path, report);
  }
  return secret;
}
