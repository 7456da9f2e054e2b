/** Collections that are read whole: answers that are short, pages that are refused, more pages than one expects. */
import { afterEach, describe, expect, it } from "vitest";
import type { HttpRequest, HttpResponse, Transport } from "../../src/graph/transport.ts";
import { fromMillis } from "../../src/instant.ts";
import { poll } from "../../src/tap/poll.ts";
import { replay } from "../../src/tap/replay.ts";
import type { Stream } from "../../src/tap/stream.ts";
import { openRig, type Rig } from "../support/rig.ts";

const signal = new AbortController().signal;
const SERVICE = "secure_score_control_profiles";
let rig: Rig;
afterEach(() => rig.close());

function answer(status: number, body: unknown): HttpResponse {
  async function* bytes() {
    yield new TextEncoder().encode(JSON.stringify(body));
  }
  return { status, header: () => null, body: bytes() };
}

const profiles = (count: number, score = 1) =>
  Array.from({ length: count }, (_, n) => ({ id: `profile-${n}`, maxScore: score }));

/** A Graph that holds `records()`, `most` a page at most; `refuse` answers instead. */
function openWhole(
  records: () => readonly unknown[],
  options: { most?: number; refuse?: (at: number, top: number) => number | null } = {},
): Rig {
  const { most = 1000, refuse = () => null } = options;
  const serve = ({ url }: HttpRequest): HttpResponse => {
    const query = new URL(url).searchParams;
    const at = Number(query.get("$skip") ?? 0);
    const top = Math.min(Number(query.get("$top")), most);
    const status = refuse(at, top);
    if (status !== null) return answer(status, { error: { code: "BadRequest", message: "" } });
    const value = records().slice(at, at + top);
    const link = `${url.split("?")[0]}?$top=${top}&$skip=${at + top}`;
    return answer(200, at + top < records().length ? { value, "@odata.nextLink": link } : { value });
  };
  return openRig({
    inMemory: true,
    between: (request, pass: Transport) =>
      request.method === "GET" ? Promise.resolve(serve(request)) : pass(request),
  });
}

/** How many lines each of some polls brings. */
async function linesOf(stream: () => Stream, polls: number, before: (poll: number) => void = () => {}) {
  const counts: number[] = [];
  for (let n = 0; n < polls; n++) {
    before(n);
    const lines = rig.lines.length;
    await poll(stream(), rig.engine, signal);
    counts.push(rig.lines.length - lines);
    rig.clock.advance(300_000);
  }
  return counts;
}

describe("a collection that is short for a while", () => {
  const whole = profiles(90);
  it.each([
    ["empty once", [90, 0, 90], [90, 0, 0]],
    ["empty for an hour", [90, ...Array(12).fill(0), 90], [90, ...Array(13).fill(0)]],
    ["short once", [90, 60, 90], [90, 0, 0]],
    ["short four times", [90, 60, 60, 60, 60, 90], [90, 0, 0, 0, 0, 0]],
    ["empty, then short, again and again", [90, 0, 60, 90, 0, 60, 90, 60, 0, 90], [90, ...Array(9).fill(0)]],
    // Whoever is gone for long has gone, and leaves when it is back.
    ["short five times", [90, 60, 60, 60, 60, 60, 90], [90, 0, 0, 0, 0, 0, 30]],
    ["short at first", [60, 90], [60, 30]],
  ])("%s: what comes back does not leave again", async (_, sizes, lines) => {
    let size = 0;
    rig = openWhole(() => whole.slice(0, size));
    // Each poll is another process's.
    const opened = () => rig.stream(SERVICE);
    expect(await linesOf(opened, sizes.length, (n) => void (size = sizes[n]!))).toEqual(lines);
    expect(rig.log.some((line) => line.includes("without many of its records"))).toBe(sizes.includes(0));
  });

  it("is missed once in the log, not at every poll", async () => {
    let size = 90;
    rig = openWhole(() => whole.slice(0, size));
    await linesOf(() => rig.stream(SERVICE), 8, (n) => void (size = n === 0 ? 90 : 0));
    expect(rig.log.filter((line) => line.includes("without many of its records"))).toHaveLength(1);
  });

  it("does not hide a record that changes, or changes back", async () => {
    let score = 1;
    let size = 90;
    rig = openWhole(() => [...profiles(1, score), ...whole.slice(1, size)]);
    const lines = await linesOf(() => rig.stream(SERVICE), 6, (n) => {
      score = [1, 2, 1, 2, 2, 1][n]!;
      size = n % 2 === 0 ? 90 : 40;
    });
    expect(lines).toEqual([90, 1, 1, 1, 0, 1]);
  });
});

