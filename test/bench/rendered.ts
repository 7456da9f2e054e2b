/** The files that show the recorded figures, each made from nothing else. */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { plot } from "./plot.ts";
import { readRecorded, type Recorded } from "./recorded.ts";
import { figuresTable, readmeTable } from "./render.ts";

/** A file, and what must stand in it: all of it, or what is between its two marks. */
interface Rendered {
  readonly path: string;
  readonly between: boolean;
  readonly make: (recorded: Recorded) => string;
}

export const RENDERED: readonly Rendered[] = [
  { path: "../../README.md", between: true, make: readmeTable },
  { path: "README.md", between: true, make: figuresTable },
  { path: "plot.svg", between: false, make: plot },
];

const [BEGIN, END] = ["<!-- figures: npm run bench -- --render -->\n\n", "\n\n<!-- end of figures -->"];

/** What the file holds now, and what it must hold. */
export function renderedFile(
  { path, between, make }: Rendered,
): { file: URL; now: string; wanted: string } {
  const file = new URL(path, import.meta.url);
  const made = make(readRecorded());
  if (!between) return { file, now: readIfThere(file), wanted: made };
  const now = readFileSync(file, "utf8");
  const [from, to] = [now.indexOf(BEGIN) + BEGIN.length, now.indexOf(END)];
  if (from < BEGIN.length || to < from) {
    throw new Error(`${fileURLToPath(file)} has no place for the figures`);
  }
  return {
    file,
    now,
    wanted: `${now.slice(0, from)}${made.trimEnd()}${now.slice(to)}`,
  };
}

export function renderAll(): void {
  for (const rendered of RENDERED) {
    const { file, wanted } = renderedFile(rendered);
    writeFileSync(file, wanted);
  }
}

function readIfThere(file: URL): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
