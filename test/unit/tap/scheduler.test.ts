import { afterEach, describe, expect, it } from "vitest";
import { GraphtapError } from "../../../src/errors.ts";
import type { PollReport } from "../../../src/tap/poll.ts";
import { pollForever } from "../../../src/tap/scheduler.ts";
import { openRig, type Rig } from "../../support/rig.ts";

let rig: Rig;
afterEach(() => rig.close());

/** Seconds between the starts of ten polls, each of which ends like this. */
async function pausesOf(isUpToDate: boolean): Promise<number[]> {
  rig = openRig();
  const stream = rig.stream("signIns", { periodSeconds: 60 });
  const stop = new AbortController();
  const starts: number[] = [];
  await pollForever([stream], rig.engine, stop, () => {
    starts.push(rig.clock.now() / 1000);
    if (starts.length === 10) stop.abort(new GraphtapError("stopped", "enough"));
    const report: PollReport = {
      requests: 1,
      rereadRequests: 0,
      pages: 0,
      received: 0,
      sent: 0,
      duplicates: 0,
      late: 0,
      lateBySeconds: 0,
      lateFinds: [],
      gaps: 0,
      isUpToDate,
      startedMs: rig.clock.now(),
      hostAheadSeconds: null,
      elapsedMs: 0,
      error: new GraphtapError("graph-refused", "no"),
    };
    return Promise.resolve(report);
  }).catch(() => {});
  return starts.slice(1).map((start, index) => start - starts[index]!);
}

describe("a stream that Graph refuses", () => {
  it("is asked more and more rarely while nothing new comes", async () => {
    expect(await pausesOf(false)).toEqual([60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]);
  });

  it("is read at its period while only older ranges are refused", async () => {
    expect(await pausesOf(true)).toEqual([60, 60, 60, 60, 60, 60, 60, 60, 60]);
  });
});
