import { visibleLine } from "../telemetry/visible.ts";

/** Rows of text as columns that are as wide as their widest cell. */
export function layOut(written: readonly (readonly string[])[]): string {
  const rows = written.map((row) => row.map(visibleLine));
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? "").length))
  );
  return rows.map((row) =>
    `${row.map((cell, column) => cell.padEnd(widths[column]!)).join("  ").trimEnd()}\n`
  ).join("");
}
