/** Tokens that stand for values: always the same for the same value under the same key. */
import { createHash, createHmac } from "node:crypto";
import { BACKSLASH } from "../json/ascii.ts";
import { compileModule, instantiate } from "../json/webAssembly.ts";
import { HMAC_BASE64 } from "./hmacBytes.ts";

/**
 * The first 22 characters of the base64url of HMAC-SHA256 over the value's UTF-8.
 *
 * It hides a value from whoever does not have the key, and nothing more: equal values stay equal, so that they can be
 * joined and counted, and whoever has the key can try values. Letters in another case are another value. Another key
 * makes other tokens; there is no way back from a token to its value.
 */
export interface Pseudonym {
  of(text: string): string;
  /**
   * The JSON of the token for the JSON string `bytes[start, end)`. It holds until the next is made.
   *
   * @returns `null` where the string has to be decoded: it is long, holds escapes, or is not ASCII
   */
  ofPlain(bytes: Uint8Array, start: number, end: number): Uint8Array | null;
}

/** Makes pseudonyms under a key. */
export type Pseudonyms = (key: string) => Pseudonym;

/** 132 bits: of 10^12 values, two have one token by chance once in 10^15 such sets. */
const LENGTH = 22;

/** The exports of `hmac.as.ts`. */
interface Hmac {
  readonly memory: { readonly buffer: ArrayBuffer };
  takeKey(): void;
  makeToken(length: number): void;
}

// Places in its memory, as in hmac.as.ts.
const MESSAGE = 61_440;
const MOST_BYTES = 2048;
const KEY = 64_064;
const KEY_BYTES = 64;
const TOKEN = 64_128;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * All keys share one memory in WebAssembly, taken at the first value: it holds the states of the key that was used last,
 * and the value. Texts that are long, and all where WebAssembly is not to be had, go to node:crypto.
 */
export function createPseudonyms(): Pseudonyms {
  let tokens: Tokens | null | undefined;
  return (key) => {
    const hmacOf = (text: string) =>
      createHmac("sha256", key).update(text).digest("base64url").slice(0, LENGTH);
    let states: Uint8Array | undefined;
    const under = (): Tokens | null => {
      if (tokens === undefined) tokens = createTokens();
      tokens?.use(states ??= tokens.statesOf(key));
      return tokens;
    };
    return {
      of: (text) => under()?.of(text) ?? hmacOf(text),
      ofPlain: (bytes, start, end) => under()?.ofPlain(bytes, start, end) ?? null,
    };
  };
}

/** HMAC in WebAssembly, under one key after the other. */
interface Tokens {
  /** What each HMAC under this key begins with. */
  statesOf(key: string): Uint8Array;
  use(states: Uint8Array): void;
  /** `null` for a long text. */
  of(text: string): string | null;
  ofPlain: Pseudonym["ofPlain"];
}

function createTokens(): Tokens | null {
  const module = compileModule(HMAC_BASE64);
  const wasm = module === null ? null : instantiate<Hmac>(module);
  if (wasm === null) return null;
  const { buffer } = wasm.memory;
  const message = new Uint8Array(buffer, MESSAGE, MOST_BYTES);
  const states = new Uint8Array(buffer, KEY, KEY_BYTES);
  const token = new Uint8Array(buffer, TOKEN, LENGTH + 2);
  let used: Uint8Array | undefined;
  return {
    statesOf(key) {
      const whole = encoder.encode(key);
      message.fill(0, 0, KEY_BYTES);
      message.set(whole.length <= KEY_BYTES ? whole : createHash("sha256").update(whole).digest());
      wasm.takeKey();
      return used = states.slice();
    },
    use(wanted) {
      if (wanted !== used) states.set(used = wanted);
    },
    of(text) {
      const { read, written } = encoder.encodeInto(text, message);
      if (read < text.length) return null;
      wasm.makeToken(written);
      return decoder.decode(token.subarray(1, LENGTH + 1));
    },
    ofPlain(bytes, start, end) {
      const length = end - start - 2;
      if (length > MOST_BYTES) return null;
      for (let i = 0; i < length; i++) {
        const byte = bytes[start + 1 + i]!;
        if (byte === BACKSLASH || byte >= 0x80) return null;
        message[i] = byte;
      }
      wasm.makeToken(length);
      return token;
    },
  };
}
