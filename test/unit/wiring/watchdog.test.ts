import { describe, expect, it } from "vitest";
import type { StreamStatus } from "../../../src/server/status/schema.ts";
import type { ServiceManager } from "../../../src/wiring/serviceManager.ts";
import { createProgressJudge, STUCK_MS, type Watched, watchPolls } from "../../../src/wiring/watchdog.ts";
import { manualClock } from "../../support/manualClock.ts";
import { statusOf, stream } from "../../support/statuses.ts";

const START = Date.UTC(2026, 10, 22, 16);
const MINUTE = 60_000;
const at = (ms: number) => new Date(START + ms).toISOString();
/** What does not change from now on waits since the start. */
const since = (ms: number) => ms / 1000;

/** Whether polls make progress, every ten minutes for two hours. */
function judged(statusAt: (ms: number) => Partial<StreamStatus>, process: Partial<Watched> = {}): boolean[] {
  let elapsed = 0;
  const makesProgress = createProgressJudge(() => elapsed);
  return Array.from({ length: 13 }, (_, turn) => {
    elapsed = turn * 10 * MINUTE;
    return makesProgress({ ...statusOf([stream(statusAt(elapsed))], { now: at(elapsed) }), ...process });
  });
}

const always = Array.from({ length: 13 }, () => true);
/** Half an hour is given; after that nothing. */
const onlyAtFirst = always.map((_, turn) => turn * 10 * MINUTE < STUCK_MS);

describe("polls make progress", () => {
  it.each<[string, (ms: number) => Partial<StreamStatus>, Partial<Watched>?]>([
    ["while nothing is due", () => ({ next_poll: at(24 * 60 * MINUTE) })],
    ["while a Graph that is out is tried again", (ms) => ({
      polling: true,
      waits_for: "graph",
      waits_seconds: ms % (10 * MINUTE) / 1000,
    })],
    ["while polls fail and begin again", (ms) => ({ next_poll: at(ms - MINUTE), last_poll: at(ms) })],
    ["while the sink takes nothing", () => ({ polling: true }), { sink_stalled_seconds: 7200 }],
    ["where a client pulls, and nothing is polled", () => ({}), { polls: false }],
  ])("%s", (_, statusAt, process) => {
    expect(judged(statusAt, process)).toEqual(always);
  });

  it.each<[string, (ms: number) => Partial<StreamStatus>]>([
    ["when a poll is due and does not begin", () => ({ next_poll: at(-MINUTE) })],
    ["when a poll is under way and does nothing", () => ({ polling: true })],
    ["when a request neither is answered nor fails", (ms) => ({
      polling: true,
      waits_for: "graph",
      waits_seconds: since(ms),
    })],
    ["when a permit never comes", (ms) => ({
      polling: true,
      waits_for: "permit",
      waits_seconds: since(ms),
    })],
  ])("not for longer than half an hour %s", (_, statusAt) => {
    expect(judged(statusAt)).toEqual(onlyAtFirst);
  });

  it("as long as one stream of many does", () => {
    let elapsed = 0;
    const makesProgress = createProgressJudge(() => elapsed);
    const turns = Array.from({ length: 13 }, (_, turn) => {
      elapsed = turn * 10 * MINUTE;
      return makesProgress(
        statusOf([stream({ polling: true }), stream({ sent: turn })], { now: at(elapsed) }),
      );
    });
    expect(turns).toEqual(always);
  });
});

/** What a manager is told of a program whose only poll never begins, in an hour and a half. */
async function told(watchdogMs: number | null) {
  const said: [number, string, boolean][] = [];
  const clock = manualClock(START);
  const stop = new AbortController();
  const manager = {
    listens: true,
    watchdogMs,
    status: (text: string, feeds: boolean) => void said.push([(clock.now() - START) / MINUTE, text, feeds]),
  } as unknown as ServiceManager;
  const sleep = async (ms: number, signal?: AbortSignal) => {
    if (clock.now() - START >= 45 * MINUTE) stop.abort(new Error("over"));
    await clock.sleep(ms, signal);
  };
  const status = () =>
    statusOf([stream({ next_poll: at(-MINUTE) })], {
      now: new Date(clock.now()).toISOString(),
      summary: "S",
    });
  await watchPolls(
    { engine: { clock: { now: clock.now, sleep } }, stop },
    manager,
    status,
    () => clock.now() - START,
  );
  return said;
}

describe("a service manager is told", () => {
  it("how streams are, and fed, until polls make no progress", async () => {
    expect(await told(15 * MINUTE)).toEqual([[0, "S", true], [15, "S", true], [30, "S", false], [
      45,
      "S",
      false,
    ]]);
  });

  it("every five minutes where it has no watchdog, which is never fed", async () => {
    const said = await told(null);
    expect(said.map(([minute]) => minute)).toEqual([0, 5, 10, 15, 20, 25, 30, 35, 40, 45]);
    expect(said.some(([, , feeds]) => feeds)).toBe(false);
  });
});
