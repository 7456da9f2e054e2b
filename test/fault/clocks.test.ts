/** The host's clock is set forwards and backwards, while Graph's goes on. */
import { afterEach, describe, expect, it } from "vitest";
import type { Clock } from "../../src/clock.ts";
import { addSeconds, formatInstant, fromMillis } from "../../src/instant.ts";
import { createLimiter } from "../../src/graph/limiter.ts";
import { poll } from "../../src/tap/poll.ts";
import { pollForever } from "../../src/tap/scheduler.ts";
import { GraphtapError } from "../../src/errors.ts";
import { anHourAgo, delivered, expectAllOnce, tallied } from "../support/audits.ts";
import { faultTable, firstTrouble } from "../support/faultTable.ts";
import { openRig, type Rig } from "../support/rig.ts";

const signal = new AbortController().signal;
const HOUR_MS = 3_600_000;
const PERIOD_MS = 300_000;

/** The engine on the host's clock, Graph on the true one. */
function openSkewed() {
  let skewMs = 0;
  const graphClock: Clock = {
    now: () => rig.clock.now() - skewMs,
    sleep: (ms, signal) => rig.clock.sleep(ms, signal),
  };
  const rig: Rig = openRig({ unevenPages: false, clock: graphClock });
  let made = 0;
  return {
    rig,
    graphClock,
    jump(ms: number): void {
      rig.clock.advance(ms);
      skewMs += ms;
    },
    /** Three records of just now, by the true clock. */
    arrive(): void {
      for (let i = 0; i < 3; i++) {
        const time = formatInstant(addSeconds(fromMillis(graphClock.now()), -1 - i));
        rig.emulator.put("directoryAudits", `{"id":"r${made++}","activityDateTime":"${time}"}`);
      }
    },
  };
}

const record = faultTable();
let open: ReturnType<typeof openSkewed>;
afterEach(() => open.rig.close());

describe("a host's clock that is set", () => {
  it.each([
    ["three hours forwards", [3 * HOUR_MS]],
    ["half an hour forwards", [HOUR_MS / 2]],
    ["a day forwards", [24 * HOUR_MS]],
    ["three hours back", [-3 * HOUR_MS]],
    ["a day back", [-24 * HOUR_MS]],
    ["forwards, and right again", [3 * HOUR_MS, -3 * HOUR_MS]],
    ["back, and right again", [-3 * HOUR_MS, 3 * HOUR_MS]],
    ["to and fro", [2 * HOUR_MS, -4 * HOUR_MS, 2 * HOUR_MS]],
  ])("%s loses nothing, repeats nothing, and asks no more than usual", async (name, jumps) => {
    open = openSkewed();
    const { rig, arrive, jump, graphClock } = open;
    const stream = rig.stream("directory_audits", anHourAgo(rig));
    const left = [...jumps];
    for (let polls = 0; polls < 30; polls++) {
      arrive();
      if (polls % 8 === 5) jump(left.shift() ?? 0);
      const before = rig.sent.length;
      const began = graphClock.now();
      const { error } = await poll(stream, rig.engine, signal, rig.clock.now() + PERIOD_MS);
      expect(error).toBeNull();
      expect(rig.sent.length - before, `requests of poll ${polls}`).toBeLessThan(12);
      expect(graphClock.now() - began, "true time that it took").toBeLessThan(PERIOD_MS);
      rig.clock.advance(PERIOD_MS);
    }
    // Whatever the host believes in the end, its clock is mended some day.
    jump(-jumps.reduce((sum, ms) => sum + ms, 0));
    for (let polls = 0; polls < 20; polls++) {
      rig.clock.advance(PERIOD_MS);
      await poll(stream, rig.engine, signal, rig.clock.now() + PERIOD_MS);
    }
    expectAllOnce(rig);
    record({ fault: `host: its clock is set ${name}`, ...tallied(rig), said: firstTrouble(rig.log) });
  });

  it("three hours forwards still delivers what is new, at once", async () => {
    open = openSkewed();
    const { rig, arrive, jump } = open;
    const stream = rig.stream("directory_audits", anHourAgo(rig));
    await poll(stream, rig.engine, signal);
    jump(3 * HOUR_MS);
    for (let polls = 1; polls <= 6; polls++) {
      rig.clock.advance(PERIOD_MS);
      arrive();
      await poll(stream, rig.engine, signal, rig.clock.now() + PERIOD_MS);
      expect(delivered(rig).length).toBe(3 * polls);
    }
  });

  it("further forwards than Graph keeps records does not give up what it has, at a first start or later", async () => {
    open = openSkewed();
    const { rig, arrive, jump } = open;
    const stream = rig.stream("directory_audits", anHourAgo(rig));
    const pollOften = async () => {
      for (let polls = 0; polls < 8; polls++) {
        await poll(stream, rig.engine, signal, rig.clock.now() + PERIOD_MS);
        rig.clock.advance(PERIOD_MS);
      }
    };
    for (let stops = 0; stops < 2; stops++) {
      arrive();
      rig.clock.advance(HOUR_MS / 2);
      arrive();
      jump(40 * 24 * HOUR_MS);
      await pollOften();
      jump(-40 * 24 * HOUR_MS);
      await pollOften();
      expectAllOnce(rig);
    }
  });

  it("back during a pause that Graph asked for does not make that hours longer", async () => {
    open = openSkewed();
    const { clock } = open.rig;
    const limiter = createLimiter({ requests: 4, seconds: 10 }, clock);
    limiter.throttled(240_000);
    clock.advance(-3 * HOUR_MS);
    await limiter.acquire("live");
    limiter.throttled(5000);
    await limiter.acquire("live");
    const slept = clock.sleeps.reduce((sum, ms) => sum + ms, 0);
    expect(slept).toBeGreaterThanOrEqual(5000);
    expect(slept).toBeLessThan(300_000);
  });

  it.each([["forwards", 3 * HOUR_MS], ["back", -3 * HOUR_MS]])(
    "%s while a poll is under way: the next comes a period later by the true clock",
    async (_, ms) => {
      open = openSkewed();
      const { rig, arrive, jump, graphClock } = open;
      arrive();
      const stop = new AbortController();
      const began: number[] = [];
      const running = pollForever(
        rig.streams(["directory_audits"], anHourAgo(rig)),
        rig.engine,
        stop,
        (...call) => {
          began.push(graphClock.now());
          if (began.length === 6) stop.abort(new GraphtapError("stopped", "enough"));
          const polled = poll(...call);
          if (began.length === 3) jump(ms);
          return polled;
        },
      );
      await expect(running).rejects.toMatchObject({ code: "stopped" });
      const pauses = began.slice(1).map((at, index) => at - began[index]!);
      for (const pause of pauses.toSpliced(2, 1)) expect(pause).toBe(PERIOD_MS);
      expect(pauses[2], "the pause after the jump").toBeLessThanOrEqual(PERIOD_MS);
    },
  );
});