describe("a record that is not there any more, where `removed` is on", () => {
  const whole = profiles(90);
  /** What the events of removed records hold, in the order told. */
  const told = () =>
    rig.lines.map((line) => JSON.parse(line)).filter(({ event }) => event["@graphtap_removed"] === true);
  const opened = () => rig.stream(SERVICE, { tellsRemoved: true });

  it.each([
    ["short four times", [90, 60, 60, 60, 60, 90], 0],
    ["empty for an hour", [90, ...Array(12).fill(0), 90], 0],
    ["short five times", [90, 60, 60, 60, 60, 60, 60], 30],
    ["short five times, back, and short again", [90, ...Array(6).fill(60), 90, ...Array(6).fill(60)], 60],
  ])("of a collection that is %s: events tell of it", async (_, sizes, count) => {
    let size = 0;
    rig = openWhole(() => whole.slice(0, size));
    await linesOf(opened, sizes.length, (n) => void (size = sizes[n]!));
    expect(told()).toHaveLength(count);
    for (const { id, time, tag, event } of told()) {
      expect(event).toEqual({ id, "@graphtap_removed": true, "@devo_pulling_id": expect.any(String) });
      expect([time, tag]).toEqual([null, "cloud.office365.security.scorecontrol.2.msgraph"]);
    }
    expect(new Set(told().map(({ id }) => id)).size).toBe(Math.min(count, 30));
  });

  it("is told of by nobody else", async () => {
    rig = openWhole(() => whole.slice(0, rig.lines.length === 0 ? 90 : 60));
    await linesOf(() => rig.stream(SERVICE), 8);
    expect(told()).toEqual([]);
  });

  it("is not told of when it changed, nor one without a name", async () => {
    const nameless = { id: null, maxScore: 3 };
    let score = 1;
    rig = openWhole(() => score === 1 ? [...profiles(9), nameless] : profiles(9, score));
    await linesOf(opened, 9, (n) => void (score = n < 1 ? 1 : 2));
    expect(told()).toEqual([]);
  });

  it("is told of with its id masked as the rules say", async () => {
    let size = 9;
    rig = openWhole(() => profiles(size));
    const obfuscation = [{ path: ["id"], value: "*****", stringPatterns: [], pseudonymKey: null }];
    await linesOf(
      () => rig.stream(SERVICE, { tellsRemoved: true, obfuscation }),
      8,
      (n) => void (size = n ? 8 : 9),
    );
    expect(told().map(({ id, event }) => [id, event.id])).toEqual([["*****", "*****"]]);
  });

  it("is told of after a sink that would not take it, or a kill before it did", async () => {
    let size = 9;
    let refuses = false;
    rig = openRig({
      inMemory: true,
      accept: (lines) => {
        if (refuses && lines.some((line) => line.includes("@graphtap_removed"))) throw new Error("gone");
      },
      between: (request, pass: Transport) =>
        request.method === "GET" ? Promise.resolve(answer(200, { value: profiles(size) })) : pass(request),
    });
    await linesOf(opened, 5, (n) => void (size = n ? 8 : 9));
    refuses = true;
    await expect(poll(opened(), rig.engine, signal)).rejects.toThrow("gone");
    refuses = false;
    await linesOf(opened, 3);
    expect(told().map(({ id }) => id)).toEqual(["profile-8"]);
  });

  it("is told of again where the inventory was not saved, and no key was", async () => {
    let size = 9;
    rig = openWhole(() => profiles(size));
    await linesOf(opened, 5, (n) => void (size = n ? 8 : 9));
    const stream = opened();
    const inventory = stream.state.inventory();
    const dying = { ...stream.state, inventory: () => ({ ...inventory, save: () => expect.fail("killed") }) };
    await poll({ ...stream, state: dying }, rig.engine, signal).catch(() => {});
    await linesOf(opened, 3);
    expect(told().map(({ id }) => id)).toEqual(["profile-8", "profile-8"]);
  });
});

describe("a collection that only grows", () => {
  it("does not leave again when its keys are days old", async () => {
    let size = 10;
    rig = openWhole(() => profiles(size));
    const lines = await linesOf(() => rig.stream(SERVICE), 12, () => {
      size++;
      rig.clock.advance(86_400_000);
    });
    expect(lines).toEqual([11, ...Array(11).fill(1)]);
  });
});

