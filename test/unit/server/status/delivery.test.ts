import { describe, expect, it } from "vitest";
import { createDelivery } from "../../../../src/server/status/delivery.ts";

describe("a sink", () => {
  it("stalls when lines wait for more than a minute, and no longer when it took some", async () => {
    let now = 0;
    const delivery = createDelivery(() => now);
    const taken: (() => void)[] = [];
    const write = () => delivery.follow(10, () => new Promise((resolve) => taken.push(resolve)));
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
    await expect(delivery.follow(10, () => Promise.reject(new Error("closed")))).rejects.toThrow("closed");
    now = 1_000_000;
    expect(delivery.stalledSeconds()).toBe(0);
  });

  it("tells what it took, and for how long was waited", async () => {
    let now = 0;
    const delivery = createDelivery(() => now);
    const taken: (() => void)[] = [];
    const write = (bytes: number) =>
      delivery.follow(bytes, () => new Promise((resolve) => taken.push(resolve)));
    const writes = [write(10)];
    now = 2000;
    writes.push(write(5));
    now = 3000;
    expect(delivery).toMatchObject({ writes: 0, bytes: 0, waitedMs: 0 });
    expect(delivery.idleMs()).toBe(3000);
    taken[0]!();
    await writes[0];
    expect(delivery).toMatchObject({ writes: 1, bytes: 10, waitedMs: 3000 });
    now = 4000;
    expect(delivery.idleMs()).toBe(1000);
    taken[1]!();
    await writes[1];
    expect(delivery).toMatchObject({ writes: 2, bytes: 15, waitedMs: 5000 });
    await expect(delivery.follow(7, () => Promise.reject(new Error("closed")))).rejects.toThrow("closed");
    expect(delivery).toMatchObject({ writes: 2, bytes: 15 });
  });
});
