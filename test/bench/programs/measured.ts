/** What is measured inside one process: the commit of a page, and the seen set. Prints one JSON object. */
import { closeSync, fsyncSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import process from "node:process";
import { fromMillis } from "../../../src/instant.ts";
import { emptyPosition } from "../../../src/state/position.ts";
import { openSeenSet } from "../../../src/state/seen/set.ts";
import { openState } from "../../../src/state/state.ts";

const KEYS = 10_000_000;

const [, , what, folder = ""] = process.argv;
const now = () => Date.now();
const onRepair = (note: string) => {
  throw new Error(note);
};

process.stdout.write(JSON.stringify(what === "commit" ? commits() : what === "fill" ? fill() : load()));

/** Medians would hide that both are measured in turns, so ratios of neighbours are handed out. */
function commits(): number[] {
  const address = { inputId: "1", service: "signIns" };
  const state = openState(folder, {
    locker: () => ({ status: "locked", release() {} }),
    pid: process.pid,
    now,
    report: onRepair,
  }).stream(address);
  const seen = state.seen();
  const link = `https://graph.microsoft.com/v1.0/auditLogs/signIns?$skiptoken=${"x".repeat(900)}`;
  const window = { from: fromMillis(0), to: fromMillis(60_000) };
  const position = { ...emptyPosition(), interruption: { window, link } };
  let number = 0;
  const page = () => {
    for (let n = 0; n < 1000; n++) seen.add(keyOf(number++));
  };
  const commit = () => {
    state.commit({ ...position, records: number });
  };
  const ratios: number[] = [];
  for (let n = 0; n < 220; n++) {
    page();
    // A new file each time: of one that did not change since, fsync has nothing to do.
    const empty = openSync(join(folder, `empty-${n}`), "w");
    const sync = timed(() => fsyncSync(empty));
    closeSync(empty);
    const whole = timed(commit);
    // The first ones make folders and files.
    if (n >= 20) ratios.push(whole / sync);
  }
  return ratios;
}

function fill(): number {
  mkdirSync(folder, { recursive: true });
  const seen = openSeenSet(folder, { now, onRepair });
  for (let n = 0; n < KEYS; n++) {
    seen.add(keyOf(n));
    if (n % 1000 === 999) seen.commit();
  }
  seen.close();
  return KEYS;
}

function load(): { seconds: number; bytes: number } {
  const before = process.memoryUsage.rss();
  const seen = openSeenSet(folder, { now, onRepair });
  const key = keyOf(-1);
  const ms = timed(() => seen.has(key));
  if (seen.size() !== KEYS) throw new Error(`${seen.size()} keys`);
  return { seconds: ms / 1000, bytes: (process.memoryUsage.rss() - before) / KEYS };
}

function timed(step: () => void): number {
  const start = performance.now();
  step();
  return performance.now() - start;
}

/** As evenly spread as a hash, and much quicker to make. */
function keyOf(number: number): Uint8Array {
  const words = new Int32Array(4);
  let state = number | 0;
  for (let i = 0; i < 4; i++) {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    words[i] = mixed ^ (mixed >>> 15);
  }
  return new Uint8Array(words.buffer);
}
