/** Re-reads follow what they find: deeper where records come later than expected, and a word when they cannot follow. */
import { afterEach, describe, expect, it } from "vitest";
import type { ServiceConfig } from "../../src/config/config.ts";
import { addSeconds, formatInstant, fromMillis } from "../../src/instant.ts";
import { poll } from "../../src/tap/poll.ts";
import { openRig, type Rig } from "../support/rig.ts";

const signal = new AbortController().signal;
const HOUR = 3600;
let rig: Rig;
afterEach(() => rig.close());

function put(rig: Rig, id: string, hoursAgo: number): void {
  const time = formatInstant(addSeconds(fromMillis(rig.clock.now()), -hoursAgo * HOUR));
  rig.emulator.put("signIns", `{"id":"${id}","createdDateTime":"${time}"}`);
}

/** Polls at every hour of `hours`, with a record of each hour and, in each, one that is `lateHours` late. */
async function pass(rig: Rig, hours: number, lateHours: number | null, settings: Partial<ServiceConfig>) {
  const stream = rig.stream("signIns", settings);
  for (let hour = 0; hour < hours; hour++) {
    const now = rig.clock.now();
    put(rig, `${now} in time`, 0.01);
    if (lateHours !== null) put(rig, `${now} late`, lateHours);
    for (let polls = 0; polls < 4; polls++) {
      expect((await poll(stream, rig.engine, signal)).error).toBeNull();
      rig.clock.advance(HOUR / 4 * 1000);
    }
  }
  return stream.state.loadPosition()!;
}

function settingsOf(rig: Rig, own: Partial<ServiceConfig>): Partial<ServiceConfig> {
  const instant = addSeconds(fromMillis(rig.clock.now()), -HOUR);
  return { startTime: { text: "start", instant }, rereadAfterSeconds: [900, 3 * HOUR], ...own };
}

const late = (rig: Rig) => rig.lines.filter((line) => line.includes(" late")).length;

describe("records later than the deepest re-read", () => {
  it("make re-reads deeper, until nothing comes late any more", async () => {
    rig = openRig({ inMemory: true });
    const settings = settingsOf(rig, {});
    // Some are just so late that the deepest still meets them; others come later than that.
    await pass(rig, 40, 7, settings);
    const deep = await pass(rig, 40, 8, settings);
    expect(deep.rereads.length).toBeGreaterThan(2);
    expect(rig.log.some((line) => line.includes("now one goes deeper"))).toBe(true);
    await pass(rig, 60, null, settings);
    const delivered = rig.lines.map((line) => JSON.parse(line).id as string);
    expect(new Set(delivered).size, "none twice").toBe(delivered.length);
    expect(late(rig)).toBeGreaterThan(70);
    const back = await pass(rig, 300, null, settings);
    expect(back.rereads.length).toBe(2);
    expect(rig.log.some((line) => line.includes("less deep again"))).toBe(true);
  });

  it("do not where the configuration sets the bound", async () => {
    rig = openRig({ inMemory: true });
    const bound = await pass(rig, 60, 7, settingsOf(rig, { rereadMaxSeconds: 60 }));
    expect(bound.rereads.length).toBe(2);
  });

  it("leave the keys of what was delivered as long as a re-read can meet it", async () => {
    rig = openRig({ inMemory: true });
    const short = settingsOf(rig, { rereadAfterSeconds: [900] });
    for (let day = 0; day < 8; day++) {
      put(rig, `day ${day}`, 0.01);
      await pass(rig, 24, null, short);
    }
    // A schedule that was made deeper than keys were kept for.
    await pass(rig, 48, null, { ...short, rereadAfterSeconds: [900, 7 * 24 * HOUR] });
    const delivered = rig.lines.map((line) => JSON.parse(line).id as string);
    expect(new Set(delivered).size, "none twice").toBe(delivered.length);
  });
});

describe("re-reads that live reading cannot pay for", () => {
  it("are told of once when they are a day behind, and once when they have caught up", async () => {
    rig = openRig({ inMemory: true });
    const settings = settingsOf(rig, { rereadAfterSeconds: [HOUR] });
    const stream = rig.stream("signIns", settings);
    await poll(stream, rig.engine, signal);
    const said = () => rig.log.filter((line) => /re-reads (are more|have caught)/.test(line)).length;
    const ownCredit = (credit: number) =>
      stream.state.commitInFile({ ...stream.state.loadPosition()!, rereadCredit: credit });
    for (let hour = 0; hour < 40; hour++) {
      ownCredit(-100);
      rig.clock.advance(HOUR / 2 * 1000);
      await poll(stream, rig.engine, signal);
      rig.clock.advance(HOUR / 2 * 1000);
      await poll(stream, rig.engine, signal);
    }
    expect(said()).toBe(1);
    expect(rig.log.some((line) => line.includes("shorter request_period_in_seconds earns more"))).toBe(true);
    ownCredit(60);
    await poll(stream, rig.engine, signal);
    await poll(stream, rig.engine, signal);
    expect(said()).toBe(2);
  });
});
