import { amount, type Row } from "./figures.ts";

/** How much worse than expected a figure may be before the quick form fails. */
const TOLERANCE = 1.5;

/** Whether a figure is within its target, beyond it, or so far off that something must have changed. */
export type Verdict = "met" | "missed" | "off";

/**
 * A figure is off when it exceeds both its target and what was recorded for it by more than the tolerance. Which of the
 * two is larger counts, so that neither a target that is still missed nor a record far below the target makes a busy
 * machine fail. What hangs on the clock is never off: other programs on the machine decide it.
 */
export function judge(row: Row, recorded: Row | undefined): Verdict | null {
  const expected = Math.max(recorded?.value ?? -Infinity, row.target ?? -Infinity);
  const known = Number.isFinite(expected) && row.clock !== true;
  if (known && row.value > expected * TOLERANCE) return "off";
  return row.target === null ? null : row.value <= row.target ? "met" : "missed";
}

/** One line that says what is off, and by how much. */
export function offText(row: Row, recorded: Row | undefined): string {
  const limits = [
    recorded === undefined ? "nothing recorded" : `recorded ${amount(recorded.value, row.unit)}`,
    row.target === null ? "no target" : `target ${amount(row.target, row.unit)}`,
  ];
  return `${row.what}, against ${row.against}: ${
    amount(row.value, row.unit)
  } is more than ${TOLERANCE} times what is expected (${limits.join(", ")})`;
}
