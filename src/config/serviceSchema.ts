/** The keys of a rule of `obfuscation_data`. */
import * as z from "zod";
import { key, text } from "./field.ts";
import { explosivePart } from "./patternSafety.ts";
import { secretSchema } from "./secret.ts";

const pattern = z.string({ error: "a regular expression" }).min(1, "a regular expression").refine(
  (source) => {
    try {
      return new RegExp(source) instanceof RegExp;
    } catch {
      return false;
    }
  },
  // What follows reads the pattern, and so needs one.
  { error: "a regular expression that JavaScript understands", abort: true },
).refine((source) => explosivePart(source) === null, {
  error: "a regular expression that cannot take forever: no repetition inside a repeated group, " +
    "no repeated choice whose branches begin alike, no two repetitions of the same characters in a row",
});

/** One rule of `obfuscation_data`. */
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
    z.array(pattern, { error: "a list of regular expressions" }).optional(),
    "Replace only what one of these matches.",
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
