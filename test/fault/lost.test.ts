/** Whatever Graph drops before it was read is kept in mind; what it never had for this stream is not. */
import { afterEach, describe, expect, it } from "vitest";
import type { HttpResponse } from "../../src/graph/transport.ts";
import { addSeconds, formatInstant, fromMillis, secondsBetween, type Window } from "../../src/instant.ts";
import { poll } from "../../src/tap/poll.ts";
import { replay } from "../../src/tap/replay.ts";
import type { Stream } from "../../src/tap/stream.ts";
import { askedRange } from "../support/askedRange.ts";
import { openRig, type Rig } from "../support/rig.ts";

const signal = new AbortController().signal;
const HOUR = 3600;
const DAY = 24 * HOUR;
let rig: Rig;
afterEach(() => rig.close());

const now = () => fromMillis(rig.clock.now());
const lostOf = (stream: Stream) => stream.state.lost().list();
const polled = async (stream: Stream) => expect((await poll(stream, rig.engine, signal)).error).toBeNull();
const hours = ({ from, to }: Window) => secondsBetween(from, to) / HOUR;
const startingAgo = (seconds: number) => ({
  startTime: { text: "start", instant: addSeconds(now(), -seconds) },
});

function refusal(message: string): Promise<HttpResponse> {
  async function* bytes() {
    yield new TextEncoder().encode(JSON.stringify({ error: { code: "BadRequest", message } }));
  }
  return Promise.resolve({ status: 400, header: () => null, body: bytes() });
}

/** Graph, which refuses each request that asks for one of these seconds. */
function refusingRig(words: (from: number, to: number) => string | null): void {
  rig = openRig({
    between(request, pass) {
      const asked = askedRange(request);
      const message = asked === null ? null : words(asked.from, asked.to);
      return message === null ? pass(request) : refusal(message);
    },
  });
}

/** A stream with a gap of about a minute, three hours ago. */
async function withGap(): Promise<Stream> {
  let poison = 0;
  refusingRig((from, to) => from < poison + 60 && to >= poison ? "no" : null);
  poison = now().seconds - 3 * HOUR;
  const stream = rig.stream("signIns", startingAgo(6 * HOUR));
  await polled(stream);
  expect(stream.state.gaps().list()).toHaveLength(1);
  return stream;
}

describe("what Graph drops before it was read", () => {
  it("is lost where a gap was never served in time, and stays so after a restart", async () => {
    const stream = await withGap();
    const [gap] = stream.state.gaps().list();
    for (const days of [29, 2]) {
      rig.clock.advance(days * DAY * 1000);
      await polled(stream);
    }
    expect(stream.state.gaps().list()).toEqual([]);
    expect(lostOf(stream)).toMatchObject([{ reason: "graph-refused" }]);
    // It was tried again meanwhile, in other pieces.
    expect(Math.abs(secondsBetween(lostOf(stream)[0]!.from, gap!.from))).toBeLessThan(60);
    expect(Math.abs(secondsBetween(lostOf(stream)[0]!.to, gap!.to))).toBeLessThan(60);
    expect(rig.log.join()).toContain("lost: Graph does not keep these records any longer");
    expect(lostOf(rig.stream("signIns", startingAgo(38 * DAY)))).toHaveLength(1);
  });

  it("is lost where a stop was longer than Graph keeps records", async () => {
    rig = openRig();
    const stream = rig.stream("signIns");
    await polled(stream);
    const stopped = now();
    rig.clock.advance(40 * DAY * 1000);
    await polled(stream);
    expect(lostOf(stream)).toMatchObject([{ from: stopped, reason: "retention" }]);
    expect(hours(lostOf(stream)[0]!)).toBeCloseTo(10 * 24, 0);
  });

  it("is lost where it says so to a stream that has stood still", async () => {
    let keptSeconds = 30 * DAY;
    refusingRig((from) => {
      const oldest = now().seconds - keptSeconds;
      const text = formatInstant({ seconds: oldest, nanos: 0 });
      return from < oldest ? `Minimum allowed time for createdDateTime is ${text}` : null;
    });
    const stream = rig.stream("signIns");
    await polled(stream);
    keptSeconds = 7 * DAY;
    rig.clock.advance(9 * DAY * 1000);
    await polled(stream);
    expect(lostOf(stream)).toMatchObject([{ reason: "retention" }]);
    expect(hours(lostOf(stream)[0]!)).toBeCloseTo(2 * 24, 0);
  });

  it("is lost where a backfill comes too late: Graph is asked for it and has nothing", async () => {
    rig = openRig();
    const stream = rig.stream("signIns", startingAgo(29 * DAY));
    // Only what is new is read.
    await poll(stream, rig.engine, signal, rig.clock.now());
    rig.clock.advance(3 * DAY * 1000);
    await polled(stream);
    expect(lostOf(stream)).toHaveLength(1);
    const [lost] = lostOf(stream);
    expect(hours(lost!)).toBeGreaterThan(24);
    expect(hours(lost!)).toBeLessThan(3 * 24);
  });

  it("is not lost where a stream begins: not what is older than Graph keeps, nor what goes within its first hour", async () => {
    refusingRig((from) => {
      const oldest = now().seconds - 7 * DAY;
      const text = formatInstant({ seconds: oldest, nanos: 0 });
      return from < oldest ? `Minimum allowed time for createdDateTime is ${text}` : null;
    });
    const stream = rig.stream("signIns", startingAgo(60 * DAY));
    await poll(stream, rig.engine, signal, rig.clock.now());
    rig.clock.advance(HOUR * 500);
    await polled(stream);
    expect(stream.state.loadPosition()!.backfill).toEqual([]);
    expect(lostOf(stream)).toEqual([]);
  });
});

describe("a gap that is read by hand", () => {
  it("is lost, and not simply gone, when Graph keeps its time no longer", async () => {
    const stream = await withGap();
    const [gap] = stream.state.gaps().list();
    rig.clock.advance(31 * DAY * 1000);
    await replay(stream, rig.engine, signal, { from: addSeconds(now(), -40 * DAY), to: now() }, false);
    expect(stream.state.gaps().list()).toEqual([]);
    expect(lostOf(stream)).toMatchObject([{ from: gap!.from, to: gap!.to, reason: gap!.reason }]);
  });

  it("is not lost any more when Graph serves it after all", async () => {
    rig = openRig();
    const stream = rig.stream("signIns");
    await polled(stream);
    const range = { from: addSeconds(now(), -3 * HOUR), to: addSeconds(now(), -2 * HOUR) };
    stream.state.lost().save([{ ...range, reason: "retention", sinceMs: rig.clock.now() }]);
    await replay(stream, rig.engine, signal, { from: addSeconds(now(), -4 * HOUR), to: now() }, false);
    expect(lostOf(stream)).toEqual([]);
  });
});
