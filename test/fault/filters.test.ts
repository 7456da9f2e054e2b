/** Services whose filter Graph may refuse: every type of record is asked for, in the widest way that is served. */
import { afterEach, describe, expect, it } from "vitest";
import type { HttpResponse } from "../../src/graph/transport.ts";
import { addSeconds, formatInstant, fromMillis } from "../../src/instant.ts";
import { poll } from "../../src/tap/poll.ts";
import { openRig, type Rig } from "../support/rig.ts";

const signal = new AbortController().signal;
let rig: Rig;
afterEach(() => rig.close());

const TYPES = [
  "interactiveUser",
  "nonInteractiveUser",
  "servicePrincipal",
  "managedIdentity",
  "agentIdentity",
];

function refusal(): HttpResponse {
  async function* bytes() {
    yield new TextEncoder().encode('{"error":{"code":"BadRequest","message":"Invalid filter clause"}}');
  }
  return { status: 400, header: () => null, body: bytes() };
}

/** A Graph that refuses filters as `isRefused` says. */
function openPicky(isRefused: (filter: string) => boolean): void {
  rig = openRig({
    unevenPages: false,
    between(request, pass) {
      const filter = new URL(request.url).searchParams.get("$filter") ?? "";
      return request.method === "GET" && isRefused(filter) ? Promise.resolve(refusal()) : pass(request);
    },
  });
}

/** Five sign-ins of each type. */
function fill(name = "", everySeconds = 600): void {
  const now = fromMillis(rig.clock.now());
  TYPES.forEach((type, index) => {
    for (let n = 0; n < 5; n++) {
      const createdDateTime = formatInstant(addSeconds(now, -10 - n * everySeconds - index));
      const record = { id: `${name}${type}-${n}`, createdDateTime, signInEventTypes: [type] };
      rig.emulator.put("signIns_v2", JSON.stringify(record));
    }
  });
}

/** How many came out, by their tags. */
function linesByTable(): Record<string, number> {
  const tables = rig.lines.map((line) => /ad\.(\w+)_signin/.exec(JSON.parse(line).tag)![1]!);
  return Object.fromEntries(
    [...new Set(tables)].map((table) => [table, tables.filter((one) => one === table).length]),
  );
}
const anHour = () => ({
  startTime: { text: "start", instant: addSeconds(fromMillis(rig.clock.now()), -3600) },
});
const KNOWN = { interactive_user: 5, noninteractive_user: 5, service_principal: 5, managed_identity: 5 };

describe("sign-ins of every type", () => {
  it.each([
    ["as they are asked for first", () => false, { ...KNOWN, unknown_future_value: 5 }, 0],
    ["one after the other where they cannot be combined", / or /, { ...KNOWN, unknown_future_value: 5 }, 1],
    ["by name where ne is refused", / ne /, KNOWN, 2],
    ["each by name where neither is served", / ne | or /, KNOWN, 3],
  ])("come %s", async (_, refused, tables, step) => {
    openPicky((filter) => refused instanceof RegExp ? refused.test(filter) : refused());
    const settings = anHour();
    const opened = () => rig.stream("signIns_v2", settings);
    fill();
    expect((await poll(opened(), rig.engine, signal)).error).toBeNull();
    expect(linesByTable()).toEqual(tables);
    expect(opened().state.gaps().list()).toEqual([]);

    // Remembered, by the next process, too, and said once.
    const before = rig.sent.length;
    rig.clock.advance(300_000);
    fill("later ", 40);
    expect((await poll(opened(), rig.engine, signal)).error).toBeNull();
    expect(Object.values(linesByTable())).toEqual(Object.values(tables).map((count) => count * 2));
    const asked = rig.sent.slice(before).map(({ url }) => new URL(url).searchParams.get("$filter") ?? "");
    expect(asked.filter((filter) => refused instanceof RegExp && refused.test(filter))).toEqual([]);
    expect(opened().state.loadPosition()!.filter?.step ?? 0).toBe(step);
    expect(rig.log.filter((line) => line.includes("a narrower filter from here on"))).toHaveLength(
      step === 0 ? 0 : 1,
    );
    expect(rig.sent.length).toBeLessThan(60);
  });

  it("are asked for in the widest way again after a day", async () => {
    let picky = true;
    openPicky((filter) => picky && / or | ne /.test(filter));
    const settings = anHour();
    fill();
    await poll(rig.stream("signIns_v2", settings), rig.engine, signal);
    expect(linesByTable()).toEqual(KNOWN);
    picky = false;
    rig.clock.advance(90_000_000);
    fill("later ");
    await poll(rig.stream("signIns_v2", settings), rig.engine, signal);
    // Those of the day before are found by a re-read.
    expect(linesByTable()["unknown_future_value"]).toBe(10);
  });

  it("stay as they are asked for while a window alone is refused, or Graph as a whole", async () => {
    let isDown = true;
    openPicky((filter) => isDown || /ge 2026-11-22T15:[0-4]/.test(filter));
    const settings = anHour();
    fill();
    const stream = rig.stream("signIns_v2", settings);
    expect((await poll(stream, rig.engine, signal)).error?.code).toBe("graph-refused");
    isDown = false;
    expect((await poll(stream, rig.engine, signal)).error).toBeNull();
    expect(stream.state.loadPosition()!.filter).toBeNull();
    expect(stream.state.gaps().list()).not.toEqual([]);
  });
});
