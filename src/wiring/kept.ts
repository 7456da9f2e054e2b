/** Things that are made once for each key, and kept for as long as they are asked for. */
export interface Kept<T> {
  of(key: string, make: () => T): T;
  /** Forgets what was not asked for since it was called last. */
  tidy(): void;
}

export function createKept<T>(): Kept<T> {
  let known = new Map<string, T>();
  let asked = new Map<string, T>();
  return {
    of(key, make) {
      const one = asked.get(key) ?? known.get(key) ?? make();
      asked.set(key, one);
      return one;
    },
    tidy() {
      known = asked;
      asked = new Map();
    },
  };
}
