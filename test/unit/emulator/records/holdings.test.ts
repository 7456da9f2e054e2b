import { describe, expect, it } from "vitest";
import { defaultTenant } from "../../../../src/emulator/options.ts";
import { fromMillis } from "../../../../src/instant.ts";
import { bench, emulate, idOf, manualClock, NOON, text } from "../setup.ts";

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
