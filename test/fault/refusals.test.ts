/** Windows that Graph refuses, or does not end: what else there is comes, and what does not is a gap. */
import { Buffer } from "node:buffer";
import { afterEach, describe, expect, it } from "vitest";
import { addSeconds, formatInstant, fromMillis, parseInstant } from "../../src/instant.ts";
import type { HttpRequest, HttpResponse } from "../../src/graph/transport.ts";
import { poll } from "../../src/tap/poll.ts";
import { openRig, type Rig } from "../support/rig.ts";

const signal = new AbortController().signal;
let rig: Rig;
afterEach(() => rig.close());

const DAY = 86_400;

function answer(status: number, body: unknown): Promise<HttpResponse> {
  async function* bytes() {
    yield new TextEncoder().encode(JSON.stringify(body));
  }
  return Promise.resolve({ status, header: () => null, body: bytes() });
}
const refusal = (message: string, code = "BadRequest") => answer(400, { error: { code, message } });

/** Seconds of the lower bound that a request asks for; `null` for one that has none. */
function fromOf({ url }: HttpRequest): number | null {
  const text = / g[et] (\S+)/.exec(new URL(url).searchParams.get("$filter") ?? "")?.[1];
  return text === undefined ? null : parseInstant(text)!.seconds;
}

function put(seconds: number): void {
  const time = formatInstant({ seconds, nanos: 0 });
  rig.emulator.put("directoryAudits", `{"id":"${seconds}","activityDateTime":"${time}"}`);
}

/** A record every so often for so long, up to now. */
function fill(seconds: number, everySeconds: number): number[] {
  const now = fromMillis(rig.clock.now()).seconds;
  const times: number[] = [];
  for (let time = now - seconds + 5; time < now; time += everySeconds) times.push(time);
  times.forEach(put);
  return times;
}

const delivered = () => rig.lines.map((line) => Number(JSON.parse(line).id)).sort();
const startingAgo = (seconds: number) => ({
  startTime: { text: "start", instant: addSeconds(fromMillis(rig.clock.now()), -seconds) },
});

describe("a tenant that keeps less than the service does", () => {
  const spellings = {
    "as .NET writes it": (text: string) =>
      `(Parameter 'Minimum allowed time for activityDateTime is ${
        new Date(text).toLocaleString("en-US", { timeZone: "UTC" })
      }')`,
    "as RFC 3339": (text: string) => `The earliest time that can be asked for is ${text}.`,
  };

  it.each(Object.entries(spellings))("and says since when, %s, is read from there on", async (_, spell) => {
    let oldest = 0;
    rig = openRig({
      between: (request, pass) =>
        (fromOf(request) ?? Infinity) < oldest
          ? refusal(spell(formatInstant({ seconds: oldest, nanos: 0 })))
          : pass(request),
    });
    oldest = fromMillis(rig.clock.now()).seconds - 7 * DAY;
    const times = fill(9 * DAY, 3600);
    const stream = rig.stream("directory_audits", startingAgo(20 * DAY));
    expect((await poll(stream, rig.engine, signal)).error).toBeNull();
    expect(delivered()).toEqual(times.filter((time) => time >= oldest));
    expect(stream.state.gaps().list()).toEqual([]);
    expect(rig.log.filter((line) => line.includes("Graph keeps nothing that old"))).toHaveLength(1);
    expect(rig.sent.length).toBeLessThan(40);
  });

  it("whose oldest time moves on while it is asked for is read all the same", async () => {
    const oldest = () => rig.clock.now() / 1000 - 7 * DAY;
    rig = openRig({
      between(request, pass) {
        rig.clock.advance(request.method === "GET" ? 2000 : 0);
        return (fromOf(request) ?? Infinity) < oldest()
          ? refusal(`minimum allowed time is ${formatInstant(fromMillis(oldest() * 1000))}`)
          : pass(request);
      },
    });
    const times = fill(9 * DAY, 3600);
    const stream = rig.stream("directory_audits", startingAgo(20 * DAY));
    expect((await poll(stream, rig.engine, signal)).error).toBeNull();
    expect(delivered()).toEqual(times.filter((time) => time >= oldest()));
  });

  it("and does not say so costs some requests, and a gap as long as need be", async () => {
    let oldest = 0;
    rig = openRig({
      between: (request, pass) =>
        (fromOf(request) ?? Infinity) < oldest ? refusal("Bad request.") : pass(request),
    });
    oldest = fromMillis(rig.clock.now()).seconds - 7 * DAY;
    const times = fill(9 * DAY, 3600);
    const stream = rig.stream("directory_audits", startingAgo(20 * DAY));
    expect((await poll(stream, rig.engine, signal)).error).toBeNull();
    expect(delivered()).toEqual(times.filter((time) => time >= oldest));
    const gaps = stream.state.gaps().list();
    expect(gaps).toHaveLength(1);
    expect(gaps[0]!.from.seconds).toBe(fromMillis(rig.clock.now()).seconds - 20 * DAY);
    expect(Math.abs(gaps[0]!.to.seconds - oldest)).toBeLessThanOrEqual(2);
    expect(rig.sent.length).toBeLessThan(120);
  });
});

