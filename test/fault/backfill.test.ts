import { afterEach, describe, expect, it } from "vitest";
import { addSeconds, formatInstant, fromMillis, type Instant } from "../../src/instant.ts";
import { poll } from "../../src/tap/poll.ts";
import { openRig, type Rig } from "../support/rig.ts";

const signal = new AbortController().signal;
const WEEK = 7 * 86_400;
let rig: Rig;
afterEach(() => rig.close());

function put(rig: Rig, id: string, time: Instant): void {
  rig.emulator.put("signIns", `{"id":"${id}","createdDateTime":"${formatInstant(time)}"}`);
}

const ids = (rig: Rig) => rig.lines.map((line) => JSON.parse(line).id as string);

describe("a start weeks back", () => {
  it("delivers today's records first, then the oldest, over as many polls as it takes, each once", async () => {
    // Four requests in ten seconds make a week of windows last longer than one period.
    rig = openRig({ budgets: { reports: { requests: 1, seconds: 60 } } });
    const now = fromMillis(rig.clock.now());
    const start = addSeconds(now, -3 * WEEK);
    for (let day = 0; day < 21; day++) put(rig, `day ${day}`, addSeconds(start, day * 86_400 + 100));
    put(rig, "today", addSeconds(now, -600));
    const stream = rig.stream("signIns", {
      startTime: { text: "start", instant: start },
      windowMaxSeconds: 86_400,
    });

    const first = await poll(stream, rig.engine, signal, rig.clock.now() + 300_000);
    expect(first.error).toBeNull();
    expect(ids(rig).slice(0, 2)).toEqual(["today", "day 0"]);
    expect(ids(rig).length).toBeLessThan(22);

    put(rig, "meanwhile", addSeconds(fromMillis(rig.clock.now()), -1));
    const before = rig.lines.length;
    await poll(stream, rig.engine, signal, rig.clock.now() + 300_000);
    expect(ids(rig)[before]).toBe("meanwhile");

    for (let polls = 0; polls < 50 && stream.state.loadPosition()!.backfill.length > 0; polls++) {
      await poll(stream, rig.engine, signal, rig.clock.now() + 300_000);
    }
    expect([...ids(rig)].sort()).toEqual(
      [...Array.from({ length: 21 }, (_, day) => `day ${day}`), "meanwhile", "today"].sort(),
    );
    expect(rig.log.some((line) => line.includes("minutes_needed"))).toBe(true);
  });

  it("says when it will be done, and is right about it", async () => {
    rig = openRig({ budgets: { reports: { requests: 1, seconds: 60 } } });
    const start = addSeconds(fromMillis(rig.clock.now()), -3 * WEEK);
    for (let day = 0; day < 21; day++) put(rig, `day ${day}`, addSeconds(start, day * 86_400 + 100));
    const settings = { startTime: { text: "start", instant: start }, windowMaxSeconds: 43_200 };
    const stream = rig.stream("signIns", settings);
    const guesses: { atMs: number; endsMs: number }[] = [];
    const leftOf = () => stream.state.loadPosition()!.backfill.length;
    do {
      await poll(stream, rig.engine, signal, rig.clock.now() + 300_000);
      const { backfillEndsMs } = stream.state.loadPosition()!;
      if (backfillEndsMs !== null) guesses.push({ atMs: rig.clock.now(), endsMs: backfillEndsMs });
    } while (leftOf() > 0);
    expect(stream.state.loadPosition()!.backfillEndsMs).toBeNull();
    const endMs = rig.clock.now();
    const ratios = guesses.slice(1).map(({ atMs, endsMs }) => (endsMs - atMs) / (endMs - atMs));
    expect(ratios.length).toBeGreaterThan(5);
    for (const ratio of ratios.slice(0, -2)) expect(ratio).toBeGreaterThan(0.5);
    for (const ratio of ratios.slice(0, -2)) expect(ratio).toBeLessThan(2);
    expect(rig.log.filter((line) => line.includes("backfill goes on")).length).toBe(guesses.length);
  });

  it("says so every five minutes while one poll reads it all", async () => {
    rig = openRig({ budgets: { reports: { requests: 1, seconds: 60 } } });
    const start = addSeconds(fromMillis(rig.clock.now()), -3 * WEEK);
    const stream = rig.stream("signIns", {
      startTime: { text: "start", instant: start },
      windowMaxSeconds: 43_200,
    });
    await poll(stream, rig.engine, signal);
    const said = rig.log.filter((line) => line.includes("backfill goes on"));
    expect(said.length).toBeGreaterThan(5);
    expect(said.every((line) => line.includes("minutes_needed"))).toBe(true);
    expect(rig.log.filter((line) => line.includes("backfill done"))).toHaveLength(1);
  });

  it("goes on where it was after a restart", async () => {
    rig = openRig({ budgets: { reports: { requests: 1, seconds: 60 } } });
    const start = addSeconds(fromMillis(rig.clock.now()), -2 * WEEK);
    for (let day = 0; day < 14; day++) put(rig, `day ${day}`, addSeconds(start, day * 86_400 + 100));
    const settings = { startTime: { text: "start", instant: start } };
    for (let lives = 0; lives < 20; lives++) {
      await poll(rig.stream("signIns", settings), rig.engine, signal, rig.clock.now() + 120_000);
    }
    expect([...ids(rig)].sort()).toEqual(Array.from({ length: 14 }, (_, day) => `day ${day}`).sort());
  });

  it("before what Graph keeps begins with the oldest it has, and says so", async () => {
    rig = openRig();
    const now = fromMillis(rig.clock.now());
    const start = addSeconds(now, -60 * 86_400);
    put(rig, "kept", addSeconds(now, -29 * 86_400));
    const report = await poll(
      rig.stream("signIns", { startTime: { text: "start", instant: start } }),
      rig.engine,
      signal,
    );
    expect(report.error).toBeNull();
    expect(ids(rig)).toEqual(["kept"]);
    expect(rig.log.filter((line) => line.includes("before what Graph keeps"))).toHaveLength(1);
  });
});

describe("a program that was stopped for days", () => {
  it("delivers what happened meanwhile, late records of before included", async () => {
    rig = openRig();
    const begin = fromMillis(rig.clock.now());
    const settings = { startTime: { text: "start", instant: addSeconds(begin, -3600) } };
    await poll(rig.stream("signIns", settings), rig.engine, signal);
    rig.clock.advance(3 * 86_400_000);
    put(rig, "late before", addSeconds(begin, -1800));
    put(rig, "meanwhile", addSeconds(begin, 86_400));
    put(rig, "now", addSeconds(fromMillis(rig.clock.now()), -5));
    await poll(rig.stream("signIns", settings), rig.engine, signal);
    expect([...ids(rig)].sort()).toEqual(["late before", "meanwhile", "now"]);
  });
});
