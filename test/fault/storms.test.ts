import { afterEach, describe, expect, it } from "vitest";
import { addSeconds, formatInstant, fromMillis } from "../../src/instant.ts";
import { poll } from "../../src/tap/poll.ts";
import { openRig, type Rig } from "../support/rig.ts";

const signal = new AbortController().signal;
const HOUR = 3600;
let rig: Rig;
afterEach(() => rig.close());

function fill(rig: Rig, count: number): void {
  const now = fromMillis(rig.clock.now());
  for (let i = 0; i < count; i++) {
    const time = formatInstant(addSeconds(now, -1 - Math.floor(i * HOUR / count)));
    rig.emulator.put("signIns", `{"id":"r${i}","createdDateTime":"${time}"}`);
  }
}

const settings = (rig: Rig) => ({
  startTime: { text: "start", instant: addSeconds(fromMillis(rig.clock.now()), -HOUR) },
});

/** Each record once, whatever happened on the way. */
async function pollUntilDone(rig: Rig, count: number, pageSize: number): Promise<void> {
  const stream = rig.stream("signIns", settings(rig));
  const paged = { ...stream, plugin: { ...stream.plugin, page: { size: pageSize } } };
  for (
    let polls = 0;
    polls < 12 && new Set(rig.lines.map((line) => JSON.parse(line).id)).size < count;
    polls++
  ) {
    await poll(paged, rig.engine, signal);
    rig.clock.advance(300_000);
  }
  const ids = rig.lines.map((line) => JSON.parse(line).id as string);
  expect(new Set(ids).size).toBe(count);
  expect(ids.length).toBe(count);
}

describe("a storm of 429", () => {
  it.each([
    ["with seconds", { "retry-after": "7" }],
    ["with a date", { "retry-after": "Sun, 22 Nov 2026 16:00:20 GMT" }],
    ["with nothing", {}],
    ["with two weeks", { "retry-after": "1209600" }],
  ])("%s costs time and nothing else", async (_, headers) => {
    rig = openRig({ unevenPages: false, budgets: { reports: { requests: 4, seconds: 10 } } });
    fill(rig, 200);
    rig.emulator.faults.add({
      match: { collection: "signIns", nth: 2, times: 4 },
      do: { kind: "status", status: 429, headers },
    });
    await pollUntilDone(rig, 200, 20);
  });

  it("never happens by our own doing: no stretch of ten seconds has more requests than Graph allows", async () => {
    rig = openRig({ unevenPages: false, quotas: {}, budgets: { reports: { requests: 4, seconds: 10 } } });
    fill(rig, 400);
    await pollUntilDone(rig, 400, 10);
    expect(rig.emulator.requests.filter(({ status }) => status === 429)).toEqual([]);
    const starts = rig.emulator.requests.filter(({ collection }) => collection === "signIns").map(({ at }) =>
      at
    );
    expect(starts.filter((start, i) => (starts[i + 5] ?? Infinity) - start < 10_000)).toEqual([]);
  });
});

describe("a long scan", () => {
  it("goes on with a new token when the old one expires at page 50", async () => {
    rig = openRig({ unevenPages: false });
    fill(rig, 600);
    rig.emulator.faults.add({ match: { collection: "signIns", nth: 50 }, do: { kind: "tokenExpire" } });
    await pollUntilDone(rig, 600, 10);
    expect(rig.emulator.requests.filter(({ path }) => path.endsWith("/token"))).toHaveLength(2);
    expect(rig.emulator.requests.filter(({ status }) => status === 401)).toHaveLength(1);
  });

  it.each(
    [
      ["expires", { kind: "skipTokenExpire" }],
      ["loops", { kind: "loopLink" }],
      ["leads through an empty page", { kind: "emptyPage" }],
    ] as const,
  )("survives a page link that %s", async (_, fault) => {
    rig = openRig({ unevenPages: false });
    fill(rig, 200);
    rig.emulator.faults.add({ match: { collection: "signIns", nth: 5 }, do: fault });
    await pollUntilDone(rig, 200, 20);
  });

  it("says so when Graph does not apply the filter, and loses nothing", async () => {
    rig = openRig({ unevenPages: false });
    fill(rig, 50);
    rig.emulator.put(
      "signIns",
      `{"id":"old","createdDateTime":"${
        formatInstant(addSeconds(fromMillis(rig.clock.now()), -20 * 86_400))
      }"}`,
    );
    rig.emulator.faults.add({ match: { collection: "signIns", nth: 1 }, do: { kind: "ignoreFilter" } });
    await poll(rig.stream("signIns", settings(rig)), rig.engine, signal);
    expect(rig.lines.length).toBeGreaterThanOrEqual(50);
    expect(rig.log.some((line) => line.includes("did not apply the filter"))).toBe(true);
  });
});
