import { describe, expect, it } from "vitest";
import { GraphtapError } from "../../../src/errors.ts";
import { countingSink, logStatistics } from "../../../src/wiring/statistics.ts";
import type { Tap } from "../../../src/wiring/tap.ts";
import type { Sink } from "../../../src/sink/sink.ts";
import { createLog, type LogFormat, type LogOptions } from "../../../src/telemetry/log.ts";
import { createSenderStats } from "../../../src/telemetry/stats.ts";
import { manualClock } from "../../support/manualClock.ts";

const START = Date.UTC(2026, 10, 22, 16);

/** What is logged in so many milliseconds, when three lines leave at once. */
async function logged(
  format: LogOptions["format"],
  ms: number,
  streams: Tap["streams"] = [],
  rssBytes = () => 38.35 * 1024 * 1024,
): Promise<string[]> {
  const lines: string[] = [];
  const clock = manualClock(START);
  const stop = new AbortController();
  const sleep = async (pauseMs: number, signal?: AbortSignal) => {
    if (clock.now() + pauseMs > START + ms) stop.abort(new Error("over"));
    signal?.throwIfAborted();
    await clock.sleep(pauseMs);
  };
  const log = createLog({ write: (line) => lines.push(line), format, level: "info", now: clock.now });
  const stats = createSenderStats(clock.now);
  stats.accepted(new TextEncoder().encode("a\nb\nc\n"), 7);
  const tap = { engine: { clock: { now: clock.now, sleep } }, log, stop, streams } as unknown as Tap;
  await logStatistics(tap, stats, rssBytes);
  return lines;
}

describe("a sink that is counted", () => {
  it("can do all that it could, also for who wraps it once more", async () => {
    const asked: string[] = [];
    const sink: Sink = {
      write: () => Promise.resolve(void asked.push("write")),
      accepted: (stream) => [new TextEncoder().encode(stream)],
      committed: (stream) => void asked.push(`committed ${stream}`),
      close: () => Promise.resolve(void asked.push("close")),
    };
    const stats = createSenderStats(() => START);
    const wrapped = { ...countingSink(sink, stats, () => START) };
    await wrapped.write(new TextEncoder().encode("a\nb\n"));
    wrapped.committed!("s");
    await wrapped.close();
    expect(wrapped.accepted!("s")).toHaveLength(1);
    expect(asked).toEqual(["write", "committed s", "close"]);
    expect(Object.values(stats.take())).toContain(2);
  });
});

