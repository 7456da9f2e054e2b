/** Rows of cells in the columns of a terminal, however few it has. */
import { visibleLine } from "../../telemetry/visible.ts";
import type { Line } from "./screen.ts";
import type { Paint, Tone } from "./style.ts";
import { cut, fit, widthOf } from "./width.ts";

/** What stands in one place. */
export interface Cell {
  readonly text: string;
  /** @default "plain" */
  readonly tone?: Tone;
  /** The text for so many columns, where it is more than its beginning. */
  readonly shorten?: (columns: number) => string;
}

/** A column of a table. */
export interface Column {
  readonly title: string;
  /** @default "left" */
  readonly side?: "left" | "right";
  /** How narrow it may become; @default never narrower than its widest cell */
  readonly least?: number;
  /** Whether it may go, and which one goes first: the lowest. */
  readonly drop?: number;
}

const GAP = "  ";

/** The heading and the rows, none wider than `width`. A column that has nothing in any row is left out. */
export function tableLines(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  width: number,
  paint: Paint,
): Line[] {
  const shown = rows.map((row) => row.map(cleaned));
  const natural = columns.map(({ title }, at) => widest([title, ...shown.map((row) => row[at]!.text)]));
  const filled = columns.map((_, at) => at).filter((at) => shown.some((row) => row[at]!.text !== ""));
  const kept = keptColumns(columns, natural, filled, width);
  const widths = widthsOf(columns, natural, kept, width);
  const heading = kept.map((at) => ({ text: columns[at]!.title, tone: "faint" as const }));
  return [heading, ...shown.map((row) => kept.map((at) => row[at]!))].map((cells) =>
    lineOf(cells.map((cell, at) => [cell, widths[at]!, columns[kept[at]!]!.side] as const), width, paint)
  );
}

function cleaned(cell: Cell): Cell {
  return { ...cell, text: visibleLine(cell.text) };
}

function widest(texts: readonly string[]): number {
  return texts.reduce((most, text) => Math.max(most, widthOf(text)), 0);
}

/** The columns that there is room for, in their order. */
function keptColumns(
  columns: readonly Column[],
  natural: readonly number[],
  filled: readonly number[],
  width: number,
): readonly number[] {
  const least = (at: number) => Math.min(natural[at]!, columns[at]!.least ?? Infinity);
  let kept = filled;
  for (;;) {
    const needed = kept.reduce((sum, at) => sum + least(at), 0) + GAP.length * (kept.length - 1);
    const mayGo = kept.filter((at) => columns[at]!.drop !== undefined);
    if (needed <= width || mayGo.length === 0) return kept;
    const first = mayGo.reduce((a, b) => columns[a]!.drop! <= columns[b]!.drop! ? a : b);
    kept = kept.filter((at) => at !== first);
  }
}

/** How wide each of them is: what is left over goes to the first that needs it. */
function widthsOf(
  columns: readonly Column[],
  natural: readonly number[],
  kept: readonly number[],
  width: number,
): number[] {
  const widths = kept.map((at) => Math.min(natural[at]!, columns[at]!.least ?? Infinity));
  let left = width - widths.reduce((sum, one) => sum + one, 0) - GAP.length * (kept.length - 1);
  return widths.map((own, index) => {
    const more = Math.max(0, Math.min(left, natural[kept[index]!]! - own));
    left -= more;
    return own + more;
  });
}

function lineOf(
  cells: readonly (readonly [cell: Cell, columns: number, side: Column["side"]])[],
  width: number,
  paint: Paint,
): Line {
  let text = "";
  let taken = 0;
  for (const [cell, columns, side] of cells) {
    const gap = taken === 0 ? "" : GAP;
    const room = Math.min(columns, width - taken - gap.length);
    if (room <= 0) break;
    const short = widthOf(cell.text) <= room ? cell.text : visibleLine(cell.shorten?.(room) ?? cell.text);
    const isLast = cell === cells.at(-1)![0];
    const shown = isLast && side !== "right" ? cut(short, room) : fit(short, room, side);
    text += gap + paint(shown, cell.tone ?? "plain");
    taken += gap.length + widthOf(shown);
  }
  return { text, columns: taken };
}

/** One line of text, cut to the width. */
export function textLine(text: string, width: number, paint: Paint, tone: Tone = "plain"): Line {
  const short = cut(visibleLine(text), width);
  return { text: paint(short, tone), columns: widthOf(short) };
}
