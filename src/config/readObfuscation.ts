/** One rule of `obfuscation_data`. */
import type * as z from "zod";
import { asGraphtapError } from "../errors.ts";
import type { ObfuscationRule } from "./config.ts";
import type { Path } from "./document.ts";
import type { Reading } from "./reading.ts";
import { report, shownValue } from "./reading.ts";
import { createSecret, type Secret, type SecretSource } from "./secret.ts";
import type { Part } from "./section.ts";
import type { obfuscationSchema } from "./serviceSchema.ts";

/** A shorter key could be found by trying; e-mail addresses can then be told from their pseudonyms. */
const SHORTEST_KEY = 16;

/** The rule, or `null` when it names no path, which is noted already; the rest of it is judged all the same. */
export function readObfuscationRule(
  reading: Reading,
  rule: Part<z.output<typeof obfuscationSchema>>,
  path: Path,
): ObfuscationRule | null {
  if (rule.pseudonym !== undefined && rule.value !== undefined) {
    report(reading, "error", path, "has both value and pseudonym; keep one");
  }
  if (rule.string_patterns?.length && rule.value !== undefined && typeof rule.value !== "string") {
    const message = `found ${
      shownValue(rule.value)
    }, expected a text (in quotes): it replaces parts of texts`;
    report(reading, "error", [...path, "value"], message);
  }
  const pseudonymKey = rule.pseudonym === undefined
    ? null
    : readPseudonymKey(reading, rule.pseudonym.key, [...path, "pseudonym", "key"]);
  return rule.name === undefined
    ? null
    : { path: rule.name, value: rule.value, stringPatterns: rule.string_patterns ?? [], pseudonymKey };
}

/** The key that pseudonyms are made with; read once here, to prove that it can be. */
function readPseudonymKey(reading: Reading, source: SecretSource, path: Path): Secret {
  const secret = createSecret(source, reading.options);
  try {
    if (secret.reveal().length >= SHORTEST_KEY) return secret;
    report(
      reading,
      "error",
      path,
      `found a key of fewer than ${SHORTEST_KEY} characters, expected a long random one`,
    );
  } catch (error) {
    report(reading, "error", path, asGraphtapError(error).message);
  }
  return secret;
}
