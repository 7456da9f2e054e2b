import { expect, it } from "vitest";
import { createSinkMeter } from "../../../../src/server/status/sinkMeter.ts";
import { manualClock } from "../../../support/manualClock.ts";

it("a sink's meter tells what was accepted, and how long was waited for it", async () => {
  const clock = manualClock();
  const waiting: (() => void)[] = [];
  const meter = createSinkMeter(clock);
  const sink = meter.watch({
    write: () => new Promise((resolve) => waiting.push(resolve)),
    accepted: () => [],
    close: () => Promise.resolve(),
  });
  expect(sink.accepted?.("a")).toEqual([]);
  const first = sink.write(new Uint8Array(10));
  clock.advance(2000);
  const second = sink.write(new Uint8Array(5));
  clock.advance(1000);
  expect(meter.longestWaitMs()).toBe(3000);
  waiting[0]!();
  await first;
  expect(meter).toMatchObject({ writes: 1, bytes: 10, waitedMs: 3000 });
  expect(meter.longestWaitMs()).toBe(1000);
  waiting[1]!();
  await second;
  expect(meter).toMatchObject({ writes: 2, bytes: 15, waitedMs: 4000 });
  expect(meter.longestWaitMs()).toBe(0);
});

it("a sink's meter counts no line of a write that failed", async () => {
  const meter = createSinkMeter(manualClock());
  const sink = meter.watch({
    write: () => Promise.reject(new Error("gone")),
    close: () => Promise.resolve(),
  });
  await expect(sink.write(new Uint8Array(10))).rejects.toThrow("gone");
  expect(meter).toMatchObject({ writes: 0, bytes: 0 });
  expect(meter.longestWaitMs()).toBe(0);
});
