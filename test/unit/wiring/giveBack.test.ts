import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import {
  beginCollection,
  createCollectionJudge,
  giveMemoryBack,
  LOOK_MS,
} from "../../../src/wiring/giveBack.ts";
import { manualClock } from "../../support/manualClock.ts";
import { onDeno } from "../../support/project.ts";

/** At a look: processor time since the one before, in seconds, and resident memory, in megabytes. */
type Look = readonly [cpuSeconds: number, megabytes: number];

const QUIET = 0.1;
const BUSY = 3;

/** The looks at which a collection begins, counted from 1. */
function collections(looks: readonly Look[]): string {
  let now: Look = [0, 0];
  let used = 0;
  const isTime = createCollectionJudge({ cpuSeconds: () => used, rssBytes: () => now[1] * 1e6 });
  const begun = looks.flatMap((look, index) => {
    now = look;
    used += look[0];
    return isTime() ? [index + 1] : [];
  });
  return begun.join(" ");
}

const quiet = (...megabytes: number[]): Look[] => megabytes.map((some) => [QUIET, some]);
const busy = (...megabytes: number[]): Look[] => megabytes.map((some) => [BUSY, some]);
const START = quiet(90, 90, 80, 80);

describe("garbage is collected", () => {
  it.each<[string, Look[], string]>([
    ["three times when the start is over, and then no more", quiet(180, 180, 120, 100, 100, 100), "1 2 3"],
    ["not while much is done", busy(80, 120, 180, 200), ""],
    ["when that is over", [...busy(80, 180), ...quiet(180, 120, 100, 100)], "3 4 5"],
    ["between two bursts", [...quiet(180), ...busy(190, 200), ...quiet(200, 120, 100)], "1 4 5"],
    ["when a burst has left much", [...START, ...busy(140), ...quiet(140, 140, 90, 90)], "1 2 3 6 7 8"],
    ["not again for a little", [...START, ...quiet(85, 90, 95, 99)], "1 2 3"],
    ["once little by little has become much", [...START, ...quiet(85, 90, 95, 101)], "1 2 3 8"],
    ["once for what stays in use", [...START, ...quiet(160, 160, 160, 160, 160, 160)], "1 2 3 5 6 7"],
    ["by what was least since", [...START, ...quiet(60, 76)], "1 2 3 6"],
  ])("%s", (_, looks, expected) => {
    expect(collections(looks)).toBe(expected);
  });
});

it.skipIf(onDeno)("what nothing holds any more goes, although nothing happens", async () => {
  let isGone = false;
  const registry = new FinalizationRegistry(() => void (isGone = true));
  (() => registry.register({ some: "thing" }, undefined))();
  await sleep(0);
  beginCollection();
  while (!isGone) await sleep(10);
});

it("memory is looked at until the tap stops", async () => {
  const clock = manualClock();
  const stop = new AbortController();
  let begun = 0;
  await giveMemoryBack({ engine: { clock }, stop }, { cpuSeconds: () => 0, rssBytes: () => 1 }, () => {
    if (++begun === 2) stop.abort(new Error("over"));
  });
  expect(begun).toBe(2);
  expect(clock.sleeps).toEqual([LOOK_MS, LOOK_MS]);
});