describe("a 400 that says nothing", () => {
  it("is asked once more, and then is no trouble", async () => {
    let requests = 0;
    rig = openRig({
      between: (request, pass) =>
        request.method === "GET" && requests++ % 2 === 0
          ? refusal("Unsupported Query.", "UnknownError")
          : pass(request),
    });
    const times = fill(3600, 60);
    const stream = rig.stream("directory_audits", startingAgo(3600));
    for (let polls = 0; polls < 3; polls++) {
      expect((await poll(stream, rig.engine, signal)).error).toBeNull();
      rig.clock.advance(300_000);
    }
    expect(delivered()).toEqual(times);
    expect(stream.state.gaps().list()).toEqual([]);
  });

  it("that stays for every window is an outage: no gap, and everything comes later", async () => {
    let down = true;
    rig = openRig({
      between: (request, pass) =>
        down && request.method === "GET" ? refusal("Unsupported Query.", "UnknownError") : pass(request),
    });
    const times = fill(3600, 60);
    const stream = rig.stream("directory_audits", startingAgo(3600));
    expect((await poll(stream, rig.engine, signal)).error?.code).toBe("graph-unclear");
    expect(rig.sent.length).toBeLessThan(40);
    down = false;
    expect((await poll(stream, rig.engine, signal)).error).toBeNull();
    expect(delivered()).toEqual(times);
    expect(stream.state.gaps().list()).toEqual([]);
  });
});

describe("links that never end", () => {
  /** Every page links to another, under a link that never came before; `page` gives the later ones. */
  function openEndless(page: (first: unknown[]) => unknown[]) {
    let links = 0;
    let first: unknown[] = [];
    let isMended = false;
    rig = openRig({
      unevenPages: false,
      async between(request, pass) {
        if (request.method !== "GET" || isMended) return pass(request);
        const link = `${request.url.split("?")[0]}?$skiptoken=${links++}`;
        if (/skiptoken/.test(request.url)) {
          return answer(200, { value: page(first), "@odata.nextLink": link });
        }
        const { body, ...response } = await pass(request);
        const parts: Uint8Array[] = [];
        for await (const part of body) parts.push(part.slice());
        first = JSON.parse(new TextDecoder().decode(Buffer.concat(parts))).value;
        return { ...response, ...await answer(200, { value: first, "@odata.nextLink": link }) };
      },
    });
    return { mend: () => void (isMended = true) };
  }

  it.each([
    ["empty pages", () => []],
    ["the first page again and again", (first: unknown[]) => first],
  ])("of %s end a window after some twenty: its records leave, and it is a gap", async (_, page) => {
    const { mend } = openEndless(page);
    const times = fill(600, 20);
    const stream = rig.stream("directory_audits", startingAgo(600));
    const report = await poll(stream, rig.engine, signal);
    expect(report.error).toBeNull();
    expect(delivered()).toEqual(times);
    expect(rig.sent.length).toBeLessThan(60);
    expect(stream.state.gaps().list()).toMatchObject([{ reason: "window-endless" }]);
    mend();
    rig.clock.advance(3_700_000);
    expect((await poll(stream, rig.engine, signal)).error).toBeNull();
    expect(stream.state.gaps().list()).toEqual([]);
    expect(delivered()).toEqual(times);
  });

  it("cost no more the longer the range is", async () => {
    openEndless(() => []);
    const times = fill(2 * DAY, 3600);
    const stream = rig.stream("directory_audits", startingAgo(2 * DAY));
    expect((await poll(stream, rig.engine, signal)).error).toBeNull();
    expect(delivered()).toEqual(times);
    const before = rig.sent.length;
    expect(before).toBeLessThan(500);
    rig.clock.advance(3_700_000);
    await poll(stream, rig.engine, signal);
    expect(rig.sent.length - before).toBeLessThan(500);
  });

  it("where only wide windows have none are read in smaller ones", async () => {
    const width = ({ url }: HttpRequest) => {
      const times = [...(new URL(url).searchParams.get("$filter") ?? "").matchAll(/ [gl]e (\S+)/g)];
      return times.length < 2
        ? 0
        : parseInstant(times[1]![1]!)!.seconds - parseInstant(times[0]![1]!)!.seconds;
    };
    let links = 0;
    rig = openRig({
      between(request, pass) {
        const isLink = /skiptoken=none/.test(request.url);
        if (!isLink && width(request) <= 1000) return pass(request);
        return answer(200, {
          value: [],
          "@odata.nextLink": `${request.url.split("?")[0]}?$skiptoken=none${links++}`,
        });
      },
    });
    const times = fill(3600, 60);
    const stream = rig.stream("directory_audits", startingAgo(3600));
    expect((await poll(stream, rig.engine, signal)).error).toBeNull();
    expect(delivered()).toEqual(times);
    expect(stream.state.gaps().list()).toEqual([]);
  });
});

describe("a window with more pages than usual", () => {
  it("is read to its end where no smaller one can be asked for", async () => {
    rig = openRig({ unevenPages: false, inMemory: true });
    const second = fromMillis(rig.clock.now()).seconds - 60;
    const time = formatInstant({ seconds: second, nanos: 0 });
    for (let n = 0; n < 1100; n++) {
      rig.emulator.put("directoryAudits", `{"id":"${n}","activityDateTime":"${time}"}`);
    }
    const stream = rig.stream("directory_audits", startingAgo(600));
    const small = { ...stream, plugin: { ...stream.plugin, page: { size: 2 } } };
    expect((await poll(small, rig.engine, signal)).error).toBeNull();
    expect(rig.lines).toHaveLength(1100);
    expect(stream.state.gaps().list()).toEqual([]);
  });
});