describe("a page of a collection that is refused", () => {
  it.each([400, 401, 403, 410, 504])(
    "by %i is left out, in smaller pages as far as can be, and visible",
    async (status) => {
      let broken = true;
      rig = openWhole(() => profiles(290), {
        most: 250,
        refuse: (at) => broken && at > 0 ? status : null,
      });
      const stream = rig.stream(SERVICE);
      const report = await poll(stream, rig.engine, signal);
      expect(report.error).not.toBeNull();
      expect(rig.lines).toHaveLength(250);
      expect(stream.state.gaps().list()).toHaveLength(1);
      expect(rig.sent.length).toBeLessThan(20);
      rig.clock.advance(300_000);
      await poll(stream, rig.engine, signal);
      expect(stream.state.gaps().list()).toHaveLength(1);
      broken = false;
      rig.clock.advance(300_000);
      expect((await poll(stream, rig.engine, signal)).error).toBeNull();
      expect(rig.lines).toHaveLength(290);
      expect(stream.state.gaps().list()).toEqual([]);
    },
  );

  it("because one record in it cannot be served costs the records behind it, not those before", async () => {
    rig = openWhole(() => profiles(200), {
      most: 100,
      refuse: (at, top) => at <= 150 && 150 < at + top ? 500 : null,
    });
    const stream = rig.stream(SERVICE);
    expect((await poll(stream, rig.engine, signal)).error).not.toBeNull();
    expect(rig.lines.length).toBeGreaterThan(140);
    expect(stream.state.gaps().list()).toHaveLength(1);
  });

  it("for its size is asked for in smaller ones, and those are asked for from then on", async () => {
    rig = openWhole(() => profiles(90), { refuse: (_, top) => top > 20 ? 504 : null });
    const stream = () => rig.stream(SERVICE);
    expect((await poll(stream(), rig.engine, signal)).error).toBeNull();
    expect(rig.lines).toHaveLength(90);
    const before = rig.sent.length;
    rig.clock.advance(300_000);
    expect((await poll(stream(), rig.engine, signal)).error).toBeNull();
    expect(rig.sent.slice(before).every(({ url }) => /top=12/.test(url))).toBe(true);
    expect(stream().state.gaps().list()).toEqual([]);
    rig.clock.advance(86_400_000);
    await poll(stream(), rig.engine, signal);
    expect(rig.sent.filter(({ url }) => /top=200/.test(url))).toHaveLength(2);
  });

  it("while Graph serves nothing at all is an outage: no gap, and nothing is forgotten", async () => {
    let down = false;
    rig = openWhole(() => profiles(90), { refuse: () => down ? 400 : null });
    const stream = rig.stream(SERVICE);
    const lines = await linesOf(() => stream, 10, (n) => void (down = n > 0 && n < 9));
    expect(lines).toEqual([90, ...Array(9).fill(0)]);
    expect(stream.state.gaps().list()).toEqual([]);
  });
});

describe("a collection that goes less far back than the start", () => {
  it("is read from where it says it begins", async () => {
    const oldest = "2026-08-24T00:00:00Z";
    rig = openRig({
      between(request, pass) {
        const from = /ge (\S+)$/.exec(new URL(request.url).searchParams.get("$filter") ?? "")?.[1];
        if (request.method !== "GET") return pass(request);
        const message = `Minimum allowed time for createdDateTime is ${oldest}`;
        return Promise.resolve(
          from === oldest
            ? answer(200, { value: profiles(3) })
            : answer(400, { error: { code: "BadRequest", message } }),
        );
      },
    });
    const startTime = { text: "start", instant: fromMillis(Date.UTC(2026, 0, 1)) };
    expect((await poll(rig.stream("secure_scores", { startTime }), rig.engine, signal)).error).toBeNull();
    expect(rig.lines).toHaveLength(3);
  });
});

describe("a collection of very many pages", () => {
  it("is read to its end, and replay reads it, too", async () => {
    rig = openWhole(() => profiles(700), { most: 1 });
    const stream = rig.stream(SERVICE);
    expect((await poll(stream, rig.engine, signal)).error).toBeNull();
    expect(rig.lines).toHaveLength(700);
    const before = rig.sent.length;
    const range = { from: fromMillis(0), to: fromMillis(rig.clock.now()) };
    expect((await replay(stream, rig.engine, signal, range, true)).sent).toBe(700);
    expect(rig.sent.length - before).toBe(700);
  });

  it("that never ends stops after some that bring nothing", async () => {
    let links = 0;
    rig = openRig({
      between: (request, pass) =>
        request.method !== "GET" ? pass(request) : Promise.resolve(answer(200, {
          value: profiles(3),
          "@odata.nextLink": `${request.url.split("?")[0]}?$skiptoken=${links++}`,
        })),
    });
    const stream = rig.stream(SERVICE);
    const { error } = await poll(stream, rig.engine, signal);
    expect(error?.code).toBe("window-endless");
    expect(rig.lines).toHaveLength(3);
    expect(rig.sent.length).toBeLessThan(30);
    expect(stream.state.gaps().list()).toHaveLength(1);
  });
});
