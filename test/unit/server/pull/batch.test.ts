import { describe, expect, it } from "vitest";
import { GraphtapError } from "../../../../src/errors.ts";
import { BATCH_HEADER } from "../../../../src/server/pull/routes.ts";
import { heldIds, type House, idsOf, openHouse, produce, settle, shortPages } from "../house.ts";

async function batch(house: House, query = ""): Promise<{ id: string; ids: string[] }> {
  const response = await house.fetch(`/v1/pull?confirm=1${query}`);
  return { id: response.headers.get(BATCH_HEADER) ?? "", ids: idsOf(await response.text()) };
}

async function confirm(house: House, id: string): Promise<[number, Record<string, unknown>]> {
  const response = await house.fetch(`/v1/confirm/${id}`, { method: "POST" });
  return [response.status, await response.json() as Record<string, unknown>];
}

describe("a batch that waits for its confirmation", () => {
  it("comes again until it is confirmed, and then no more", async () => {
    const house = openHouse();
    produce(house, "signIns", 20);
    const first = await batch(house);
    const second = await batch(house);
    expect(second.ids.sort()).toEqual(first.ids.sort());
    expect(second.id).not.toBe(first.id);
    expect(await confirm(house, second.id)).toEqual([200, { batch: second.id, records: 20, complete: true }]);
    expect(await batch(house)).toEqual({ id: "", ids: [] });
  });

  it("survives a restart as what it is: unconfirmed ones come again, confirmed ones do not", async () => {
    const house = openHouse();
    produce(house, "signIns", 20);
    produce(house, "alerts_v2", 3);
    const kept = await batch(house, "&service=alerts_v2");
    await confirm(house, kept.id);
    const lost = await batch(house);
    expect(lost.ids).toHaveLength(20);
    house.restart();
    expect(await confirm(house, lost.id)).toMatchObject([404, { code: "usage" }]);
    expect((await batch(house)).ids.sort()).toEqual(heldIds(house, "signIns").sort());
  });

  it("may be confirmed twice, since the first answer can be lost", async () => {
    const house = openHouse();
    produce(house, "signIns", 1);
    const { id } = await batch(house);
    await confirm(house, id);
    expect(await confirm(house, id)).toEqual([200, { batch: id, confirmed: "before" }]);
  });

  it("is gone once its stream is pulled again", async () => {
    const house = openHouse();
    produce(house, "signIns", 5);
    const first = await batch(house);
    const second = await batch(house);
    expect(await confirm(house, first.id)).toMatchObject([410, { status: 410 }]);
    expect((await confirm(house, second.id))[0]).toBe(200);
  });

  it("stays when another stream is pulled", async () => {
    const house = openHouse();
    produce(house, "signIns", 5);
    produce(house, "alerts_v2", 5);
    const first = await batch(house, "&service=signIns");
    const second = await batch(house, "&service=alerts_v2");
    expect([(await confirm(house, first.id))[0], (await confirm(house, second.id))[0]]).toEqual([200, 200]);
    expect((await batch(house)).ids).toEqual([]);
  });

  it("cannot be confirmed before it was sent whole", async () => {
    const house = openHouse();
    produce(house, "signIns", 5);
    const response = await house.fetch("/v1/pull?confirm=1");
    const id = response.headers.get(BATCH_HEADER)!;
    expect((await confirm(house, id))[0]).toBe(409);
    await response.text();
    expect((await confirm(house, id))[0]).toBe(200);
  });

  it("is forgotten when its client leaves in the middle", async () => {
    const house = openHouse();
    produce(house, "signIns", 5);
    const response = await house.fetch("/v1/pull?confirm=1");
    const reader = response.body!.getReader();
    await reader.read();
    await reader.cancel();
    await house.server.idle();
    expect((await confirm(house, response.headers.get(BATCH_HEADER)!))[0]).toBe(410);
    expect((await batch(house)).ids).toHaveLength(5);
  });

  it("says that more waits when it was full", async () => {
    const house = openHouse();
    shortPages(house, 50);
    produce(house, "signIns", 250);
    const ids: string[] = [];
    for (;;) {
      const part = await batch(house, "&limit=100");
      if (part.id === "") break;
      ids.push(...part.ids);
      const [status, { complete }] = await confirm(house, part.id);
      expect([status, typeof complete]).toEqual([200, "boolean"]);
      if (ids.length < 250) expect(complete).toBe(false);
    }
    expect(ids.sort()).toEqual(heldIds(house, "signIns").sort());
  });

  it("holds a beginning that no one configured: what arrives before the confirmation is not left out", async () => {
    const house = openHouse({ start: false });
    expect((await batch(house)).ids).toEqual([]);
    house.clock.advance(60_000);
    produce(house, "signIns", 5, 30);
    expect((await batch(house)).ids).toHaveLength(5);
    house.clock.advance(600_000);
    house.restart();
    expect((await batch(house)).ids).toHaveLength(5);
  });

  it("keeps the server's own polling waiting, but not for ever", async () => {
    const house = openHouse({ polls: true });
    produce(house, "signIns", 5);
    const { id } = await batch(house, "&service=signIns");
    const polled = house.poll();
    await settle();
    expect(house.lines).toEqual([]);
    house.clock.advance(301_000);
    await polled;
    expect(house.lines).toHaveLength(5);
    expect((await confirm(house, id))[0]).toBe(410);
  });

  it("lets the server's own polling go on once it is confirmed", async () => {
    const house = openHouse({ polls: true });
    produce(house, "signIns", 5);
    const { id } = await batch(house, "&service=signIns");
    const polled = house.poll();
    await settle();
    await confirm(house, id);
    expect((await polled).sent).toBe(0);
  });

  it("does not outlive a stop", async () => {
    const house = openHouse({ polls: true });
    produce(house, "signIns", 5);
    await batch(house, "&service=signIns");
    const polled = house.poll();
    house.stop.abort(new GraphtapError("stopped", "stopped by a signal"));
    await expect(polled).rejects.toMatchObject({ code: "stopped" });
  });
});

