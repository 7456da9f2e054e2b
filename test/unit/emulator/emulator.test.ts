import { describe, expect, it } from "vitest";
import { simulate } from "../../../src/emulator/arrivals.ts";
import type { Emulator } from "../../../src/emulator/emulator.ts";
import { defaultTenant } from "../../../src/emulator/options.ts";
import { fromMillis, parseInstant } from "../../../src/instant.ts";
import { bench, emulate, idOf, manualClock, NOON, text } from "./setup.ts";

const OTHER = "11111111-2222-4333-8444-555555555555";

describe("a changed record", () => {
  const later = fromMillis(NOON + 12_345);

  it.each(
    [
      ["alerts", /"lastModifiedDateTime":"2026-11-22T12:00:12.345Z"/, "inProgress"],
      ["alerts_v2", /"lastUpdateDateTime":"2026-11-22T12:00:12.345Z"/, "inProgress"],
    ] as const,
  )("of %s has another status and time, and is otherwise the same", (collection, time, status) => {
    const emulator = emulate({ clock: manualClock() });
    const before = emulator.produce(collection, 12);
    for (const record of before) {
      const after = emulator.update(collection, idOf(record), later);
      expect(text(after)).toMatch(time);
      expect(JSON.parse(text(after)).status).toBe(status);
      const blank = (json: string) => json.replace(/"(status|last(Update|Modified)DateTime)":"[^"]*"/g, "");
      expect(blank(text(after))).toBe(blank(text(record)));
    }
    expect(emulator.records(collection)).toHaveLength(12);
  });

  it.each(["secureScores", "secureScoreControlProfiles"] as const)("of %s has other bytes", (collection) => {
    const emulator = emulate({ clock: manualClock() });
    const [record = new Uint8Array()] = emulator.produce(collection, 1);
    const after = emulator.update(collection, idOf(record));
    expect(text(after)).not.toBe(text(record));
    expect(emulator.records(collection).map(text)).toEqual([text(after)]);
  });

  it.each(
    [
      ["a log record", "signIns", "x"],
      ["a record that does not exist", "alerts", "y"],
    ] as const,
  )("cannot be %s", (_, collection, id) => {
    const emulator = emulate();
    emulator.put("signIns", '{"id":"x"}');
    expect(() => emulator.update(collection, id)).toThrow(expect.objectContaining({ code: "usage" }));
  });

  it("is found by its new time", async () => {
    const { emulator, page } = await bench();
    const [record = new Uint8Array()] = emulator.produce("alerts_v2", 1);
    emulator.update("alerts_v2", idOf(record), later);
    const path = "/v1.0/security/alerts_v2?$filter=lastUpdateDateTime ge 2026-11-22T12:00:12Z";
    expect((await page(path)).value).toHaveLength(1);
  });
});

describe("what is put", () => {
  it("is held with exactly its bytes", () => {
    const emulator = emulate();
    const odd = '{"id":"x", "n":1.0,"n":1e400 }';
    emulator.put("signIns", odd);
    expect(emulator.records("signIns").map(text)).toEqual([odd]);
    expect(emulator.records("signIns_beta")).toEqual([]);
  });

  it("takes the place of a record with its id", () => {
    const emulator = emulate();
    for (const n of [1, 2]) emulator.put("signIns", `{"id":"x","n":${n}}`);
    expect(emulator.records("signIns").map(text)).toEqual(['{"id":"x","n":2}']);
  });

  it.each(["", "[]", "null", '{"a":', "7"])("must be a JSON object: not %j", (json) => {
    expect(() => emulate().put("signIns", json)).toThrow(expect.objectContaining({ code: "usage" }));
  });
});

describe("tenants", () => {
  it("hold records of their own", async () => {
    const { emulator, page } = await bench({
      tenants: [defaultTenant, { ...defaultTenant, tenantId: OTHER }],
    });
    emulator.produce("signIns", 2);
    emulator.produce("signIns", 3, { tenantId: OTHER });
    expect((await page("/v1.0/auditLogs/signIns")).value).toHaveLength(2);
    expect(emulator.records("signIns", OTHER)).toHaveLength(3);
  });

  it("must be known", () => {
    expect(() => emulate().produce("signIns", 1, { tenantId: OTHER })).toThrow(OTHER);
  });
});

