/** Tokens that stand for values: always the same for the same value under the same key. */
import { createHmac } from "node:crypto";

/** 132 bits: of 10^12 values, two have one token by chance once in 10^15 such sets. */
const LENGTH = 22;

/**
 * The first 22 characters of the base64url of HMAC-SHA256 over the value's UTF-8.
 *
 * It hides a value from whoever does not have the key, and nothing more: equal values stay equal, so that they can be
 * joined and counted, and whoever has the key can try values. Letters in another case are another value. Another key
 * makes other tokens; there is no way back from a token to its value.
 */
export function createPseudonym(key: string): (value: string) => string {
  return (value) => createHmac("sha256", key).update(value).digest("base64url").slice(0, LENGTH);
}
