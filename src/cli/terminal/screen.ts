/**
 * A block of lines that is drawn again and again at the bottom of a terminal, while other text goes by above it.
 *
 * The cursor waits at the beginning of the line below the block: whoever ends the process, even by force, finds it there,
 * and it is hidden only within a frame. A frame is one write. Terminals that know how (mode 2026) show it all at once,
 * others pass over that; lines are written over and not erased first, so that nothing flickers there either.
 */
import { widthOf } from "./width.ts";

/** Columns and rows of a terminal. */
export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** A line as it is written, with its colours, and the columns that it takes. */
export interface Line {
  readonly text: string;
  readonly columns: number;
}

/** Where a block is drawn. */
export interface Screen {
  /** Draws these lines in the place of those before. None may be wider than the terminal. */
  draw(lines: readonly Line[]): void;
  /** Writes whole lines above the block. */
  above(text: string): void;
  /** Takes the block away, until it is drawn again. */
  clear(): void;
  /** Leaves the block as it is, since others have written below it: what is drawn next begins there. */
  leave(): void;
}

const BEGIN = "\x1b[?2026h\x1b[?25l";
const END = "\x1b[?25h\x1b[?2026l";
const ERASE_LINE = "\x1b[K";
const ERASE_BELOW = "\x1b[J";

/** A line without colours. */
export function plainLine(text: string): Line {
  return { text, columns: widthOf(text) };
}

/**
 * @param write takes one frame
 * @param size the terminal's at this moment
 */
export function createScreen(write: (text: string) => void, size: () => TerminalSize): Screen {
  let drawn: readonly Line[] = [];

  const toTop = () => {
    const rows = rowsOf(drawn, size().columns);
    return rows === 0 ? "\r" : `\r\x1b[${rows}A`;
  };
  const block = () => drawn.map(({ text }) => `${text}${ERASE_LINE}\n`).join("");
  return {
    draw(lines) {
      const start = toTop();
      drawn = lines;
      write(`${BEGIN}${start}${block()}${ERASE_BELOW}${END}`);
    },
    above(text) {
      const start = toTop();
      write(`${BEGIN}${start}${ERASE_BELOW}${text}${block()}${END}`);
    },
    clear() {
      if (drawn.length === 0) return;
      const start = toTop();
      drawn = [];
      write(`${BEGIN}${start}${ERASE_BELOW}${END}`);
    },
    leave() {
      drawn = [];
    },
  };
}

/** Rows that lines take: a terminal that was made narrower has broken those that are wider than it. */
function rowsOf(lines: readonly Line[], columns: number): number {
  return lines.reduce((rows, line) => rows + Math.max(1, Math.ceil(line.columns / columns)), 0);
}
