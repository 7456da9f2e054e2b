import { afterEach, describe, expect, it } from "vitest";
import { addSeconds, formatInstant, fromMillis, type Instant } from "../../src/instant.ts";
import type { HttpRequest, HttpResponse, Transport } from "../../src/graph/transport.ts";
import { poll } from "../../src/tap/poll.ts";
import { askedRange } from "../support/askedRange.ts";
import { openRig, type Rig } from "../support/rig.ts";

const signal = new AbortController().signal;
let rig: Rig;
afterEach(() => rig.close());

const refused = (status: number): HttpResponse => ({
  status,
  header: () => null,
  body: (async function* () {
    yield new TextEncoder().encode('{"error":{"code":"UnknownError","message":""}}');
  })(),
});

/** Refuses whatever touches one minute, while `broken()`. */
function poisonedMinute(minute: () => number, broken: () => boolean, status: number) {
  return (request: HttpRequest, pass: Transport) => {
    const range = askedRange(request);
    const touches = range !== null && range.from < minute() + 60 && range.to >= minute();
    return touches && broken() ? Promise.resolve(refused(status)) : pass(request);
  };
}

describe("a minute that Graph cannot serve", () => {
  it.each([504, 500, 400, 401, 403, 404, 410, 302, 418])(
    "becomes one gap, everything else is delivered, and the gap closes when it can: %i",
    async (status) => {
      let poison = 0;
      let broken = true;
      rig = openRig({ between: poisonedMinute(() => poison, () => broken, status) });
      const now = fromMillis(rig.clock.now());
      poison = now.seconds - 3 * 3600;
      const start = addSeconds(now, -6 * 3600);
      for (let second = start.seconds + 1; second < now.seconds; second += 20) {
        put(rig, { seconds: second, nanos: 0 });
      }
      const stream = rig.stream("signIns", { startTime: { text: "start", instant: start } });
      const report = await poll(stream, rig.engine, signal);

      expect(report.error).toBeNull();
      const gaps = stream.state.gaps().list();
      expect(gaps).toHaveLength(1);
      const [from, to] = [gaps[0]!.from.seconds, gaps[0]!.to.seconds];
      expect(from).toBeLessThanOrEqual(poison);
      expect(to).toBeGreaterThanOrEqual(poison + 60);
      expect(to - from).toBeLessThanOrEqual(120);
      const outside = (seconds: number) => seconds < from || seconds > to;
      expect(delivered(rig).filter(outside).length).toBe(held(rig).filter(outside).length);

      broken = false;
      rig.clock.advance(3_700_000);
      await poll(stream, rig.engine, signal);
      expect(stream.state.gaps().list()).toEqual([]);
      expect(delivered(rig).sort()).toEqual(held(rig).sort());
    },
  );

  it("in large pages is read in smaller ones, and is no gap", async () => {
    let poison = 0;
    rig = openRig({
      between(request, pass) {
        const range = askedRange(request);
        const touches = range !== null && range.from < poison + 20 && range.to >= poison;
        const size = Number(new URL(request.url).searchParams.get("$top"));
        return touches && size > 100 ? Promise.resolve(refused(504)) : pass(request);
      },
    });
    const now = fromMillis(rig.clock.now());
    poison = now.seconds - 1200;
    const start = addSeconds(now, -3000);
    rig.emulator.produce("signIns", 200, { from: { seconds: poison, nanos: 0 }, to: addSeconds(now, -1180) });
    rig.emulator.produce("signIns", 50, { from: start, to: now });
    const stream = rig.stream("signIns", { startTime: { text: "start", instant: start } });
    const report = await poll(stream, rig.engine, signal);
    expect(report).toMatchObject({ error: null, gaps: 0 });
    expect(delivered(rig).sort()).toEqual(held(rig).sort());
    expect(rig.log.join("\n")).toContain("a window was read in smaller pages");
  });

  it("that makes no sense costs its patience once, not in each of its parts", async () => {
    let poison = 0;
    rig = openRig({
      async between(request, pass) {
        const range = askedRange(request);
        const response = await pass(request);
        if (range === null || range.from > poison || range.to < poison) return response;
        return {
          ...response,
          body: (async function* () {
            yield new TextEncoder().encode('{"value":[{"id":"x"{"error":{}}');
          })(),
        };
      },
    });
    const now = fromMillis(rig.clock.now());
    poison = now.seconds - 1500;
    for (let second = now.seconds - 3500; second < now.seconds; second += 20) {
      put(rig, { seconds: second, nanos: 0 });
    }
    const stream = rig.stream("signIns", { startTime: { text: "start", instant: addSeconds(now, -3600) } });
    const began = rig.clock.now();
    expect((await poll(stream, rig.engine, signal)).error).toBeNull();
    expect(rig.clock.now() - began, "milliseconds of waiting").toBeLessThan(60_000);
    expect(stream.state.gaps().list()).toMatchObject([{ reason: "page-invalid" }]);
    expect(held(rig).length - delivered(rig).length).toBeLessThanOrEqual(2);
  });

  it.each([401, 403])(
    "is no gap when access is taken away altogether, and little is asked then: %i",
    async (status) => {
      let isOpen = true;
      rig = openRig({
        between: (request, pass) =>
          isOpen || request.method !== "GET" ? pass(request) : Promise.resolve(refused(status)),
      });
      const now = fromMillis(rig.clock.now());
      put(rig, addSeconds(now, -60));
      const stream = rig.stream("signIns", { startTime: { text: "start", instant: addSeconds(now, -600) } });
      expect((await poll(stream, rig.engine, signal)).error).toBeNull();
      isOpen = false;
      rig.clock.advance(300_000);
      const before = rig.sent.length;
      const report = await poll(stream, rig.engine, signal);
      expect(report.error?.kind.exitCode).toBe(3);
      expect(stream.state.gaps().list()).toEqual([]);
      expect(rig.sent.length - before).toBeLessThanOrEqual(4);
    },
  );

  it("is no gap when Graph is down altogether: the stream waits where it is", async () => {
    let down = true;
    rig = openRig({
      between: (request, pass) =>
        down && request.method === "GET" ? Promise.resolve(refused(503)) : pass(request),
    });
    const now = fromMillis(rig.clock.now());
    put(rig, addSeconds(now, -60));
    const stream = rig.stream("signIns", { startTime: { text: "start", instant: addSeconds(now, -600) } });
    const report = await poll(stream, rig.engine, signal);
    expect(report.error).toMatchObject({ code: "graph-unavailable" });
    expect(stream.state.gaps().list()).toEqual([]);
    down = false;
    await poll(stream, rig.engine, signal);
    expect(delivered(rig)).toHaveLength(1);
  });
});