describe("the request log", () => {
  it("says what was asked, and what came of it", async () => {
    const { emulator, get } = await bench();
    emulator.produce("signIns", 3);
    await get("/v1.0/auditLogs/signIns?$top=2&$filter=userId ne 'x'", { headers: { prefer: "p" } });
    await get("/v1.0/auditLogs/signIns?$top=2", { headers: { "client-request-id": "c" } });
    const [, refused, served] = emulator.requests;
    expect(refused).toMatchObject({
      status: 400,
      filter: "userId ne 'x'",
      top: "2",
      page: null,
      headers: { prefer: "p" },
    });
    expect(served).toMatchObject({
      at: NOON,
      method: "GET",
      path: "/v1.0/auditLogs/signIns",
      collection: "signIns",
      status: 200,
      page: 0,
      records: 2,
      tokenId: "token-1",
      tenantId: defaultTenant.tenantId,
      headers: { "client-request-id": "c", prefer: null },
    });
  });
});

describe("the emulator's own routes", () => {
  const admin = (emulator: Emulator, path: string, body?: unknown) =>
    emulator.fetch(
      new Request(
        `http://emulator.test/_emulator/${path}`,
        body === undefined ? {} : {
          method: "POST",
          body: typeof body === "string" ? body : JSON.stringify(body),
        },
      ),
    );

  it("produce, update and list records with their exact bytes", async () => {
    const emulator = emulate();
    await admin(emulator, "produce", {
      collection: "alerts",
      count: 2,
      from: "2026-11-22T10:00:00Z",
      to: "2026-11-22T11:00:00Z",
    });
    const [first = new Uint8Array()] = emulator.records("alerts");
    expect(text(first)).toContain('"lastModifiedDateTime":"2026-11-22T10:00:0');
    const changed = await (await admin(emulator, "update", { collection: "alerts", id: idOf(first) })).text();
    expect(changed).toBe(`${text(emulator.records("alerts")[0] ?? first)}\n`);
    const listed = await (await admin(emulator, "records?collection=alerts")).text();
    expect(listed).toBe(emulator.records("alerts").map((record) => `${text(record)}\n`).join(""));
  });

  it("put a record as it is", async () => {
    const emulator = emulate();
    await admin(emulator, "put?collection=signIns", '{"id":"x","n":1.0}');
    expect(emulator.records("signIns").map(text)).toEqual(['{"id":"x","n":1.0}']);
  });

  it("switch faults on and off, and list requests", async () => {
    const { emulator, get } = await bench();
    expect(await (await admin(emulator, "faults", { do: { kind: "html" } })).json()).toEqual({ added: 1 });
    expect((await get("/v1.0/auditLogs/signIns")).status).toBe(502);
    await admin(emulator, "faults", [{ do: { kind: "html" } }]);
    await emulator.fetch(new Request("http://emulator.test/_emulator/faults", { method: "DELETE" }));
    expect(await (await admin(emulator, "faults")).json()).toEqual([]);
    expect(await (await admin(emulator, "requests")).json()).toHaveLength(2);
  });

  it.each([
    ["produce", { collection: "users", count: 1 }],
    ["produce", { collection: "alerts", count: 1, from: "yesterday" }],
    ["produce", "no json"],
    ["update", { collection: "alerts", id: "none" }],
    ["faults", { do: { kind: "none" } }],
    ["put?collection=alerts", "[]"],
    ["records", undefined],
  ])("refuse a wrong request to %s in one line", async (path, body) => {
    const response = await admin(emulate(), path, body);
    expect(response.status).toBe(400);
    expect((await response.json() as { error: string }).error).toMatch(/^Cannot .+$/);
  });
});

describe("arrivals", () => {
  it("bring records, some of them late, and changed alerts, until they are stopped", async () => {
    const clock = manualClock();
    const emulator = emulate({ clock });
    const stop = new AbortController();
    const sleep: typeof clock.sleep = (ms, signal) => {
      if (clock.now() >= NOON + 120_000) stop.abort();
      return clock.sleep(ms, signal);
    };
    await simulate(emulator, { clock: { now: clock.now, sleep }, signal: stop.signal });
    const times = emulator.records("directoryAudits").map((record) =>
      parseInstant(JSON.parse(text(record)).activityDateTime)?.seconds ?? 0
    );
    expect(times.length).toBeGreaterThan(100);
    const late = times.filter((at, index) => at < Math.max(...times.slice(0, index + 1)) - 2);
    expect(late.length).toBeGreaterThan(3);
    const states = emulator.records("alerts_v2").map((record) => JSON.parse(text(record)).status);
    expect(new Set(states)).toContain("inProgress");
    expect(new Set(emulator.records("signIns").map(idOf)).size).toBe(emulator.records("signIns").length);
  });
});
