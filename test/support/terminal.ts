/** A program in a real terminal (Python's pty), and what somebody in front of it sees (xterm's own emulation). */
import { Buffer } from "node:buffer";
import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import xterm from "@xterm/headless";
import { onTestFinished } from "vitest";
import { programEnvironment, waitFor } from "./program.ts";
import { projectFolder } from "./project.ts";
import { openRecording } from "./recording.ts";

/** Why no terminal can be had here; `null` where one can. */
export const noTerminal: string | null =
  spawnSync("python3", ["-c", "import pty, os; os.waitstatus_to_exitcode"]).status === 0
    ? null
    : "python3 is not installed, whose module pty makes the terminal";

export interface TerminalOptions {
  /** @default 100 */
  readonly columns?: number;
  /** @default 30 */
  readonly rows?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** A program in a terminal. */
export interface TerminalProgram {
  /** What is on the screen now, line by line, without the empty ones at its end. */
  readonly screen: readonly string[];
  /** The same with what has left it at the top. */
  readonly history: readonly string[];
  /** Whether the cursor can be seen. */
  readonly hasCursor: boolean;
  /** All that the program wrote, as it came. */
  readonly written: string;
  type(text: string): void;
  resize(columns: number, rows: number): void;
  /** Waits until `condition` holds; `what` names it when it does not. */
  until(condition: () => boolean, what: string): Promise<void>;
  /** Resolves with the exit code when it is gone and all that it wrote is on the screen. */
  readonly ended: Promise<number | null>;
}

/** Starts a command in a terminal. It is ended when the test is over. */
export function startInTerminal(
  command: readonly string[],
  { columns = 100, rows = 30, env, cwd }: TerminalOptions = {},
): TerminalProgram {
  const screen = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 10_000 });
  const driver = join(projectFolder, "test/support/terminal.py");
  const child = spawn("python3", [driver, String(columns), String(rows), ...command], {
    cwd,
    env: programEnvironment({ TERM: "xterm-256color", ...env }),
  });
  onTestFinished(() => {
    child.kill("SIGTERM");
    screen.dispose();
  });
  const recording = openRecording(columns, rows);
  const bytes: Buffer[] = [];
  let hasCursor = true;
  let isGone = false;
  child.stdout.on("data", (shown: Buffer) => {
    bytes.push(shown);
    recording?.shown(shown);
    screen.write(shown);
  });
  for (const final of ["h", "l"] as const) {
    screen.parser.registerCsiHandler({ prefix: "?", final }, (numbers) => {
      if (numbers.includes(25)) hasCursor = final === "h";
      return false;
    });
  }
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      isGone = true;
      screen.write("", () => resolve(code));
    });
  });
  const order = (what: object) => void child.stdin.write(`${JSON.stringify(what)}\n`);
  const lines = (from: number) => {
    const { buffer: { active }, rows } = screen;
    const all = Array.from(
      { length: active.baseY + rows },
      (_, at) => active.getLine(at)?.translateToString(true) ?? "",
    );
    return all.slice(from, all.findLastIndex((line) => line !== "") + 1);
  };
  const program: TerminalProgram = {
    get screen() {
      return lines(screen.buffer.active.baseY);
    },
    get history() {
      return lines(0);
    },
    get hasCursor() {
      return hasCursor;
    },
    get written() {
      return Buffer.concat(bytes).toString("utf8");
    },
    type(text) {
      recording?.typed(text);
      order({ type: text });
    },
    resize(width, height) {
      recording?.resized(width, height);
      screen.resize(width, height);
      order({ resize: [width, height] });
    },
    until: (condition, what) =>
      waitFor(condition, () => `${what}; on the screen is:\n${program.history.join("\n")}`, () => isGone),
    ended,
  };
  return program;
}
