import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { GraphtapError } from "../../../src/errors.ts";
import { createWriteQueue, STOP_GRACE_MS } from "../../../src/sink/writeQueue.ts";
import { handClock } from "../../support/handClock.ts";

function open() {
  const stop = new AbortController();
  const clock = handClock();
  return { stop, clock, queue: createWriteQueue({ stop: stop.signal, clock }) };
}

const forever = () => new Promise<void>(() => {});

describe("the queue of a sink's writes", () => {
  it("tells the work to give up, so that it ends what it waits for", async () => {
    const { queue, stop, clock } = open();
    let told: unknown = null;
    const write = queue.add((giveUp) => {
      giveUp.addEventListener("abort", () => told = giveUp.reason, { once: true });
      return forever();
    });
    stop.abort(new GraphtapError("stopped", "stopped by SIGTERM"));
    await Promise.resolve();
    clock.advance(STOP_GRACE_MS);
    const why = await write.catch((error) => error);
    expect(why).toMatchObject({
      code: "sink-stalled",
      message: expect.stringContaining("within 1.5 s after the stop (stopped by SIGTERM)"),
    });
    expect(told).toBe(why);
  });

  it("begins no work when the time after the stop is over", async () => {
    const { queue, stop, clock } = open();
    stop.abort();
    clock.advance(STOP_GRACE_MS);
    let began = false;
    await expect(queue.add(() => void (began = true))).rejects.toMatchObject({ code: "sink-stalled" });
    expect(began).toBe(false);
  });

  it("counts from the stop, not from each write", async () => {
    const { queue, stop, clock } = open();
    stop.abort();
    clock.advance(STOP_GRACE_MS - 1);
    await queue.add(() => {});
    const late = queue.add(forever);
    clock.advance(1);
    await expect(late).rejects.toMatchObject({ code: "sink-stalled" });
  });

  it("knows of a stop that came before it", async () => {
    const stop = AbortSignal.abort();
    const clock = handClock();
    const queue = createWriteQueue({ stop, clock });
    await queue.add(() => {});
    expect(clock.sleeping).toEqual([STOP_GRACE_MS]);
    queue.close();
    expect(clock.sleeping).toEqual([]);
  });

  it("keeps nothing of the writes that have ended", async () => {
    const { queue, stop } = open();
    let signal: AbortSignal | undefined;
    for (let writes = 0; writes < 100; writes++) {
      await queue.add((giveUp) => {
        signal = giveUp;
        return Promise.resolve();
      });
    }
    expect(getEventListeners(signal!, "abort")).toHaveLength(0);
    expect(getEventListeners(stop.signal, "abort")).toHaveLength(1);
    queue.close();
    expect(getEventListeners(stop.signal, "abort")).toHaveLength(0);
  });

  it("without a stop waits as long as it takes", async () => {
    const queue = createWriteQueue();
    let release = () => {};
    const write = queue.add(() => new Promise((resolve) => release = resolve));
    await Promise.resolve();
    await Promise.resolve();
    release();
    await write;
  });
});
