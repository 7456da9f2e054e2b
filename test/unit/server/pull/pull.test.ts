import { describe, expect, it } from "vitest";
import { GraphtapError } from "../../../../src/errors.ts";
import { BATCH_HEADER } from "../../../../src/server/pull/routes.ts";
import { recordKey } from "../../../../src/record/keyMaker.ts";
import { heldIds, idsOf, openHouse, produce, settle, shortPages } from "../house.ts";

const problemOf = async (response: Response) => await response.json() as { code: string; detail: string };

describe("a pull", () => {
  it("gives what is new, once", async () => {
    const house = openHouse();
    produce(house, "signIns", 30);
    produce(house, "alerts_v2", 5);
    const response = await house.fetch("/v1/pull");
    expect([response.status, response.headers.get("content-type"), response.headers.get(BATCH_HEADER)])
      .toEqual([200, "application/x-ndjson", null]);
    const first = idsOf(await response.text());
    expect(first.sort()).toEqual([...heldIds(house, "signIns"), ...heldIds(house, "alerts_v2")].sort());
    const again = await house.fetch("/v1/pull");
    // Vector takes any other status for an error.
    expect([again.status, await again.text()]).toEqual([200, ""]);
    house.clock.advance(120_000);
    produce(house, "signIns", 1, 60);
    expect(await house.ids("/v1/pull")).toEqual([heldIds(house, "signIns").at(-1)]);
  });

  it("leaves out what the sink has from a process that was killed before it could remember", async () => {
    const house = openHouse();
    produce(house, "signIns", 30);
    const [first = "", ...rest] = heldIds(house, "signIns");
    house.accepted = [recordKey(JSON.stringify(first))];
    house.restart();
    expect((await house.ids("/v1/pull")).sort()).toEqual(rest.sort());
    expect(house.accepted).toEqual([]);
    house.restart();
    expect(await house.ids("/v1/pull")).toEqual([]);
  });

  it.each([
    ["service=alerts_v2", 5],
    ["service=signIns", 3],
    ["service=signIn", 3],
    ["input=contoso", 8],
    ["service=signIns&service=alerts_v2&input=contoso", 8],
  ])("by %s gives those streams only", async (query, count) => {
    const house = openHouse();
    produce(house, "signIns", 3);
    produce(house, "alerts_v2", 5);
    expect(await house.ids(`/v1/pull?${query}`)).toHaveLength(count);
  });

  it.each([
    ["json", "application/x-ndjson", /^\{"tag":"cloud\.azure\.ad\.signin/],
    ["record", "application/x-ndjson", /^\{"(?!tag)/],
    ["devo", "text/plain; charset=utf-8", /^<14>2026-11-22 16:00:00\.000 host cloud\.azure\.ad\.signin/],
  ])("writes lines as %s", async (format, type, line) => {
    const house = openHouse();
    produce(house, "signIns", 1);
    const response = await house.fetch(`/v1/pull?format=${format}`);
    expect(response.headers.get("content-type")).toBe(type);
    expect(await response.text()).toMatch(line);
  });

  it.each([
    ["/v1/pull?service=nope", 400, "there are signIns, alerts_v2"],
    ["/v1/pull?input=nope", 400, "there are contoso"],
    ["/v1/pull?servcie=signIns", 400, "there are service, input"],
    ["/v1/pull?format=xml", 400, "none of json, devo, record"],
    ["/v1/pull?confirm=yes", 400, "neither 0 nor 1"],
    ["/v1/pull?limit=0", 400, "from 1 to 100000"],
    ["/v1/nothing", 404, "nothing for GET"],
  ])("says what is wrong with %s", async (path, status, words) => {
    const response = await openHouse().fetch(path);
    expect([response.status, response.headers.get("content-type")]).toEqual([
      status,
      "application/problem+json",
    ]);
    const { code, detail } = await problemOf(response);
    expect(code).toBe("usage");
    expect(detail).toContain(words);
  });

  it("of a configuration without streams is empty", async () => {
    const response = await openHouse({ streams: [] }).fetch("/v1/pull");
    expect([response.status, await response.text()]).toEqual([200, ""]);
  });

  it("is no HEAD: nothing would read its lines", async () => {
    const house = openHouse();
    expect((await house.fetch("/v1/pull", { method: "HEAD" })).status).toBe(405);
    expect(house.emulator.requests).toHaveLength(0);
  });

  it("whose client leaves in the middle gives all of it again, and the server goes on", async () => {
    const house = openHouse();
    shortPages(house, 50);
    produce(house, "signIns", 180);
    const gone = new AbortController();
    const reader = (await house.fetch("/v1/pull", { gone: gone.signal })).body!.getReader();
    await reader.read();
    await reader.read();
    gone.abort();
    await reader.cancel();
    await house.server.idle();
    expect(house.stop.signal.aborted).toBe(false);
    expect((await house.ids("/v1/pull")).sort()).toEqual(heldIds(house, "signIns").sort());
  });

  it("whose client leaves after the last line but before the end gives all of it again", async () => {
    const house = openHouse();
    produce(house, "signIns", 10);
    const reader = (await house.fetch("/v1/pull?service=signIns")).body!.getReader();
    await reader.read();
    await reader.cancel();
    await house.server.idle();
    expect(await house.ids("/v1/pull?service=signIns")).toHaveLength(10);
  });

  it("takes a client for gone that reads nothing for a minute", async () => {
    const house = openHouse();
    produce(house, "signIns", 10);
    const response = await house.fetch("/v1/pull");
    await settle();
    house.clock.advance(61_000);
    await house.server.idle();
    await expect(response.text()).rejects.toThrow("took nothing for 60 s");
    expect(await house.ids("/v1/pull")).toHaveLength(10);
  });

  it("ends when the batch is full, and the next one goes on", async () => {
    const house = openHouse();
    shortPages(house, 50);
    produce(house, "signIns", 180);
    const first = await house.ids("/v1/pull?service=signIns&limit=100");
    expect(first.length).toBeGreaterThanOrEqual(100);
    expect(first.length).toBeLessThan(180);
    const rest: string[] = [];
    for (let more = first; more.length > 0;) {
      more = await house.ids("/v1/pull?service=signIns&limit=100");
      rest.push(...more);
    }
    expect([...first, ...rest].sort()).toEqual(heldIds(house, "signIns").sort());
  });

  it("waits for the one before it, and is told when that does not end", async () => {
    const house = openHouse();
    produce(house, "signIns", 10);
    const first = await house.fetch("/v1/pull?service=signIns");
    const second = house.fetch("/v1/pull?service=signIns");
    await settle();
    expect(house.emulator.requests.filter(({ path }) => path.includes("signIns"))).toHaveLength(1);
    house.clock.advance(31_000);
    const busy = await second;
    expect([busy.status, (await problemOf(busy)).code]).toEqual([409, "state-in-use"]);
    const third = house.fetch("/v1/pull?service=signIns");
    expect(idsOf(await first.text())).toHaveLength(10);
    expect(await (await third).text()).toBe("");
  });

  it("says why when Graph refuses, and tells what waiting mends from what it does not", async () => {
    const house = openHouse();
    const fault = house.emulator.faults.add({
      match: { collection: "signIns", times: "always" },
      do: { kind: "status", status: 403, code: "Authorization_RequestDenied" },
    });
    const refused = await house.fetch("/v1/pull?service=signIns");
    expect([refused.status, (await problemOf(refused)).code]).toEqual([502, "graph-forbidden"]);
    produce(house, "alerts_v2", 2);
    // One failing stream never stops the others.
    expect(await house.ids("/v1/pull")).toHaveLength(2);
    fault.remove();
    produce(house, "signIns", 4);
    expect(await house.ids("/v1/pull")).toHaveLength(4);
  });

  it("ends whole when the process is told to stop", async () => {
    const house = openHouse();
    shortPages(house, 50);
    produce(house, "signIns", 180);
    const response = await house.fetch("/v1/pull");
    const reader = response.body!.getReader();
    const taken = [(await reader.read()).value!];
    house.stop.abort(new GraphtapError("stopped", "stopped by a signal"));
    for (let next = await reader.read(); !next.done; next = await reader.read()) taken.push(next.value);
    await house.server.idle();
    const decoder = new TextDecoder();
    const first = idsOf(taken.map((chunk) => decoder.decode(chunk, { stream: true })).join(""));
    house.restart();
    const rest = await house.ids("/v1/pull");
    expect([...first, ...rest].sort()).toEqual(heldIds(house, "signIns").sort());
  });
});
