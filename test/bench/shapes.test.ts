import { Buffer } from "node:buffer";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { plugins } from "../../plugins/index.ts";
import { createRecordMaker } from "./programs/records.ts";
import { type ShapeName, SHAPES } from "./shapes.ts";

const PAGE = 1000;
const START_MS = 1_763_800_000_000;

describe.each(Object.keys(SHAPES) as ShapeName[])("a page of %s", (name) => {
  const { bytes, gzip, escapes, service, time } = SHAPES[name];
  const make = createRecordMaker(name);
  const records = Array.from({ length: PAGE }, (_, n) => make(PAGE + n, START_MS + n * 1000));
  const page = Buffer.from(records.join(","));

  it("is as long, as hard to compress and as full of escapes as the real ones", () => {
    expect(Math.abs(page.length / PAGE / bytes - 1)).toBeLessThan(0.1);
    expect(Math.abs(page.length / gzipSync(page).length / gzip - 1)).toBeLessThan(0.1);
    expect(page.filter((byte) => byte === 0x5c).length / PAGE).toBeGreaterThanOrEqual(escapes);
  });

  it("has records with ids and times of their own, in the member that the service is read by", () => {
    const parsed = records.map((record) => JSON.parse(record) as Record<string, string>);
    expect(new Set(parsed.map(({ id }) => id)).size).toBe(PAGE);
    expect(parsed.map((record) => Math.floor(Date.parse(record[time]!) / 1000) * 1000 - START_MS))
      .toEqual(records.map((_, n) => n * 1000));
    expect(plugins.find((plugin) => plugin.service === service)?.cursor).toMatchObject({ field: time });
  });

  it("is the same in every run", () => {
    expect(createRecordMaker(name)(PAGE, START_MS)).toBe(records[0]);
  });
});

it("records can be made longer than usual", () => {
  const make = createRecordMaker("alerts", 30_000);
  const bytes = Array.from({ length: 200 }, (_, n) => make(n, START_MS).length);
  expect(bytes.reduce((a, b) => a + b) / bytes.length / 30_000).toBeCloseTo(1, 1);
});
