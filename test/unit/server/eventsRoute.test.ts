import { describe, expect, it } from "vitest";
import { heldIds, idsOf, openHouse, produce, settle } from "./house.ts";

/** Reads what is there, without waiting for more. */
async function readSome(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string> {
  const next = await Promise.race([reader.read(), settle().then(() => null)]);
  return next === null || next.done ? "" : new TextDecoder().decode(next.value);
}

describe("the events", () => {
  it("show what polling delivers, to everybody who looks", async () => {
    const house = openHouse({ polls: true });
    const readers = [await house.fetch("/v1/events"), await house.fetch("/v1/events")].map((response) =>
      response.body!.getReader()
    );
    produce(house, "signIns", 3);
    await house.poll();
    for (const reader of readers) {
      expect(idsOf(await readSome(reader)).sort()).toEqual(heldIds(house, "signIns").sort());
    }
    expect(house.lines).toHaveLength(3);
  });

  it("show what pulls deliver, in the server's own format", async () => {
    const house = openHouse();
    const reader = (await house.fetch("/v1/events")).body!.getReader();
    produce(house, "signIns", 3);
    expect(await house.ids("/v1/pull")).toHaveLength(3);
    expect(idsOf(await readSome(reader))).toHaveLength(3);
    house.clock.advance(60_000);
    produce(house, "signIns", 3, 30);
    await (await house.fetch("/v1/pull?format=devo")).text();
    expect(await readSome(reader)).toBe("");
  });

  it("can be those of a service only", async () => {
    const house = openHouse({ polls: true });
    const other = (await house.fetch("/v1/events?service=alerts_v2")).body!.getReader();
    produce(house, "signIns", 3);
    await house.poll();
    expect(await readSome(other)).toBe("");
    expect((await house.fetch("/v1/events?service=nope")).status).toBe(400);
  });

  it("come as server-sent events when asked so", async () => {
    const house = openHouse({ polls: true });
    const response = await house.fetch("/v1/events", { headers: { accept: "text/event-stream" } });
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    produce(house, "signIns", 2);
    await house.poll();
    expect(await readSome(response.body!.getReader())).toMatch(
      /^id: 1\ndata: \{"tag":.*\}\n\nid: 2\ndata: \{"tag":.*\}\n\n$/,
    );
  });

  it.each([
    ["text/event-stream", (text: string) => expect(text).toMatch(/\n\n: cut off, since .*\n\n$/)],
    ["*/*", (text: string) => expect(text).toMatch(/broken: the listener is too slow$/)],
  ])("do not wait for a listener that is too slow (%s)", async (accept, judge) => {
    const house = openHouse({ polls: true });
    const { body } = await house.fetch("/v1/events", { headers: { accept } });
    const createdDateTime = "2026-11-22T15:50:00Z";
    for (let id = 0; id < 30; id++) {
      house.emulator.put(
        "signIns",
        JSON.stringify({ id: `${id}`, createdDateTime, text: "x".repeat(50_000) }),
      );
    }
    await house.poll();
    expect(house.lines).toHaveLength(30);
    const decoder = new TextDecoder();
    let text = "";
    try {
      for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) text += decoder.decode(chunk);
    } catch (error) {
      text += `broken: ${(error as Error).message}`;
    }
    judge(text);
  });

  it("have room for sixteen listeners, and for another when one leaves", async () => {
    const house = openHouse();
    const all = await Promise.all(Array.from({ length: 16 }, () => house.fetch("/v1/events")));
    expect((await house.fetch("/v1/events")).status).toBe(503);
    await all[0]!.body!.cancel();
    expect((await house.fetch("/v1/events")).status).toBe(200);
  });

  it("end with the server", async () => {
    const house = openHouse();
    const response = await house.fetch("/v1/events");
    house.server.dismiss();
    expect(await response.text()).toBe("");
  });
});
