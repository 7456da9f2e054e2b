/** Records that a job collects: nothing is lost or asked for twice, whatever becomes of jobs and of the process. */
import { cpSync, rmSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import type { JobOptions } from "../../src/emulator/options.ts";
import { GraphtapError } from "../../src/errors.ts";
import { addSeconds, fromMillis, secondsBetween } from "../../src/instant.ts";
import { poll } from "../../src/tap/poll.ts";
import { replay } from "../../src/tap/replay.ts";
import type { Stream } from "../../src/tap/stream.ts";
import { eventLine, EXACT, tally } from "../support/eventLines.ts";
import { openRig, type Rig, type RigOptions, TENANT } from "../support/rig.ts";

const SERVICE = "unified_audit";
const HOUR = 3600;
const signal = new AbortController().signal;
let rig: Rig;
afterEach(() => rig.close());

function open(jobs: JobOptions = {}, more: RigOptions = {}): void {
  rig = openRig({ inMemory: true, jobs, ...more });
}

function made(count: number, hours: number, until = 0): void {
  const to = addSeconds(fromMillis(rig.clock.now()), until);
  rig.emulator.produce(SERVICE, count, { from: addSeconds(to, -hours * HOUR), to });
}

let start = 0;
function stream(days = 1): Stream {
  start ||= rig.clock.now();
  const instant = addSeconds(fromMillis(start), -days * 86_400);
  return rig.stream(SERVICE, { startTime: { text: "start", instant } });
}
afterEach(() => void (start = 0));

/** Polls every five minutes. */
async function pollFor(read: Stream, hours: number): Promise<void> {
  for (let minutes = 0; minutes < hours * 60; minutes += 5) {
    expect((await poll(read, rig.engine, signal)).error).toBeNull();
    rig.clock.advance(300_000);
  }
}

const held = () => rig.emulator.records(SERVICE).map((bytes) => new TextDecoder().decode(bytes));
const came = () => rig.lines.map((line) => eventLine(line).record);
const created = () =>
  rig.emulator.requests.filter(({ method, status }) => method === "POST" && status === 201);
const asked = () => created().map(({ filter }) => JSON.parse(filter!).displayName as string);

describe("a job that takes its time", () => {
  it("is left to Graph: no poll waits for it, and one reads it when it is done", async () => {
    open({ seconds: 2 * HOUR });
    made(40, 5);
    const read = stream();
    const before = rig.clock.now();
    expect((await poll(read, rig.engine, signal)).error).toBeNull();
    expect(rig.clock.now() - before).toBeLessThan(1000);
    expect(read.state.loadPosition()!.jobs).toMatchObject([{ purpose: "live", id: expect.any(String) }]);
    await pollFor(read, 1.9);
    expect(rig.lines).toEqual([]);
    expect(created()).toHaveLength(1);
    await pollFor(read, 0.5);
    expect(tally(held(), came())).toEqual(EXACT);
  });

  it("holds up no other: the backfill is read while new time waits", async () => {
    open({ outcome: (number) => number === 1 ? "hangs" : "succeeded" });
    made(90, 60);
    await pollFor(stream(3), 2);
    expect(rig.lines.length).toBeGreaterThan(30);
  });

  it("is asked for once an hour and stays far below what a tenant may ask for in a day", async () => {
    open({}, { quotas: {}, budgets: {} });
    await pollFor(stream(), 24);
    expect(created().length).toBeLessThan(40);
    expect(rig.emulator.requests.filter(({ status }) => status === 429)).toEqual([]);
  });
});

describe("a job that fails", () => {
  it.each(["failed", "cancelled", "hangs"] as const)(
    "%s: its window is asked for in halves, and all leaves",
    async (end) => {
      open({ outcome: (number) => number <= 2 ? end : "succeeded" });
      made(60, 20);
      const read = stream();
      await pollFor(read, end === "hangs" ? 20 : 6);
      expect(tally(held(), came())).toEqual(EXACT);
      expect(read.state.gaps().list()).toEqual([]);
      expect(rig.log.join("\n")).toMatch(/its job (failed|was cancelled|is not done after 6 hours)/);
    },
  );

  it("leaves none of Graph's jobs among the records, however long their list is", async () => {
    const drop = { isOn: false };
    open({}, {
      async between(request, pass) {
        if (!drop.isOn || request.method !== "POST" || request.url.endsWith("/token")) return pass(request);
        drop.isOn = false;
        await pass(request);
        throw new GraphtapError("graph-unreachable", "the connection was reset");
      },
    });
    made(30, 20);
    const read = stream();
    await pollFor(read, 50);
    drop.isOn = true;
    await poll(read, rig.engine, signal).catch(() => {});
    rig.clock.advance(300_000);
    await pollFor(read, 2);
    expect(rig.log.join("\n")).toContain("job found again by its name");
    expect(tally(held(), came())).toEqual(EXACT);
  });

  it("whatever its width: it is a gap, others go on, and the gap closes when it can", async () => {
    let isBroken = true;
    const poison = { from: 0, to: 0 };
    open({
      outcome: (_, from, to) => isBroken && from < poison.to && to > poison.from ? "failed" : "succeeded",
    });
    poison.from = Math.floor(rig.clock.now() / 1000) - 10 * HOUR;
    poison.to = poison.from + 60;
    made(96, 24);
    const read = stream();
    await pollFor(read, 6);
    const gaps = read.state.gaps().list();
    expect(gaps).toHaveLength(1);
    expect(secondsBetween(gaps[0]!.from, gaps[0]!.to)).toBeLessThan(1.5 * HOUR);
    expect(came().length).toBeGreaterThan(80);
    isBroken = false;
    await pollFor(read, 30);
    expect(read.state.gaps().list()).toEqual([]);
    expect(tally(held(), came())).toEqual(EXACT);
  });

  /** A stream that has read nothing of its last day, which is a gap that is due. */
  function withGap(): Stream {
    const read = stream();
    const to = fromMillis(rig.clock.now());
    const gap = { from: addSeconds(to, -20 * HOUR), to, reason: "graph-timeout", sinceMs: 0, attempts: 0 };
    read.state.gaps().save([{ ...gap, nextTryMs: 0 }]);
    return read;
  }

  it("in a gap that is wider than a job: what was read is no gap any more, and the rest follows", async () => {
    open();
    const read = withGap();
    const narrow = { ...read, service: { ...read.service, windowMaxSeconds: 2 * HOUR } };
    await pollFor(narrow, 3);
    expect(read.state.gaps().list()).toEqual([]);
    expect(asked().length).toBeLessThan(40);
  });

  it("in a part of a gap: the rest of the gap does not wait for that part", async () => {
    const poison = { from: 0, to: 0 };
    open({ outcome: (_, from, to) => from < poison.to && to > poison.from ? "failed" : "succeeded" });
    poison.from = Math.floor(rig.clock.now() / 1000) - 20 * HOUR;
    poison.to = poison.from + 60;
    const read = withGap();
    await pollFor(read, 4);
    const [left, ...others] = read.state.gaps().list();
    expect(others).toEqual([]);
    expect(left!.from.seconds).toBeLessThanOrEqual(poison.from);
    expect(left!.to.seconds).toBeGreaterThanOrEqual(poison.to);
    expect(secondsBetween(left!.from, left!.to)).toBeLessThan(1.5 * HOUR);
  });

  it("with more records than it may hold: they leave, and the rest by smaller ones", async () => {
    open({ mostRecords: 30 });
    made(150, 20);
    await pollFor(stream(), 6);
    expect(tally(held(), came())).toEqual(EXACT);
    expect(rig.log.join("\n")).toContain("found more records than one may hold");
  });

  it("that Graph has forgotten is asked for again", async () => {
    open();
    made(20, 10);
    const read = stream();
    await poll(read, rig.engine, signal);
    rig.emulator.faults.add({
      match: { collection: SERVICE, path: "/queries/", times: 3 },
      do: { kind: "status", status: 404, code: "UnknownError" },
    });
    rig.clock.advance(300_000);
    await pollFor(read, 3);
    expect(tally(held(), came())).toEqual(EXACT);
  });
});

describe("what Graph refuses", () => {
  it("more jobs than a tenant may have: they are asked for later, and nothing is lost", async () => {
    open({ seconds: 900, mostAtOnce: 1 });
    made(60, 60);
    await pollFor(stream(3), 30);
    expect(rig.emulator.requests.some(({ status }) => status === 429)).toBe(true);
    expect(tally(held(), came())).toEqual(EXACT);
  });

  it("more jobs than a tenant may have: a gap is not put off as if it had been tried", async () => {
    open({ seconds: 3 * HOUR, mostAtOnce: 1 });
    const read = stream();
    const to = fromMillis(rig.clock.now());
    const gap = { from: addSeconds(to, -5 * HOUR), to, reason: "graph-timeout", sinceMs: 0, attempts: 0 };
    read.state.gaps().save([{ ...gap, nextTryMs: 0 }]);
    await pollFor(read, 2);
    expect(read.state.gaps().list()).toMatchObject([{ attempts: 0, nextTryMs: 0 }]);
  });

  it("an application without the permission: it is named", async () => {
    open({}, { tenants: [{ ...TENANT, permissions: ["AuditLog.Read.All"] }] });
    const { error } = await poll(stream(), rig.engine, signal);
    expect(error?.message).toContain("grant the application permission AuditLogsQuery.Read.All");
  });

  it("a record type that is not of its kind: the stream says what Graph says", async () => {
    open();
    const read = stream();
    const cursor = { ...read.plugin.cursor, filters: { keywordFilter: ["no text"] } };
    const { error } = await poll(
      { ...read, plugin: { ...read.plugin, cursor } as never },
      rig.engine,
      signal,
    );
    expect(error).toMatchObject({
      code: "graph-refused",
      message: expect.stringContaining("Invalid request data"),
    });
  });

  it("as many jobs as a day has: no poll waits for the next day", async () => {
    open({}, { quotas: {}, budgets: { "audit-search": { requests: 2, seconds: 86_400 } } });
    made(60, 60);
    const read = stream(3);
    const before = rig.clock.now();
    expect((await poll(read, rig.engine, signal)).error).toBeNull();
    for (let polls = 0; polls < 4; polls++) {
      rig.clock.advance(300_000);
      expect((await poll(read, rig.engine, signal)).error).toBeNull();
    }
    expect(rig.clock.now() - before).toBeLessThan(1_300_000);
    expect(created()).toHaveLength(2);
    expect(rig.log.join("\n")).toContain("the job is asked for at a later poll");
  });
});

/** The process dies at the request of this number: no line of it runs any more, and its state stays as it is on the disk. */
async function killedAt(number: number, isAnswered: boolean): Promise<void> {
  let requests = 0;
  let atKill = "";
  const dead = new Error("killed");
  open({}, {
    async between(request, pass) {
      if (request.url.endsWith("/token")) return pass(request);
      if (++requests !== number) return pass(request);
      if (isAnswered) await pass(request);
      atKill = `${read.state.dir}.killed`;
      cpSync(read.state.dir, atKill, { recursive: true });
      throw dead;
    },
  });
  made(30, 20);
  let read = stream();
  const kept = () => [...rig.lines];
  let linesAtKill: string[] = [];
  for (let polls = 0; polls < 6 && atKill === ""; polls++) {
    linesAtKill = kept();
    await poll(read, rig.engine, signal).catch(() => {});
    rig.clock.advance(300_000);
  }
  expect(atKill).not.toBe("");
  const { dir } = read.state;
  // A new process finds what the dead one had on the disk.
  read = stream();
  rmSync(dir, { recursive: true });
  cpSync(atKill, dir, { recursive: true });
  rmSync(atKill, { recursive: true });
  expect(rig.lines.length - linesAtKill.length).toBeLessThanOrEqual(30);
  read = stream();
  await pollFor(read, 2);
}

describe("a kill", () => {
  it.each([
    ["before the request that creates a job", 1, false],
    ["behind it, before its answer", 1, true],
    ["while the job is looked at", 2, false],
    ["while its records are read", 3, false],
    ["behind the answer that has its records", 3, true],
  ])("%s: all leaves, and no window is asked for twice", async (_, number, isAnswered) => {
    await killedAt(number, isAnswered);
    expect(tally(held(), [...new Set(came())])).toEqual(EXACT);
    const noon = new Date(start - 12 * HOUR * 1000).toISOString();
    const overNoon = asked().filter((name) => {
      const [, , from = "", to = ""] = name.split(" ");
      return from < noon && noon < to;
    });
    expect(overNoon).toHaveLength(1);
  });
});

it("replay waits for its jobs and delivers a range again", async () => {
  open();
  made(30, 10);
  const read = stream();
  await pollFor(read, 1);
  const { length } = rig.lines;
  const to = fromMillis(start);
  const report = await replay(read, rig.engine, signal, { from: addSeconds(to, -12 * HOUR), to }, true);
  expect(report.error).toBeNull();
  expect(tally(held(), came().slice(length))).toEqual(EXACT);
  expect(read.state.loadPosition()!.jobs.filter(({ purpose }) => purpose === "gap")).toEqual([]);
});
