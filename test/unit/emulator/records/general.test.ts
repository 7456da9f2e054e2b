import { describe, expect, it } from "vitest";
import { compareInstants, fromMillis, parseInstant } from "../../../../src/instant.ts";
import { inventedPlugins } from "../../../support/inventedPlugins.ts";
import { emulate, idOf, manualClock, NOON, text } from "../setup.ts";

const WINDOW = { from: fromMillis(NOON - 3_600_000), to: fromMillis(NOON) };
const open = (seed = 1) => emulate({ plugins: inventedPlugins, clock: manualClock(), seed });
const make = (service: string, seed?: number) => open(seed).produce(service, 120, WINDOW).map(text);

describe("a record of a general shape", () => {
  it.each(inventedPlugins.map(({ service }) => service))(
    "of %s is one line of JSON with its own id",
    (service) => {
      const records = make(service);
      expect(records.filter((record) => /[\r\n]/.test(record))).toEqual([]);
      expect(new Set(records.map((record) => JSON.parse(record).id)).size).toBe(120);
      expect(make(service)).toEqual(records);
      expect(make(service, 2)).not.toEqual(records);
    },
  );

  it.each([["door_logs", "openedDateTime"], ["door_alarms", "lastUpdatedDateTime"]])(
    "of %s has the cursor's %s in the time asked for, with whatever fraction Graph has",
    (service, field) => {
      const times = make(service).map((record) => JSON.parse(record)[field] as string);
      for (const time of times) {
        expect(compareInstants(parseInstant(time)!, WINDOW.from)).toBeGreaterThanOrEqual(0);
        expect(compareInstants(parseInstant(time)!, WINDOW.to)).toBeLessThan(0);
      }
      expect(times.some((time) => /\.\d{7}Z$/.test(time))).toBe(true);
      expect(times.some((time) => !/\.\d{7}Z$/.test(time))).toBe(true);
    },
  );

  it("has every value that decides its tag, in any case, and others", () => {
    const vendors = new Set(make("door_alarms").map((record) => JSON.parse(record).source.vendor));
    expect([...vendors]).toEqual(expect.arrayContaining(["Contoso", "CONTOSO"]));
    expect(vendors.size).toBeGreaterThan(2);
    const wings = make("door_logs").map((record) => JSON.parse(record).wings as string[]);
    expect(new Set(wings.map(([first]) => first))).toEqual(new Set(["north", "south", "other", undefined]));
    expect(wings.some(({ length }) => length === 2)).toBe(true);
  });

  it("has every property that a filter may name, of its type", () => {
    for (const record of make("door_logs").map((json) => JSON.parse(json))) {
      expect(record).toMatchObject({ level: expect.any(Number), wasForced: expect.any(Boolean) });
      for (const visitor of record.visitors) expect(visitor.name).toBeTypeOf("string");
    }
  });

  it("holds what would not survive being parsed and written again", () => {
    for (const odd of [/:1\.0,/, /:12345678901234567890,/, /"10":"ten","2":"two"/, /\\u00a0/, /[^ -~]/]) {
      expect(make("doors").some((record) => odd.test(record))).toBe(true);
    }
  });

  it.each([["door_alarms", true], ["doors", false]])("of %s can change", (service, hasTime) => {
    const emulator = open();
    const [before] = emulator.produce(service, 1, WINDOW);
    const after = text(emulator.update(service, idOf(before!), fromMillis(NOON + 5000)));
    expect(JSON.parse(after)).toMatchObject({
      revision: 2,
      ...(hasTime ? { lastUpdatedDateTime: "2026-11-22T12:00:05Z" } : {}),
    });
  });

  it("is like the plugin's example, with an id and times of its own", () => {
    const [, , doors] = inventedPlugins;
    const example = {
      id: "x",
      name: "Tür",
      built: "2020-01-01T00:00:00Z",
      in: { wing: "north", since: "2020-01-01T00:00:00Z" },
    };
    const emulator = emulate({ plugins: [{ ...doors!, example }], clock: manualClock() });
    const records = emulator.produce("doors", 9, WINDOW).map((record) => JSON.parse(text(record)));
    expect(new Set(records.map(({ id }) => id)).size).toBe(9);
    for (const { id, ...record } of records) {
      expect(id).not.toBe("x");
      expect(record).toEqual({
        name: "Tür",
        built: expect.any(String),
        in: { wing: "north", since: record.built },
      });
      expect(Math.abs(parseInstant(record.built)!.seconds - NOON / 1000)).toBeLessThan(7200);
    }
  });

  it("of a log never changes", () => {
    const emulator = open();
    const [record] = emulator.produce("door_logs", 1, WINDOW);
    expect(() => emulator.update("door_logs", idOf(record!))).toThrow(/its records never change$/);
  });

  it("is made although the emulator cannot read the plugin's filter", () => {
    const plugins = inventedPlugins.map((plugin) => ({ ...plugin, filter: "endswith(a, 'b')" }));
    expect(emulate({ plugins }).produce("doors", 3)).toHaveLength(3);
  });
});
