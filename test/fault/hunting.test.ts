/** Advanced hunting: what it cuts off is asked for in parts, what it refuses is told, and nothing is lost. */
import { afterEach, describe, expect, it } from "vitest";
import { addSeconds, fromMillis } from "../../src/instant.ts";
import { poll } from "../../src/tap/poll.ts";
import { askedRange } from "../support/askedRange.ts";
import { eventLine, EXACT, tally } from "../support/eventLines.ts";
import { openRig, type Rig, TENANT } from "../support/rig.ts";

const SERVICE = "hunting_device_logon_events";
const signal = new AbortController().signal;
let rig: Rig;
afterEach(() => rig.close());

/** Rows spread over the last hours. */
function made(count: number, hours: number): void {
  const to = fromMillis(rig.clock.now());
  rig.emulator.produce(SERVICE, count, { from: addSeconds(to, -hours * 3600), to });
}

function stream(size?: number) {
  const instant = addSeconds(fromMillis(rig.clock.now()), -86_400);
  const opened = rig.stream(SERVICE, { startTime: { text: "start", instant } });
  return size === undefined ? opened : { ...opened, plugin: { ...opened.plugin, page: { size } } };
}

const held = () => rig.emulator.records(SERVICE).map((bytes) => new TextDecoder().decode(bytes));
const came = () => rig.lines.map((line) => eventLine(line).record);
const told = () => rig.log.join("\n");

describe("a query that finds as many rows as an answer may hold", () => {
  it("is asked for in parts, and every row leaves once, byte for byte", async () => {
    rig = openRig({ huntingRows: 40 });
    made(600, 5);
    const { error, gaps } = await poll(stream(40), rig.engine, signal);
    expect([error, gaps]).toEqual([null, 0]);
    expect(tally(held(), came())).toEqual(EXACT);
  });

  it("is a gap where the smallest window is still too full, which is told, and others go on", async () => {
    rig = openRig({ huntingRows: 40 });
    made(60, 2);
    const crowd = addSeconds(fromMillis(rig.clock.now()), -1800);
    rig.emulator.produce(SERVICE, 200, { from: crowd, to: addSeconds(crowd, 5) });
    const read = stream(40);
    const { error } = await poll(read, rig.engine, signal);
    expect(error).toBeNull();
    const gaps = read.state.gaps().list();
    expect(gaps.map(({ reason }) => reason)).toEqual(["window-too-large"]);
    expect(told()).toContain("it has 40 rows, the most that one answer holds");
    const crowded = (record: string) => {
      const seconds = Date.parse(JSON.parse(record).Timestamp) / 1000;
      return seconds >= gaps[0]!.from.seconds && seconds <= gaps[0]!.to.seconds + 1;
    };
    expect(tally(held().filter((record) => !crowded(record)), came().filter((record) => !crowded(record))))
      .toEqual(EXACT);
  });

  it("gives nothing of a gap twice, however many days it stays one", async () => {
    rig = openRig({ huntingRows: 40, inMemory: true });
    const crowd = addSeconds(fromMillis(rig.clock.now()), -1800);
    rig.emulator.produce(SERVICE, 200, { from: crowd, to: addSeconds(crowd, 5) });
    const read = stream(40);
    for (let hours = 0; hours < 24 * 9; hours += 3) {
      expect((await poll(read, rig.engine, signal)).error).toBeNull();
      rig.clock.advance(3 * 3_600_000);
    }
    expect(read.state.gaps().list()).toHaveLength(1);
    expect(tally(came(), came()).repeated).toEqual([]);
    expect(rig.lines.length).toBeGreaterThanOrEqual(40);
  });

  it("takes wider windows again where rows are few", async () => {
    rig = openRig({ huntingRows: 40 });
    made(30, 20);
    await poll(stream(), rig.engine, signal);
    // One for the last hour, then windows that double up to a day.
    expect(rig.sent.length).toBeLessThan(9);
  });
});

describe("what advanced hunting refuses", () => {
  it("too many calls: the program waits, and nothing is lost", async () => {
    rig = openRig({ quotas: { hunting: { requests: 3, seconds: 60 } }, huntingRows: 40 });
    made(200, 3);
    const { error } = await poll(stream(40), rig.engine, signal);
    expect(error).toBeNull();
    expect(rig.emulator.requests.some(({ status }) => status === 429)).toBe(true);
    expect(tally(held(), came())).toEqual(EXACT);
  });

  it.each([
    ["Query execution has exceeded the allowed result size. Optimize your query and try again", 400],
    ["Query execution has exceeded the allowed limits. The query execution was preempted", 400],
    ["The request timed out", 504],
  ])(
    "a window of too much, in the words of its reports: it is asked for in parts: %s",
    async (message, status) => {
      const refusal = JSON.stringify({ error: { code: "BadRequest", message } });
      rig = openRig({
        between(request, pass) {
          const range = askedRange(request);
          if (range === null || range.to - range.from <= 900) return pass(request);
          return Promise.resolve({
            status,
            header: () => null,
            body: (async function* () {
              yield new TextEncoder().encode(refusal);
            })(),
          });
        },
      });
      made(200, 3);
      const read = stream();
      expect((await poll(read, rig.engine, signal)).error).toBeNull();
      expect(read.state.gaps().list()).toEqual([]);
      expect(tally(held(), came())).toEqual(EXACT);
    },
  );

  it("a query that it does not understand: the stream says what Graph says", async () => {
    rig = openRig();
    const opened = stream();
    const cursor = { ...opened.plugin.cursor, operators: ["where ActionType has_any ('x')"] };
    const plugin = { ...opened.plugin, cursor } as typeof opened.plugin;
    const { error } = await poll({ ...opened, plugin }, rig.engine, signal);
    expect(error).toMatchObject({
      code: "graph-refused",
      message: expect.stringContaining("Fix syntax errors in your query"),
    });
  });

  it("an application without the permission: it is named", async () => {
    rig = openRig({ tenants: [{ ...TENANT, permissions: ["SecurityAlert.Read.All"] }] });
    const { error } = await poll(stream(), rig.engine, signal);
    expect(error?.message).toContain("grant the application permission ThreatHunting.Read.All");
  });
});

it("stays within the calls that a tenant has at least, whatever there is to read", async () => {
  rig = openRig({ huntingRows: 20, quotas: {}, budgets: { hunting: { requests: 45, seconds: 60 } } });
  made(1500, 3);
  expect((await poll(stream(20), rig.engine, signal)).error).toBeNull();
  expect(rig.emulator.requests.length).toBeGreaterThan(90);
  expect(rig.emulator.requests.filter(({ status }) => status === 429)).toEqual([]);
});
