import { createHash, hash } from "node:crypto";
import { Buffer } from "node:buffer";
import { compileModule, instantiate } from "../json/webAssembly.ts";
import { KEY_BYTES } from "../state/seen/keys.ts";
import { SHA256_BASE64 } from "../json/sha256Bytes.ts";

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

/**
 * Makes the key of a record that is known by one part, as {@linkcode recordKey} does: of `bytes[start, end)`. It holds
 * until the next is made.
 */
export type KeyMaker = (bytes: Uint8Array, start: number, end: number) => Uint8Array;

/** The exports of `sha256.as.ts`. */
interface Sha256 {
  readonly memory: { readonly buffer: ArrayBuffer };
  digest(length: number, to: number): void;
}

// Places in its memory, as in sha256.as.ts.
const MESSAGE = 61_440;
const MOST_BYTES = 2048;
const DIGEST = 65_024;
/** Beyond this a view and a copy cost less than a loop. */
const FEW_BYTES = 64;

/** Takes memory at the first key; what is long, and all where WebAssembly is not to be had, goes to node:crypto. */
export function createKeyMaker(): KeyMaker {
  let make: KeyMaker | undefined;
  return (bytes, start, end) => {
    if (end - start > MOST_BYTES) return recordKey(bytes.subarray(start, end));
    make ??= ofShort();
    return make(bytes, start, end);
  };
}

function ofShort(): KeyMaker {
  const module = compileModule(SHA256_BASE64);
  const wasm = module === null ? null : instantiate<Sha256>(module);
  if (wasm === null) return (bytes, start, end) => recordKey(bytes.subarray(start, end));
  const message = new Uint8Array(wasm.memory.buffer, MESSAGE, MOST_BYTES);
  const key = new Uint8Array(wasm.memory.buffer, DIGEST, KEY_BYTES);
  return (bytes, start, end) => {
    const length = end - start;
    if (length > FEW_BYTES) message.set(bytes.subarray(start, end));
    else for (let i = 0; i < length; i++) message[i] = bytes[start + i]!;
    wasm.digest(length, DIGEST);
    return key;
  };
}
