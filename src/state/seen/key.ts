import { createHash, hash } from "node:crypto";
import { Buffer } from "node:buffer";

/** Bytes of a record key. Of 10 million keys two are equal by chance once in 10^24 such sets. */
export const KEY_BYTES = 16;

/**
 * The key under which a record counts as delivered: the first 16 bytes of a SHA-256.
 *
 * One part, such as an id, is hashed as it is; of several (id and time of change, id and content) each goes in
 * with its length before it, so that no two lists of parts make one text. A text and its UTF-8 bytes are the same part.
 */
export function recordKey(...parts: readonly (string | Uint8Array)[]): Uint8Array {
  const only = parts[0];
  if (parts.length === 1 && only !== undefined) return keyOf(hash("sha256", only, "binary"));
  const digest = createHash("sha256");
  for (const part of parts) {
    digest.update(`${typeof part === "string" ? Buffer.byteLength(part) : part.length}:`).update(part);
  }
  return keyOf(digest.digest("binary"));
}

/** Digests come as text, one character a byte: a Buffer of its own for each takes three times as long. */
function keyOf(digest: string): Uint8Array {
  const key = new Uint8Array(KEY_BYTES);
  for (let i = 0; i < KEY_BYTES; i++) key[i] = digest.charCodeAt(i);
  return key;
}
