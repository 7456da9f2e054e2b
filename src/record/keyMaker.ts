import { compileModule, instantiate } from "../json/webAssembly.ts";
import { KEY_BYTES, recordKey } from "../state/seen/key.ts";
import { SHA256_BASE64 } from "./sha256Bytes.ts";

/**
 * Makes the key of a record that is known by one part, as {@linkcode recordKey} does: of `bytes[start, end)`. It holds
 * until the next is made.
 */
export type KeyMaker = (bytes: Uint8Array, start: number, end: number) => Uint8Array;

/** The exports of `sha256.as.ts`. */
interface Sha256 {
  readonly memory: { readonly buffer: ArrayBuffer };
  digest(length: number): void;
}

// Places in its memory, as in sha256.as.ts.
const MESSAGE = 1024;
const MOST_BYTES = 2048;
const DIGEST = 8192;
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
    wasm.digest(length);
    return key;
  };
}
