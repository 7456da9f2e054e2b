/** One line of the table. */
export interface Row {
  readonly what: string;
  readonly against: string;
  /** With the spread of the runs it is the median of. */
  readonly measured: string;
  readonly target: string;
  readonly met: boolean | null;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? NaN) + (sorted[Math.floor(middle)] ?? NaN)) / 2;
}

/** A row of ratios, one for each pair of neighbouring runs; the median counts. */
export function ratioRow(what: string, against: string, ratios: readonly number[], most: number): Row {
  const target = most < 1 ? `≤ 1/${Math.round(1 / most)}` : `≤ ${most} ×`;
  return {
    what,
    against,
    measured: `${factor(median(ratios))} (${factor(Math.min(...ratios))} to ${factor(Math.max(...ratios))})`,
    target,
    met: median(ratios) <= most,
  };
}

function factor(ratio: number): string {
  return ratio < 0.7 ? `1/${(1 / ratio).toFixed(1)}` : `${ratio.toFixed(2)} ×`;
}

export function megabytes(bytes: number): string {
  return `${bytes < 0 ? "−" : "+"}${Math.abs(bytes / 1e6).toFixed(1)} MB`;
}