describe("a batch of a stream that goes, because the configuration was read again", () => {
  async function gone() {
    const house = openHouse();
    produce(house, "signIns", 20);
    const first = await batch(house);
    const [signIns, alerts] = house.streams;
    await house.server.leave([signIns!]);
    house.server.goOn([alerts!]);
    let isSettled = false;
    void house.server.settled(signIns!).then(() => isSettled = true);
    await settle();
    expect(isSettled, "what it holds back may still become durable").toBe(false);
    return { house, first, isSettled: () => isSettled };
  }

  it("can be confirmed all the same, and then leaves no more when the stream is back", async () => {
    const { house, first, isSettled } = await gone();
    expect(await confirm(house, first.id)).toMatchObject([200, { records: 20 }]);
    await settle();
    expect(isSettled()).toBe(true);
    house.server.goOn(house.streams);
    expect((await batch(house)).ids).toEqual([]);
  });

  it("comes again with the stream when nobody confirmed it, and cannot be confirmed any more then", async () => {
    const { house, first } = await gone();
    expect((await batch(house)).ids, "the other stream has none").toEqual([]);
    house.server.goOn(house.streams);
    expect((await batch(house)).ids.sort()).toEqual(first.ids.sort());
    expect(await confirm(house, first.id)).toMatchObject([410, { code: "usage" }]);
  });

  it("ends early when it is still being read, and the rest comes with the next pull", async () => {
    const house = openHouse();
    produce(house, "signIns", 20);
    let asked = false;
    house.intercept = ({ url, signal }) => {
      if (!url.includes("signIns")) return null;
      asked = true;
      return new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));
    };
    const pulling = house.fetch("/v1/pull?service=signIns");
    while (!asked) await settle();
    await house.server.leave([house.streams[0]!]);
    expect(await (await pulling).text()).toBe("");
    const waiting = await house.fetch("/v1/pull?service=signIns");
    expect([waiting.status, waiting.headers.get("retry-after")]).toEqual([503, "1"]);
    house.intercept = null;
    house.server.goOn(house.streams);
    expect((await batch(house)).ids.sort()).toEqual(heldIds(house, "signIns").sort());
  });
});
