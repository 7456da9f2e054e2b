import { visibleLine } from "../telemetry/visible.ts";
import { fit, widthOf } from "./terminal/width.ts";

/** Rows of text as columns that are as wide as their widest cell. */
export function layOut(written: readonly (readonly string[])[]): string {
  const rows = written.map((row) => row.map(visibleLine));
  const widths = (rows[0] ?? []).map((_, column) =>
    rows.reduce((widest, row) => Math.max(widest, widthOf(row[column] ?? "")), 0)
  );
  return rows.map((row) => `${row.map((cell, column) => fit(cell, widths[column]!)).join("  ").trimEnd()}\n`)
    .join("");
}
