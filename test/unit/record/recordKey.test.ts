import { describe, expect, it } from "vitest";
import { createFieldReader } from "../../../src/json/fields.ts";
import type { Cursor, Plugin } from "../../../src/plugin/plugin.ts";
import { createKeyMaker, recordKey } from "../../../src/record/keyMaker.ts";
import { keyFunction } from "../../../src/record/recordKey.ts";

const CURSORS: Record<Cursor["kind"], Cursor> = {
  "event-time": { kind: "event-time", field: "time", from: "ge", to: "le", retentionDays: 30 },
  "update-time": { kind: "update-time", field: "time", from: "ge", to: "le", retentionDays: 30 },
  "snapshot": { kind: "snapshot" },
  "query": { kind: "query", field: "time", table: "Table", retentionDays: 30 },
  "job": { kind: "job", field: "time", retentionDays: 180, jobQuota: "audit-search" },
};
const hex = (key: Uint8Array) => [...key].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** The key of a record of that kind of cursor. */
function keyOf(
  record: string,
  kind: Cursor["kind"] = "event-time",
  trackUpdates = true,
  cursor = CURSORS[kind],
): string {
  const bytes = new TextEncoder().encode(record);
  const fields = createFieldReader(["id", "time"]).read(bytes, 0, bytes.length);
  const plugin = { cursor } as Plugin;
  return hex(keyFunction(plugin, trackUpdates, createKeyMaker())(bytes, 0, bytes.length, fields));
}
const withId = (id: string, more = "") => `{"id":${id},"time":"2026-11-22T16:00:00Z"${more}}`;

/** Values that stand in any number of records. */
const NO_IDS = [
  "null",
  '""',
  '"  "',
  '"00000000-0000-0000-0000-000000000000"',
  '"{00000000-0000-0000-0000-000000000000}"',
  '"00000000000000000000000000000000"',
  "0",
  "true",
  "false",
  "{}",
  "[]",
];
const IDS = [
  '"66ea54eb-6301-4ee5-be62-ff5a759b0100"',
  '"00000000-0000-0000-0000-000000000001"',
  '"a"',
  '"ü"',
  '"\\u0041"',
  "17",
  "-1.5",
  '{"part":7}',
  '["x"]',
  JSON.stringify("x".repeat(1024 * 1024)),
];

describe.each(["event-time", "update-time", "snapshot"] as const)("a record of an %s cursor", (kind) => {
  it.each(NO_IDS)("whose id is %s is known by its content", (id) => {
    const record = withId(id, ',"n":1');
    expect(keyOf(record, kind)).toBe(hex(recordKey(record)));
    expect(keyOf(withId(id, ',"n":2'), kind)).not.toBe(keyOf(record, kind));
    expect(keyOf(withId(id, ',"n":2'), kind, false)).not.toBe(keyOf(record, kind, false));
  });

  it("without an id is known by its content", () => {
    expect(keyOf('{"n":1}', kind)).toBe(hex(recordKey('{"n":1}')));
  });
});

describe("an id", () => {
  it.each(IDS.map((id) => [id.slice(0, 40), id]))("such as %s is all that counts for an event", (_, id) => {
    expect(keyOf(withId(id, ',"n":1'))).toBe(hex(recordKey(id)));
    expect(keyOf(withId(id, ',"n":2'))).toBe(hex(recordKey(id)));
  });

  it("goes with the time of change where records change", () => {
    const key = keyOf(withId('"a"', ',"n":1'), "update-time");
    expect(key).toBe(hex(recordKey('"a"', '"2026-11-22T16:00:00Z"')));
    expect(keyOf(withId('"a"', ',"n":2'), "update-time")).toBe(key);
    expect(keyOf(withId('"a"'), "update-time", false)).toBe(hex(recordKey('"a"')));
  });

  it("goes with the content of a snapshot's record, but for what the plugin ignores", () => {
    const cursor: Cursor = { kind: "snapshot", ignore: ["made", "isBusy"] };
    const key = (record: string) => keyOf(record, "snapshot", true, cursor);
    const made = (at: string, isBusy: boolean, n = 1) =>
      `{"isBusy":${isBusy},"id":"a","made":"${at}","n":${n},"inner":{"made":"x"}}`;
    expect(key(made("monday", true))).toBe(key(made("tuesday, and later", false)));
    expect(key(made("monday", true, 2))).not.toBe(key(made("monday", true)));
    expect(key(made("monday", true).replace('"x"', '"y"'))).not.toBe(key(made("monday", true)));
    expect(key('{"id":"a","n":1}')).toBe(hex(recordKey('{"id":"a","n":1}')));
  });
});
