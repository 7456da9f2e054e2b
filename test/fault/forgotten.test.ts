/** Keys of a backfill are dropped while it goes on: nothing is delivered twice for that, and nothing is lost. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { HttpRequest, HttpResponse, Transport } from "../../src/graph/transport.ts";
import type { ServiceConfig } from "../../src/config/config.ts";
import { addSeconds, formatInstant, fromMillis, type Instant } from "../../src/instant.ts";
import { poll } from "../../src/tap/poll.ts";
import type { Stream } from "../../src/tap/stream.ts";
import { openRig, type Rig } from "../support/rig.ts";

const signal = new AbortController().signal;
const DAYS = 14;
const PER_DAY = 24;
const HOUR = 3600;
const DAY = 86_400;
let rig: Rig;
/** What stands between the engine and Graph. */
let between: ((request: HttpRequest, pass: Transport) => Promise<HttpResponse>) | null;
let now: Instant;
beforeEach(() => {
  between = null;
  rig = openRig({
    inMemory: true,
    unevenPages: false,
    budgets: { reports: { requests: 2, seconds: 60 } },
    between: (request, pass) => between === null ? pass(request) : between(request, pass),
  });
  now = fromMillis(rig.clock.now());
});
afterEach(() => rig.close());

function put(id: string, time: Instant): void {
  rig.emulator.put("signIns", `{"id":"${id}","createdDateTime":"${formatInstant(time)}"}`);
}

/** Two weeks of sign-ins, one an hour. */
function fill(): void {
  for (let n = 0; n < DAYS * PER_DAY; n++) put(`r${n}`, addSeconds(now, -60 - n * HOUR));
}

/** The stream as a new process opens it. */
const opened = (settings: Partial<ServiceConfig> = {}): Stream =>
  rig.stream("signIns", {
    startTime: { text: "start", instant: addSeconds(now, -DAYS * DAY) },
    windowMaxSeconds: 2 * HOUR,
    ...settings,
  });

async function pollOnce(stream = opened()): Promise<Stream> {
  const { error } = await poll(stream, rig.engine, signal, rig.clock.now() + 300_000);
  expect(error).toBeNull();
  return stream;
}

/** Polls, each by a process of its own, until the backfill is done; how many keys there were after each. */
async function readBack(settings: Partial<ServiceConfig> = {}): Promise<number[]> {
  const sizes: number[] = [];
  for (;;) {
    const { state } = await pollOnce(opened(settings));
    sizes.push(state.seen().size());
    if (state.loadPosition()!.backfill.length === 0) return sizes;
    expect(sizes.length).toBeLessThan(100);
  }
}

/** Hours go by, with four polls in each. */
async function pass(hours: number, settings: Partial<ServiceConfig> = {}): Promise<void> {
  const stream = opened(settings);
  for (let polls = 0; polls < hours * 4; polls++) {
    rig.clock.advance(HOUR * 250);
    await pollOnce(stream);
  }
}

/** Ids that came out, and how often. */
function delivered(): Map<string, number> {
  const times = new Map<string, number>();
  for (const line of rig.lines) {
    const { id } = JSON.parse(line) as { id: string };
    times.set(id, (times.get(id) ?? 0) + 1);
  }
  return times;
}
const repeated = () => [...delivered()].filter(([, times]) => times > 1).map(([id]) => id);

/** Answers so many requests, behind the first few, with all that Graph has, whatever their filter says. */
function ignoreFilters(times: number, behind = 0): void {
  let number = 0;
  between = (request, pass) => {
    if (request.method === "GET") number++;
    if (request.method !== "GET" || number <= behind || number > behind + times) return pass(request);
    const url = new URL(request.url);
    url.searchParams.delete("$filter");
    return pass({ ...request, url: url.href });
  };
}

describe("while the keys of a backfill are dropped behind it", () => {
  it("those of some hours are kept at a time, and of the last day what re-reads look at", async () => {
    fill();
    const sizes = await readBack();
    expect(sizes.length).toBeGreaterThan(10);
    // A record an hour: some of the segment before, one of six hours, the live hour, and the two windows of the poll.
    expect(Math.max(...sizes.slice(0, -2))).toBeLessThan(14);
    expect(Math.max(...sizes)).toBeLessThan(34);
    await pass(5 * 24);
    expect(delivered().size).toBe(DAYS * PER_DAY);
    expect(repeated()).toEqual([]);
  });

  it("re-reads of a schedule that is made deeper go no further back than what is known", async () => {
    fill();
    await readBack({ rereadAfterSeconds: [900] });
    await pass(20, { rereadAfterSeconds: [900, DAY] });
    put("late", addSeconds(now, 600));
    await pass(28, { rereadAfterSeconds: [900, DAY] });
    expect(delivered().get("late")).toBe(1);
    expect(repeated()).toEqual([]);
  }, 60_000);

  it("an answer with everything, as of a Graph that ignores a filter, brings nothing twice", async () => {
    fill();
    for (let polls = 0; polls < 6; polls++) await pollOnce();
    // Behind the live windows: they bring what the backfill has not come to yet.
    ignoreFilters(3, 5);
    await pollOnce();
    ignoreFilters(3);
    await readBack();
    ignoreFilters(3);
    await pass(24);
    expect(rig.log.filter((line) => line.includes("did not apply the filter")).length).toBeGreaterThan(6);
    expect(delivered().size).toBe(DAYS * PER_DAY);
    expect(repeated()).toEqual([]);
  });

  it("a gap is read later without what was delivered of it", async () => {
    fill();
    const poisoned = addSeconds(now, -60 - 10 * DAY);
    for (let n = 0; n < 5; n++) put(`gap ${n}`, addSeconds(poisoned, n));
    let isPoisoned = true;
    rig.emulator.faults.add({
      match: { collection: "signIns", times: "always" },
      do: { kind: "shortPage", records: 2 },
    });
    between = async (request, pass) => {
      const answer = await pass(request);
      if (!isPoisoned || request.method !== "GET") return answer;
      const chunks: Uint8Array[] = [];
      for await (const chunk of answer.body) chunks.push(chunk);
      const hasBad = chunks.some((chunk) => new TextDecoder().decode(chunk).includes('"gap 4"'));
      async function* bytes() {
        yield* chunks;
      }
      return hasBad ? { status: 504, header: () => null, body: empty() } : { ...answer, body: bytes() };
    };
    await readBack();
    expect(opened().state.gaps().list()).toHaveLength(1);
    await pass(4 * 24);
    expect(repeated()).toEqual([]);
    isPoisoned = false;
    await pass(30);
    expect(opened().state.gaps().list()).toEqual([]);
    expect(delivered().size).toBe(DAYS * PER_DAY + 5);
    expect(repeated()).toEqual([]);
  }, 60_000);
});

async function* empty(): AsyncGenerator<Uint8Array> {}
