/** A line of progress for work that goes on without a pause: it is drawn between its steps. */
import { counted, grouped } from "../../server/page/words.ts";
import type { Runtime } from "../../wiring/runtime.ts";
import { textLine } from "./columns.ts";
import { createScreen } from "./screen.ts";
import { paintFor } from "./style.ts";

/** Between two frames. */
const FRAME_MS = 100;

export interface Steps {
  /** Takes whole lines, which go by above the line of progress. */
  readonly writeStderr: (text: string) => void;
  /** Before each step. @param name of what it is about */
  step(done: number, all: number, name: string): void;
  /** Takes the line away. */
  end(): void;
}

/** @param what is done, such as "taking positions over" */
export function openSteps(
  { writeStderr, stderrSize, env }: Pick<Runtime, "writeStderr" | "stderrSize" | "env">,
  what: string,
  now: () => number,
): Steps {
  const screen = createScreen(writeStderr, stderrSize);
  const paint = paintFor(env);
  let drawnMs = -Infinity;
  return {
    writeStderr: (text) => screen.above(text),
    step(done, all, name) {
      if (now() - drawnMs < FRAME_MS) return;
      drawnMs = now();
      const text = `${what}: ${grouped(done)} of ${counted(all, "stream")} · ${name}`;
      screen.draw([textLine(text, stderrSize().columns - 1, paint)]);
    },
    end: () => screen.clear(),
  };
}

/** The same where lines are wanted: nothing but what is written. */
export function withoutSteps({ writeStderr }: Pick<Runtime, "writeStderr">): Steps {
  return { writeStderr, step: () => {}, end: () => {} };
}