describe("sender statistics and memory", () => {
  it("are logged every five minutes, and not before", async () => {
    expect(await logged("json", 299_999)).toEqual([]);
    const lines = (await logged("json", 600_000)).map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.map(({ time, message }) => `${time} ${message}`)).toEqual([
      "2026-11-22T16:05:00.000Z sender statistics",
      "2026-11-22T16:05:00.000Z memory",
      "2026-11-22T16:10:00.000Z sender statistics",
      "2026-11-22T16:10:00.000Z memory",
    ]);
    expect(lines[1]).toMatchObject({ level: "info", rss_mib: 38.4 });
  });

  it("tell all lines and those since the last time, in both formats", async () => {
    const [first, , second] = (await logged("json", 600_000)).map((line) =>
      JSON.parse(line) as Record<string, unknown>
    );
    expect(Object.values(first!)).toContain(3);
    expect(Object.values(second!)).toEqual(expect.arrayContaining([3, 0]));
    const [text = "", memory] = await logged("text", 300_000);
    expect(text).toMatch(/^2026-11-22T16:05:00\.000Z info {2}sender statistics .*=3\b/);
    expect(memory).toMatch(/ memory rss_mib=38\.4\n?$/);
  });

  it("tell of gaps while there are any", async () => {
    const gaps = [{ from: { seconds: 0, nanos: 0 }, to: { seconds: 30, nanos: 0 } }];
    const stream = (name: string, list: readonly unknown[]) => ({
      input: { name: "contoso" },
      service: { name },
      state: { gaps: () => ({ list: () => list }), lost: () => ({ list: () => [] }) },
    });
    const streams = [stream("signIns", gaps), stream("alerts_v2", [])] as unknown as Tap["streams"];
    const lines = await logged("json", 300_000, streams);
    expect(JSON.parse(lines.at(-1)!)).toMatchObject({
      level: "warn",
      message: "not everything could be read: 1 gap of 30 s in contoso/signIns: see graphtap gaps",
      gaps: 1,
      gap_seconds: 30,
    });
  });

  it("go on after a ledger that cannot be read, which is told", async () => {
    let times = 0;
    const list = () => {
      if (times === 1) throw new GraphtapError("state-unusable", 'Cannot read "gaps.json": EIO');
      return [{ from: { seconds: 0, nanos: 0 }, to: { seconds: 30, nanos: 0 } }];
    };
    const state = { gaps: () => ({ list }), lost: () => ({ list: () => [] }) };
    const stream = { input: { name: "contoso" }, service: { name: "signIns" }, state };
    const rssBytes = () => ++times;
    const lines = await logged("json", 600_000, [stream] as unknown as Tap["streams"], rssBytes);
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
      { message: "sender statistics" },
      { message: "memory" },
      {
        level: "warn",
        message: 'what is missing cannot be told: Cannot read "gaps.json": EIO',
        code: "state-unusable",
      },
      { message: "sender statistics" },
      { message: "memory" },
      { message: expect.stringContaining("1 gap of 30 s in contoso/signIns") as string },
    ]);
  });

  it.each([
    [
      "text",
      / info {2}sender statistics sent_total=0 sent=0 since=\S+ elapsed_ms=0 bytes_total=0\n$/,
      / memory rss_mib=41\.5\n$/,
    ],
    ["json", /"message":"sender statistics","sent_total":0,/, /"message":"memory","rss_mib":41\.5\}\n$/],
  ])("are logged with the memory every five minutes, as %s", async (format, statistics, memory) => {
    const clock = manualClock();
    const written: string[] = [];
    const log = createLog({
      write: (line) => written.push(line),
      format: format as LogFormat,
      level: "info",
      now: clock.now,
    });
    const stop = new AbortController();
    let naps = 0;
    const sleep = (ms: number) => {
      expect(ms).toBe(300_000);
      return ++naps > 2 ? Promise.reject(new Error("stopped")) : Promise.resolve();
    };
    const tap = { engine: { clock: { ...clock, sleep } }, log, stop, streams: [] } as unknown as Tap;
    await logStatistics(tap, createSenderStats(clock.now), () => 41.5 * 1024 * 1024);
    expect(written).toHaveLength(4);
    expect(written[0]).toMatch(statistics);
    expect(written[1]).toMatch(memory);
  });
});

const bytes = (text: string) => new TextEncoder().encode(text);

describe("a counted sink", () => {
  it("count lines that the sink accepted, and the time it took", async () => {
    let now = Date.parse("2026-11-22T12:00:00Z");
    const stats = createSenderStats(() => now);
    const sink: Sink = {
      write: (lines) => {
        now += 5;
        return lines.length > 10 ? Promise.reject(new Error("full")) : Promise.resolve();
      },
      accepted: () => [bytes("key")],
      close: () => Promise.resolve(),
    };
    const counted = countingSink(sink, stats, () => now);
    await counted.write(bytes("a\nb\n"));
    await counted.write(bytes("c\n"));
    await expect(counted.write(bytes("too long for it\n"))).rejects.toThrow("full");
    expect(counted.accepted?.("a")).toEqual([bytes("key")]);
    expect(stats.take()).toEqual({
      sent_total: 3,
      sent: 3,
      since: "2026-11-22T12:00:00.000Z",
      elapsed_ms: 10,
      bytes_total: 6,
    });
    expect(stats.take()).toMatchObject({
      sent_total: 3,
      sent: 0,
      elapsed_ms: 0,
      since: "2026-11-22T12:00:00.015Z",
    });
  });
});
