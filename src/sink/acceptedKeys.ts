import { KEY_BYTES } from "../state/seen/keys.ts";

/** What a sink accepted from each stream and the engine has not made durable yet. */
export interface AcceptedKeys {
  /** @param keys one behind the other, as in {@linkcode Origin}; they are copied */
  add(stream: string, keys: Uint8Array): void;
  of(stream: string): readonly Uint8Array[];
  /** Forgets the keys of a stream; false when there were none. */
  forget(stream: string): boolean;
  /** Streams that have keys. */
  readonly streams: readonly string[];
}

/**
 * An empty memory of keys. It holds about a page for each stream, for the engine commits after each. They are cut apart
 * when somebody asks, which is rare: at the beginning of a poll, and after a failure.
 */
export function createAcceptedKeys(): AcceptedKeys {
  const byStream = new Map<string, Uint8Array[]>();
  return {
    add(stream, keys) {
      const known = byStream.get(stream);
      const own = new Uint8Array(keys);
      if (known === undefined) byStream.set(stream, [own]);
      else known.push(own);
    },
    of: (stream) => (byStream.get(stream) ?? []).flatMap(keysIn),
    forget: (stream) => byStream.delete(stream),
    get streams() {
      return [...byStream.keys()];
    },
  };
}

/** The keys that lie one behind the other in `bytes`. */
function keysIn(bytes: Uint8Array): Uint8Array[] {
  const count = bytes.length / KEY_BYTES;
  return Array.from({ length: count }, (_, n) => bytes.subarray(n * KEY_BYTES, (n + 1) * KEY_BYTES));
}
