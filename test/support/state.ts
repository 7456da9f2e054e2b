/** What the tests of state need of the host: folders, a lock, other processes. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { openState, type State, type StateOptions } from "../../src/state/state.ts";

/** A new empty folder, removed after the test. */
export function freshFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), "graphtap-state-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/**
 * A state with a clock that stands still unless told otherwise, closed after the test. Nobody else is kept out of it:
 * the lock of the host (`stateLocker.ts`) starts a process.
 */
export function stateIn(dir: string, options: Partial<StateOptions> = {}): State {
  const state = openState(dir, {
    locker: () => ({ status: "locked", release: () => {} }),
    pid: process.pid,
    now: () => Date.UTC(2026, 10, 22, 16),
    report: (note) => {
      throw new Error(`unexpected report: ${note}`);
    },
    ...options,
  });
  onTestFinished(() => state.close());
  return state;
}

/** A checkpoint as somebody changes it by hand: without the checksum, which would not be that of the new text. */
export function withoutChecksum(checkpoint: string): string {
  return checkpoint.replace(/,\n {2}"checksum": "[0-9a-f]{8}"/, "");
}

/**
 * Builds a program of the tests in `dir`; its words on the command line, for {@linkcode startStateChild}.
 * Node 20 runs no TypeScript, and a loader would make every start ten times slower.
 */
export async function buildChild(program: URL, dir: string): Promise<string[]> {
  const source = fileURLToPath(program);
  if ("Deno" in globalThis) return ["run", "-A", "--no-check", source];
  const { buildSync } = await import("esbuild");
  const outfile = join(dir, "child.mjs");
  buildSync({
    entryPoints: [source],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    logLevel: "error",
  });
  return [outfile];
}

/** Another process on a state folder, and the lines it has printed so far. */
export interface StateChild {
  readonly process: ChildProcess;
  readonly lines: string[];
  /** Resolves with the next line, or with `undefined` at the end. */
  nextLine(): Promise<string | undefined>;
  /** Kills it as `kill -9` does; resolves when it is gone. */
  kill(): Promise<void>;
}

/** Builds `stateChild.ts`. */
export function buildStateChild(dir: string): Promise<string[]> {
  return buildChild(new URL("./stateChild.ts", import.meta.url), dir);
}

/** Starts `stateChild.ts`, as {@linkcode buildStateChild} built it. */
export function startStateChild(program: string[], ...words: string[]): StateChild {
  const child = spawn(process.execPath, [...program, ...words], { stdio: ["ignore", "pipe", "inherit"] });
  const lines: string[] = [];
  const waiting: (() => void)[] = [];
  let rest = "";
  let ended = false;
  const wake = () => waiting.splice(0).forEach((resume) => resume());
  child.stdout.on("data", (chunk) => {
    const parts = (rest + chunk).split("\n");
    rest = parts.pop() ?? "";
    lines.push(...parts);
    wake();
  });
  const closed = new Promise<void>((resolve) =>
    child.on("close", () => {
      ended = true;
      wake();
      resolve();
    })
  );
  let read = 0;
  return {
    process: child,
    lines,
    async nextLine() {
      while (lines.length === read && !ended) await new Promise<void>((resume) => waiting.push(resume));
      return lines[read++];
    },
    async kill() {
      child.kill("SIGKILL");
      await closed;
    },
  };
}
