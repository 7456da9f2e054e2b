import { afterEach, describe, expect, it } from "vitest";
import { GraphtapError } from "../../../src/errors.ts";
import type { PollReport } from "../../../src/tap/poll.ts";
import { pollForever, startPolling } from "../../../src/tap/scheduler.ts";
import { handClock } from "../../support/handClock.ts";
import { openRig, type Rig } from "../../support/rig.ts";

let rig: Rig;
afterEach(() => rig.close());

function reportOf(startedMs: number, isUpToDate: boolean, error: GraphtapError | null): PollReport {
  return {
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
    startedMs,
    hostAheadSeconds: null,
    elapsedMs: 0,
    error,
  };
}

/** Seconds between the starts of ten polls, each of which ends like this. */
async function pausesOf(isUpToDate: boolean): Promise<number[]> {
  rig = openRig();
  const stream = rig.stream("signIns", { periodSeconds: 60 });
  const stop = new AbortController();
  const starts: number[] = [];
  await pollForever([stream], rig.engine, stop, () => {
    starts.push(rig.clock.now() / 1000);
    if (starts.length === 10) stop.abort(new GraphtapError("stopped", "enough"));
    return Promise.resolve(reportOf(rig.clock.now(), isUpToDate, new GraphtapError("graph-refused", "no")));
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

describe("streams that come and go", () => {
  /** Three streams on a clock that stands still; `polls` notes each poll with its second, `hold` keeps polls waiting. */
  function polling() {
    rig = openRig();
    const clock = handClock(0);
    const streams = rig.streams(["signIns", "directory_audits", "alerts_v2"], { periodSeconds: 60 });
    const stop = new AbortController();
    const polls: string[] = [];
    const held: string[] = [];
    const running = startPolling({ ...rig.engine, clock }, stop, ({ service: { name } }, _, signal) => {
      const startedMs = clock.now();
      polls.push(`${name} ${startedMs / 1000}`);
      if (!held.includes(name)) return Promise.resolve(reportOf(startedMs, true, null));
      return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    });
    const settle = async () => {
      for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
    };
    async function advance(seconds: number) {
      for (let second = 0; second < seconds; second++) {
        clock.advance(1000);
        await settle();
      }
    }
    return { streams, stop, polls, held, running, settle, advance };
  }

  it("leave the others at their pace, also one that comes twice", async () => {
    const { streams: [one, two, three], polls, running, settle, advance } = polling();
    running.add([one!, two!]);
    await settle();
    await advance(20);
    await running.remove([two!]);
    running.add([one!, three!]);
    await settle();
    await advance(60);
    expect(polls).toEqual([
      "signIns 0",
      "directory_audits 0",
      "alerts_v2 20",
      "signIns 60",
      "alerts_v2 80",
    ]);
  });

  it("end a poll under way when they go, and no other", async () => {
    const { streams: [one, two], stop, polls, held, running, settle } = polling();
    held.push("signIns", "directory_audits");
    running.add([one!, two!]);
    await settle();
    await running.remove([two!]);
    expect([polls.length, stop.signal.aborted]).toEqual([2, false]);
    let isOver = false;
    void running.remove([one!]).then(() => isOver = true);
    await settle();
    expect(isOver).toBe(true);
  });

  it("do not begin after the stop, whose reason all of it ends with", async () => {
    const { streams, stop, polls, held, running, settle } = polling();
    held.push("signIns");
    running.add([streams[0]!]);
    await settle();
    const reason = new GraphtapError("stopped", "enough");
    stop.abort(reason);
    running.add(streams);
    await expect(running.ended).rejects.toBe(reason);
    expect(polls).toEqual(["signIns 0"]);
  });
});
