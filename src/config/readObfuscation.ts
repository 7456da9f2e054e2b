/** One rule of `obfuscation_data`. */
import type * as z from "zod";
import { asGraphtapError } from "../errors.ts";
import type { RightParts } from "./check.ts";
import type { ObfuscationRule } from "./config.ts";
import type { Path } from "./places.ts";
import { type Report, shownValue } from "./problems.ts";
import { createSecret, type Secret, type SecretReaders, type SecretSource } from "./secret.ts";
import type { obfuscationSchema } from "./serviceSchema.ts";

/** A shorter key could be found by trying; e-mail addresses can then be told from their pseudonyms. */
const SHORTEST_KEY = 16;

/** The rule, or `null` when it names no path, which is noted already; the rest of it is judged all the same. */
export function readObfuscationRule(
  rule: RightParts<z.output<typeof obfuscationSchema>>,
  path: Path,
  readers: SecretReaders,
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
  return rule.name === undefined
    ? null
    : { path: rule.name, value: rule.value, stringPatterns: rule.string_patterns ?? [], pseudonymKey };
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
    report("error", path, asGraphtapError(error).message);
  }
  return secret;
}
