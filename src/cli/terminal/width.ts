/**
 * Text by the columns of a terminal that it takes at most: a character of East Asia or an emoji takes two, a combining
 * mark none. How many is the table of `string-width`, which follows Unicode. An emoji of several parts takes two columns
 * there, and on most terminals two for each part: a line that is thought too narrow would be broken, and what is drawn
 * over it would leave its rest behind, so that the wider count holds.
 */
import stringWidth from "string-width";

const ELLIPSIS = "…";
/** Where one character, with all its marks, ends. */
const characters = new Intl.Segmenter();

/** Characters that terminals join to one, or do not: parts of an emoji, the colour of a skin, letters of a flag. */
const JOINED = /[\u200d\p{Emoji_Modifier}\p{Regional_Indicator}]/u;

/** Columns that a text takes at most. It holds no control characters. */
export function widthOf(text: string): number {
  if (!JOINED.test(text)) return unicodeWidth(text);
  return Array.from(characters.segment(text), ({ segment }) => {
    const parts = Array.from(segment, unicodeWidth).reduce((sum, part) => sum + part, 0);
    return Math.max(unicodeWidth(segment), parts);
  }).reduce((sum, one) => sum + one, 0);
}

function unicodeWidth(text: string): number {
  return stringWidth(text, { countAnsiEscapeCodes: true });
}

/** The text, or as much of it as fits before an ellipsis; never half a character. */
export function cut(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  if (columns < 1) return "";
  let kept = "";
  let taken = 0;
  for (const { segment } of characters.segment(text)) {
    taken += widthOf(segment);
    if (taken > columns - 1) break;
    kept += segment;
  }
  return kept + ELLIPSIS;
}

/** The text in exactly so many columns, cut or filled with spaces behind it, or before it. */
export function fit(text: string, columns: number, side: "left" | "right" = "left"): string {
  const short = cut(text, columns);
  const space = " ".repeat(Math.max(0, columns - widthOf(short)));
  return side === "left" ? short + space : space + short;
}
