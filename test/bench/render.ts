/** The tables of the READMEs, made from what was measured. */
import { amount, type Row, targetText } from "./figures.ts";
import { judge } from "./judge.ts";
import type { Recorded } from "./recorded.ts";

/** Every figure, with its spread and its target, and where and when it was measured. */
export function figuresTable(recorded: Recorded): string {
  const rows = Object.values(recorded).flatMap((part) => part.rows).map(
    (row) => {
      const verdict = judge(row, undefined);
      return [
        row.what,
        row.against,
        `${amount(row.value, row.unit)}${spread(row)}`,
        targetText(row),
        verdict === "off" ? "missed" : verdict ?? "",
      ];
    },
  );
  return `${table(["what", "against", "measured", "target", ""], rows)}\n\n${conditions(recorded)}\n`;
}

/** What the README quotes: the figures that a reader compares with what he has now. */
export function readmeTable(recorded: Recorded): string {
  const quoted = ["throughput", "peers", "startup", "seen", "steady"];
  const rows = quoted.flatMap((part) => recorded[part]?.rows ?? [])
    .map((row) => [row.what, row.against, amount(row.value, row.unit)]);
  return table(["what", "against", ""], rows);
}

function spread({ least, most, unit }: Row): string {
  return least === most ? "" : ` (${amount(least, unit)} to ${amount(most, unit)})`;
}

/** Parts that were measured together share a line. */
function conditions(recorded: Recorded): string {
  const together = new Map<string, string[]>();
  for (const [part, { date, machine }] of Object.entries(recorded)) {
    const key = `${date}, ${machine}`;
    together.set(key, [...together.get(key) ?? [], `\`${part}\``]);
  }
  return [...together].map(([key, parts]) => `${parts.join(", ")}: ${key}.`)
    .join("\n");
}

function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), `|${head.map(() => "---").join("|")}|`, ...rows.map(line)]
    .join("\n");
}
