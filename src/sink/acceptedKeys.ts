/** What a sink accepted from each stream and the engine has not made durable yet. */
export interface AcceptedKeys {
  add(stream: string, keys: readonly Uint8Array[]): void;
  of(stream: string): readonly Uint8Array[];
  /** Forgets the keys of a stream; false when there were none. */
  forget(stream: string): boolean;
  /** Streams that have keys. */
  readonly streams: readonly string[];
}

/** An empty memory of keys. It holds about a page for each stream, for the engine commits after each. */
export function createAcceptedKeys(): AcceptedKeys {
  const byStream = new Map<string, Uint8Array[]>();
  return {
    add(stream, keys) {
      const known = byStream.get(stream);
      if (known === undefined) byStream.set(stream, [...keys]);
      else for (const key of keys) known.push(key);
    },
    of: (stream) => byStream.get(stream) ?? [],
    forget: (stream) => byStream.delete(stream),
    get streams() {
      return [...byStream.keys()];
    },
  };
}
