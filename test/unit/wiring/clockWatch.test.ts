import { expect, it } from "vitest";
import { watchClock } from "../../../src/wiring/clockWatch.ts";
import type { Tap } from "../../../src/wiring/tap.ts";
import { createLog } from "../../../src/telemetry/log.ts";
import { manualClock } from "../../support/manualClock.ts";

/** What is said over a pause for each jump, all of which end late; in each the clock moves by so many seconds more. */
async function said(jumps: readonly number[]): Promise<string[]> {
  const lines: string[] = [];
  const clock = manualClock();
  const stop = new AbortController();
  const left = [...jumps];
  let elapsed = 0;
  const sleep = async (ms: number) => {
    const seconds = left.shift();
    if (seconds === undefined) throw new Error("over");
    const lateMs = 90_000;
    await clock.sleep(ms + lateMs);
    elapsed += ms + lateMs;
    clock.advance(seconds * 1000);
  };
  const log = createLog({ write: (line) => lines.push(line), format: "text", level: "warn", now: clock.now });
  const tap = { engine: { clock: { now: clock.now, sleep } }, log, stop } as unknown as Tap;
  await watchClock(tap, () => elapsed);
  return lines.map((line) => line.replace(/^\S+ /, "").trim());
}

const FORWARD = "warn  the host's clock jumped 10800 s forward (it was set, or the host slept): " +
  "nothing is skipped, for no stream is read beyond Graph's own time";
const BACK = "warn  the host's clock jumped 3600 s back: nothing is skipped or repeated, " +
  "but if it is behind Graph's now, new records come so much later";

it.each([
  ["runs as it should", [0, 0, 0], []],
  ["is corrected by less than a minute", [59, -59, 30], []],
  ["jumps forward", [0, 10_800, 0, 0], [FORWARD]],
  ["jumps back", [-3600, 0, 0], [BACK]],
  ["jumps, and is set right again", [10_800, 0, -3600, 0], [FORWARD, BACK]],
])("where the host's clock %s, each jump is said once", async (_, jumps, expected) => {
  expect(await said(jumps)).toEqual(expected);
});
