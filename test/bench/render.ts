/** The tables of the READMEs, made from what was measured. */
import { amount, type Row, targetText } from "./figures.ts";
import { judge } from "./judge.ts";
import type { Recorded } from "./recorded.ts";

/** Every figure, with its spread and its target, and where and when it was measured. */
export function figuresTable(recorded: Recorded): string {
  const rows = Object.values(recorded).flatMap((part) => part.rows).map(
    (row) => {
      const { what, against, value, unit } = row;
      const verdict = [verdictOf(row), clockText(row)].filter((text) => text !== "").join(", ");
      return [what, against, `${amount(value, unit)}${spread(row)}`, targetText(row), verdict];
    },
  );
  return `${table(["what", "against", "measured", "target", ""], rows)}\n\n${conditions(recorded)}\n`;
}

/** What the README quotes: the figures that a reader compares with what he has now. */
export function readmeTable(recorded: Recorded): string {
  const quoted = ["paths", "streams", "throughput", "peers", "startup", "seen", "steady"];
  const rows = quoted.flatMap((part) => recorded[part]?.rows ?? [])
    .filter(({ detail }) => detail !== true)
    .map((row) => {
      const missed = verdictOf(row) === "missed" ? `missed, ${targetText(row)}` : "";
      const notes = [missed, clockText(row)].filter((text) => text !== "");
      return [row.what, row.against, amount(row.value, row.unit), notes.join(", ")];
    });
  return table(["what", "against", "", ""], rows);
}

function verdictOf(row: Row): "met" | "missed" | "" {
  const verdict = judge(row, undefined);
  return verdict === "off" ? "missed" : verdict ?? "";
}

function clockText({ clock }: Row): string {
  return clock ? "by the clock" : "";
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
