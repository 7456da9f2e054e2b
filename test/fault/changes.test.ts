import { afterEach, describe, expect, it } from "vitest";
import { addSeconds, fromMillis } from "../../src/instant.ts";
import { poll } from "../../src/tap/poll.ts";
import { openRig, type Rig } from "../support/rig.ts";

const signal = new AbortController().signal;
let rig: Rig;
afterEach(() => rig.close());

const settings = (rig: Rig) => ({
  startTime: { text: "start", instant: addSeconds(fromMillis(rig.clock.now()), -86_400) },
});
const idOf = (bytes: Uint8Array) => JSON.parse(new TextDecoder().decode(bytes)).id as string;
const ids = (rig: Rig) => rig.lines.map((line) => JSON.parse(line).id as string);

describe.each(["alerts", "alerts_v2"] as const)("%s", (service) => {
  it("leave again when they change, and only then", async () => {
    rig = openRig();
    const now = fromMillis(rig.clock.now());
    const [first] = rig.emulator.produce(service, 5, { from: addSeconds(now, -7200), to: now });
    const stream = rig.stream(service, settings(rig));
    await poll(stream, rig.engine, signal);
    expect(rig.lines).toHaveLength(5);
    for (let polls = 0; polls < 20; polls++) {
      rig.clock.advance(300_000);
      if (polls === 7) rig.emulator.update(service, idOf(first!));
      await poll(stream, rig.engine, signal);
    }
    expect(ids(rig).slice(5)).toEqual([idOf(first!)]);
  });

  it("leave once only with track_updates: false", async () => {
    rig = openRig();
    const now = fromMillis(rig.clock.now());
    const [first] = rig.emulator.produce(service, 5, { from: addSeconds(now, -7200), to: now });
    const stream = rig.stream(service, { ...settings(rig), trackUpdates: false });
    await poll(stream, rig.engine, signal);
    rig.clock.advance(300_000);
    rig.emulator.update(service, idOf(first!));
    await poll(stream, rig.engine, signal);
    expect(rig.lines).toHaveLength(5);
  });

  it("are all delivered although rows move between pages while one reads", async () => {
    let updates = 0;
    rig = openRig({
      unevenPages: false,
      async between(request, pass) {
        const response = await pass(request);
        // An alert on a page that was read already changes: it leaves the window, and all rows move up by one.
        if (/skip/.test(request.url) && updates < 3) rig.emulator.update(service, alerts[updates++]!);
        return response;
      },
    });
    const now = fromMillis(rig.clock.now());
    const alerts = rig.emulator.produce(service, 60, {
      from: addSeconds(now, -3000),
      to: addSeconds(now, -10),
    }).map(idOf).reverse();
    const stream = rig.stream(service, settings(rig));
    const paged = { ...stream, plugin: { ...stream.plugin, page: { size: 10 } } };
    for (let polls = 0; polls < 8; polls++) {
      await poll(paged, rig.engine, signal);
      rig.clock.advance(300_000);
    }
    expect(updates).toBe(3);
    expect(new Set(ids(rig)).size).toBe(60);
    // Each changed alert at most twice: before its change and after it.
    expect(rig.lines.length).toBeLessThanOrEqual(63);
    expect(new Set(rig.lines.map((line) => `${JSON.parse(line).id} ${JSON.parse(line).time}`)).size).toBe(
      rig.lines.length,
    );
  });
});

describe("snapshots", () => {
  it("leave when their content changes, also when it changes back", async () => {
    rig = openRig();
    const profile = (score: number) => `{"id":"MFA","title":"Multi-factor","maxScore":${score}}`;
    const stream = rig.stream("secure_score_control_profiles");
    const scores: number[] = [];
    for (const score of [10, 10, 5, 5, 10, 10]) {
      rig.emulator.put("secureScoreControlProfiles", profile(score));
      const before = rig.lines.length;
      await poll(stream, rig.engine, signal);
      if (rig.lines.length > before) scores.push(score);
      rig.clock.advance(300_000);
    }
    expect(scores).toEqual([10, 5, 10]);
  });
});