describe("a tenant whose wide queries time out", () => {
  it("is read in windows that fit, and no query that timed out is sent twice", async () => {
    rig = openRig({
      between(request, pass) {
        const range = askedRange(request);
        return range !== null && range.to - range.from > 602 ? Promise.resolve(refused(504)) : pass(request);
      },
    });
    const now = fromMillis(rig.clock.now());
    const start = addSeconds(now, -12 * 3600);
    for (let second = start.seconds + 1; second < now.seconds; second += 300) {
      put(rig, { seconds: second, nanos: 0 });
    }
    const stream = rig.stream("signIns", { startTime: { text: "start", instant: start } });
    const report = await poll(stream, rig.engine, signal);
    expect(report.error).toBeNull();
    expect(stream.state.gaps().list()).toEqual([]);
    expect(delivered(rig).sort()).toEqual(held(rig).sort());
    const timedOut = rig.sent.filter((request) => askedRange(request)!.to - askedRange(request)!.from > 602)
      .map((
        { url },
      ) => url);
    expect(new Set(timedOut).size).toBe(timedOut.length);
  });
});

function put(rig: Rig, time: Instant): void {
  rig.emulator.put("signIns", `{"id":"${time.seconds}","createdDateTime":"${formatInstant(time)}"}`);
}

/** The seconds of the records that came out, and of those that Graph holds. */
function delivered(rig: Rig): number[] {
  return rig.lines.map((line) => Number(JSON.parse(line).id));
}

function held(rig: Rig): number[] {
  return rig.emulator.records("signIns").map((bytes) =>
    Number(JSON.parse(new TextDecoder().decode(bytes)).id)
  );
}
