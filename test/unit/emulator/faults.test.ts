import { describe, expect, it } from "vitest";
import type { Fault } from "../../../src/emulator/faults.ts";
import { fromMillis } from "../../../src/instant.ts";
import { bench, NOON } from "./setup.ts";

const PATH = "/v1.0/auditLogs/signIns";

async function faulty(action: Fault["do"], match: Fault["match"] = {}) {
  const one = await bench();
  one.emulator.produce("signIns", 30, { from: fromMillis(NOON - 60_000) });
  const fault = one.emulator.faults.add({ match, do: action });
  return { ...one, fault };
}

describe("a fault hits", () => {
  it.each<[string, Fault["match"], number[]]>([
    ["the next request alone", {}, [503, 200, 200, 200]],
    ["the third", { nth: 3 }, [200, 200, 503, 200]],
    ["two from the second on", { nth: 2, times: 2 }, [200, 503, 503, 200]],
    ["all of them", { times: "always" }, [503, 503, 503, 503]],
    ["one collection", { collection: "signIns", times: "always" }, [503, 503, 503, 503]],
    ["not another collection", { collection: "alerts", times: "always" }, [200, 200, 200, 200]],
    ["a part of the path", { path: "/auditLogs/", nth: 4 }, [200, 200, 200, 503]],
  ])("%s", async (_, match, expected) => {
    const { get } = await faulty({ kind: "status", status: 503 }, match);
    const statuses = [];
    for (let i = 0; i < 4; i++) statuses.push((await get(PATH)).status);
    expect(statuses).toEqual(expected);
  });

  it("a page of a paging", async () => {
    const { get, page } = await faulty({ kind: "status", status: 504 }, { page: 1 });
    const first = await page(`${PATH}?$top=10`);
    expect((await get(first["@odata.nextLink"] ?? "")).status).toBe(504);
    expect((await get(first["@odata.nextLink"] ?? "")).status).toBe(200);
  });

  it("and says how often, until it is removed", async () => {
    const { get, fault } = await faulty({ kind: "status", status: 500 }, { times: 5 });
    await get(PATH);
    expect(fault).toMatchObject({ hits: 1, spent: false });
    fault.remove();
    expect((await get(PATH)).status).toBe(200);
  });
});

describe("faults from a file", () => {
  it("are a list, or one alone", async () => {
    const { emulator, get } = await bench();
    emulator.faults.load([{ match: { nth: 2 }, do: { kind: "html" } }]);
    emulator.faults.load({ do: { kind: "status", status: 500 } });
    expect(emulator.faults.active).toHaveLength(2);
    expect([(await get(PATH)).status, (await get(PATH)).status, (await get(PATH)).status]).toEqual([
      500,
      502,
      200,
    ]);
  });

  it.each([
    ["an unknown kind", [{ do: { kind: "explode" } }]],
    ["an unknown key", { match: { colour: "red" }, do: { kind: "html" } }],
    ["no fault", "html"],
  ])("are refused when there is %s", async (_, faults) => {
    const { emulator } = await bench();
    expect(() => emulator.faults.load(faults)).toThrow(expect.objectContaining({ code: "usage" }));
    expect(emulator.faults.active).toEqual([]);
  });
});
