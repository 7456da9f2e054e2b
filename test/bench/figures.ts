/** One line of the table: the median of its runs, with the least and the most. */
export interface Row {
  readonly what: string;
  readonly against: string;
  /** `×` for a ratio of two runs, `MB` and `KB` for a difference of memory; any other stands after the amount. */
  readonly unit: string;
  readonly value: number;
  readonly least: number;
  readonly most: number;
  /** What `value` should not exceed; `null` where nothing was promised. */
  readonly target: number | null;
  /** Whether it hangs on the clock or the disk, and so on what else the machine does; then it is never judged. */
  readonly clock?: boolean;
  /** Whether the README at the top leaves it out. */
  readonly detail?: boolean;
  /** Of a ratio of two programs that do the same work: what the two cost. */
  readonly pair?: Pair;
}

/** Medians for 100,000 records: ours, and the other program's. */
export interface Pair {
  readonly own: Point;
  readonly other: Point;
}

export interface Point {
  /** User and system time of all threads, in seconds. */
  readonly cpuSeconds: number;
  /** Most memory resident at any time, in units of 10⁶ bytes. */
  readonly peakMb: number;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? NaN) + (sorted[Math.floor(middle)] ?? NaN)) / 2;
}

/** A row of ratios, one for each pair of neighbouring runs; the median counts. */
export function ratioRow(
  what: string,
  against: string,
  ratios: readonly number[],
  target: number | null,
): Row {
  return amountRow(what, against, ratios, "×", target);
}

/** A row of amounts, one for each run; the median counts. */
export function amountRow(
  what: string,
  against: string,
  values: readonly number[],
  unit: string,
  target: number | null,
): Row {
  const [value, least, most] = [median(values), Math.min(...values), Math.max(...values)].map(rounded);
  return { what, against, unit, value: value!, least: least!, most: most!, target };
}

/** Four digits are more than any of these figures bears. */
export function rounded(value: number): number {
  return Number(value.toPrecision(4));
}

/** The amount with its unit, in as many digits as it bears. */
export function amount(value: number, unit: string): string {
  if (unit === "×") return value < 0.7 ? `1/${(1 / value).toFixed(1)}` : `${value.toFixed(2)} ×`;
  if (isDifference(unit)) return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(1)} ${unit}`;
  return `${Number(value.toPrecision(3)).toLocaleString("en")} ${unit}`;
}

function isDifference(unit: string): boolean {
  return unit === "MB" || unit === "KB";
}

/** The target as a condition, or nothing. */
export function targetText({ target, unit }: Row): string {
  if (target === null) return "";
  if (unit === "×" && target < 1) return `≤ 1/${Math.round(1 / target)}`;
  return `≤ ${isDifference(unit) ? "+" : ""}${target} ${unit}`;
}
