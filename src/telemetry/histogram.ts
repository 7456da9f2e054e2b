/** How values spread: counts of those up to certain bounds. */
export interface Distribution {
  /** Ascending. */
  readonly bounds: readonly number[];
  /** For each bound, how many values lie above the one before it and not above itself; the last are above all. */
  readonly counts: readonly number[];
  readonly sum: number;
}

/** A distribution that grows. */
export interface Histogram extends Distribution {
  /** @param times how often the value was met @default 1 */
  observe(value: number, times?: number): void;
}

export function createHistogram(bounds: readonly number[]): Histogram {
  const counts = Array<number>(bounds.length + 1).fill(0);
  let sum = 0;
  return {
    bounds,
    counts,
    get sum() {
      return sum;
    },
    observe(value, times = 1) {
      const at = bounds.findIndex((bound) => value <= bound);
      counts[at < 0 ? bounds.length : at]! += times;
      sum += value * times;
    },
  };
}
