import type { Sample } from "../../telemetry/metrics.ts";

/** The only sample of a metric; none where there is no value. */
export function one(value: number | null, labels: Sample["labels"] = {}): Sample[] {
  return value === null ? [] : [{ labels, value }];
}
