import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import type { Workshop } from "./workshop.ts";

/** What arrived where a program writes to. */
export interface Written {
  readonly lines: number;
  readonly bytes: number;
}

/** What one run of a command cost, and what it wrote to its standard output. */
export interface Cost extends Written {
  /** User and system time of the process and of those it waited for, in milliseconds. */
  readonly cpuMs: number;
  /** Most memory resident at any time, in bytes; NaN where it is not known: without /proc, and on Deno. */
  readonly peakBytes: number;
}

/**
 * Runs `node`, or another program, with these words, its standard output in a pipe to another process. The shell keeps the
 * accounts: it is the only one that can tell the costs of one child from those of others.
 */
export async function measure(
  workshop: Workshop,
  words: readonly string[],
  program: string = process.execPath,
): Promise<Cost> {
  const note = join(workshop.folder, `peak-${process.pid}`);
  const script = `TIMEFORMAT='%3U %3S'; { time "$@" 2>&4 3>&- 4>&-; } 2>&3 | wc -lc`;
  const child = spawn("bash", ["-o", "pipefail", "-c", script, "bash", program, ...words], {
    env: {
      ...process.env,
      NODE_OPTIONS: `--require=${join(workshop.folder, "peak.cjs")}`,
      PYTHONPATH: workshop.folder,
      BENCH_NOTE: note,
    },
    stdio: ["ignore", "pipe", "ignore", "pipe", "pipe"],
  });
  const [, out, , times, log] = child.stdio.map((stream) => text(stream as NodeJS.ReadableStream | null));
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`${words.join(" ")} ended with ${code}: ${(await log)?.slice(-2000)}`);
  const seconds = (await times ?? "").trim().split(" ").map(Number);
  const [lines = NaN, bytes = NaN] = (await out ?? "").trim().split(/\s+/).map(Number);
  return { cpuMs: seconds.reduce((a, b) => a + b, 0) * 1000, peakBytes: noted(note), lines, bytes };
}

function noted(note: string): number {
  if (!existsSync(note)) return NaN;
  const peakBytes = Number(readFileSync(note, "utf8"));
  rmSync(note);
  return peakBytes;
}

/** Makes the files that {@linkcode measure} has each process load: at its end it notes the memory it once had. */
export function writePeakScripts(workshop: Workshop): void {
  writeFileSync(join(workshop.folder, "peak.cjs"), PEAK_NODE);
  writeFileSync(join(workshop.folder, "sitecustomize.py"), PEAK_PYTHON);
}

const PEAK_NODE = `process.on("exit", () => {
  const fs = require("fs");
  let peak = NaN;
  try { peak = /VmHWM:\\s+(\\d+) kB/.exec(fs.readFileSync("/proc/self/status", "utf8"))[1] * 1024; } catch {}
  fs.writeFileSync(process.env.BENCH_NOTE, String(peak));
});
`;

const PEAK_PYTHON = `import atexit, os, re
def note():
    with open("/proc/self/status") as status:
        peak = int(re.search(r"VmHWM:\\s+(\\d+) kB", status.read())[1]) * 1024
    with open(os.environ["BENCH_NOTE"], "w") as file:
        file.write(str(peak))
atexit.register(note)
`;

async function text(stream: NodeJS.ReadableStream | null): Promise<string | null> {
  if (stream === null) return null;
  let whole = "";
  for await (const chunk of stream) whole += chunk;
  return whole;
}
