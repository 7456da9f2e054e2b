import { describe, expect, it } from "vitest";
import { createDelivery } from "../../../../src/server/status/delivery.ts";

describe("a sink", () => {
  it("stalls when lines wait for more than a minute, and no longer when it took some", async () => {
    let now = 0;
    const delivery = createDelivery(() => now);
    const taken: (() => void)[] = [];
    const write = () => delivery.follow(() => new Promise((resolve) => taken.push(resolve)));
    expect(delivery.stalledSeconds()).toBe(0);
    now = 1_000_000;
    const writes = [write(), write()];
    now += 60_000;
    expect(delivery.stalledSeconds()).toBe(0);
    now += 1_000;
    expect(delivery.stalledSeconds()).toBe(61);
    taken[0]!();
    await writes[0];
    expect(delivery.stalledSeconds()).toBe(0);
    now += 61_000;
    expect(delivery.stalledSeconds()).toBe(61);
    taken[1]!();
    await writes[1];
    now += 1_000_000;
    expect(delivery.stalledSeconds()).toBe(0);
  });

  it("that fails does not wait", async () => {
    let now = 0;
    const delivery = createDelivery(() => now);
    await expect(delivery.follow(() => Promise.reject(new Error("closed")))).rejects.toThrow("closed");
    now = 1_000_000;
    expect(delivery.stalledSeconds()).toBe(0);
  });
});
