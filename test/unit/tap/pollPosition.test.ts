import { describe, expect, it } from "vitest";
import { GraphtapError } from "../../../src/errors.ts";
import { fromMillis, type Instant } from "../../../src/instant.ts";
import type { Intake } from "../../../src/record/intake.ts";
import { emptyPosition, type Newest, type Position } from "../../../src/state/position.ts";
import type { SeenSet } from "../../../src/state/seen/set.ts";
import type { StreamState } from "../../../src/state/state.ts";
import { createPollPosition, type PollPosition } from "../../../src/tap/pollPosition.ts";
import type { Engine, Stream } from "../../../src/tap/stream.ts";

const NOW = Date.UTC(2026, 10, 22, 16);
const ago = (seconds: number): Instant => fromMillis(NOW - seconds * 1000);
const range = (from: number, to: number) => ({ from: ago(from), to: ago(to) });

/** A poll's position, and what was done to the state, in order. */
function opened(saved: Partial<Position> = {}) {
  const done: string[] = [];
  const committed: Position[] = [];
  const intake = { received: 0, duplicates: 0, newest: null as Newest | null };
  /** Whether a commit has keys to write, and so is durable. */
  const keys = { isDurable: true };
  const note = (what: string) => (position: Position) => {
    done.push(what);
    committed.push(position);
    return keys.isDurable;
  };
  const seen = {
    add: () => done.push("add"),
    commit: () => done.push("commit keys"),
    rollback: () => done.push("rollback"),
    expire: () => done.push("expire"),
    date: () => {},
    mayExpire: () => true,
  } as never as SeenSet;
  const state = {
    commit: note("commit"),
    commitInFile: note("commit in file"),
    seen: () => seen,
    gaps: () => ({ list: () => [] }),
  };
  const accepted: Uint8Array[] = [];
  const position: PollPosition = createPollPosition({ ...emptyPosition(), ...saved }, {
    stream: {
      input: { id: "1" },
      service: { name: "signIns" },
      plugin: { cursor: { kind: "event-time" } },
      state: state as never as StreamState,
    } as Stream,
    engine: {
      clock: { now: () => NOW },
      sink: { accepted: () => accepted, committed: (name: string) => done.push(`told ${name}`) },
    } as never as Engine,
    startedMs: NOW - 1000,
    seen,
    intake: intake as never as Intake,
  });
  return { position, done, committed, intake, accepted, keys };
}

describe("the position of a poll", () => {
  it("advances, and never moves back", () => {
    const { position } = opened();
    position.advance(ago(60));
    position.advance(ago(90));
    expect(position.current.watermark).toEqual(ago(60));
  });

  it("leaves a range to the backfill, for which the re-reads begin anew, and shortens it from its older end", () => {
    const { position } = opened({
      backfill: [range(9000, 8000)],
      rereads: [{ readTo: ago(9000), idle: 3 }],
    });
    position.openBackfill(range(7000, 3600));
    expect(position.current.rereads).toEqual([]);
    position.advanceBackfill(ago(8500));
    expect(position.current.backfill).toEqual([range(8500, 8000), range(7000, 3600)]);
    position.advanceBackfill(ago(8000));
    expect(position.current.backfill).toEqual([range(7000, 3600)]);
  });

  it("remembers where a window goes on until that is over", () => {
    const { position } = opened();
    position.interrupt(range(60, 0), "https://graph/next");
    expect(position.current.interruption).toEqual({ window: range(60, 0), link: "https://graph/next" });
    position.learnWidth(120);
    expect(position.current).toMatchObject({ interruption: null, windowSeconds: 120 });
  });

  it("earns by live requests and spends by re-reads", () => {
    const { position } = opened();
    position.earn(10);
    position.spend(2);
    expect(position.current.rereadCredit).toBe(4);
  });

  it("is committed with the newest record, and then the sink is told", () => {
    const { position, done, committed, intake } = opened();
    intake.newest = { time: ago(5), ids: ["a"] };
    position.commit();
    expect(done).toEqual(["commit", "told 1/signIns"]);
    expect(committed).toMatchObject([{ newest: { ids: ["a"] }, lastPollEndedMs: NOW }]);
  });

  it("ends in the file, with the totals, before keys are dropped", () => {
    const { position, done, intake } = opened({ records: 5, duplicates: 1, lastError: "graph-throttled" });
    Object.assign(intake, { received: 7, duplicates: 3 });
    position.conclude(null);
    expect(done).toEqual(["commit in file", "told 1/signIns", "expire"]);
    expect(position.current).toMatchObject({
      records: 9,
      duplicates: 4,
      lastSuccessMs: NOW,
      lastError: null,
    });
  });

  it("says what failed, and does not call it a success", () => {
    const { position } = opened({ lastSuccessMs: 1 });
    position.conclude(new GraphtapError("graph-forbidden", "no"));
    expect(position.current).toMatchObject({ lastSuccessMs: 1, lastError: "graph-forbidden" });
  });

  it("is saved by a stop only where something is new", () => {
    const stopped = new GraphtapError("stopped", "by a signal");
    const quiet = opened();
    quiet.position.conclude(stopped);
    expect(quiet.done).toEqual([]);
    const busy = opened();
    busy.intake.received = 1;
    busy.position.conclude(stopped);
    expect(busy.done).toEqual(["commit", "told 1/signIns"]);
  });

  it("is saved by a stop where it moved over pages without new keys", () => {
    const { position, done, keys, intake } = opened();
    keys.isDurable = false;
    intake.received = 20;
    position.interrupt(range(60, 0), "https://graph/next");
    position.commit();
    done.splice(0);
    position.conclude(new GraphtapError("stopped", "by a signal"));
    expect(done).toEqual(["commit in file", "told 1/signIns"]);
  });

  it("goes into the file after three pages without new keys, if it moved", () => {
    const { position, done, keys } = opened();
    const names = () => done.splice(0).filter((what) => what !== "told 1/signIns");
    keys.isDurable = false;
    for (const page of ["commit", "commit", "commit,commit in file", "commit"]) {
      position.advance(ago(60));
      position.commit();
      expect(names().join()).toBe(page);
    }
    position.commitInFile();
    names();
    for (let page = 0; page < 9; page++) position.commit();
    expect(names()).not.toContain("commit in file");
  });

  it("begins anew at a moment", () => {
    const { position } = opened({
      watermark: ago(-9000),
      backfill: [range(9000, 8000)],
      rereads: [{ readTo: ago(300), idle: 1 }],
      records: 7,
    });
    position.restart(ago(60));
    expect(position.current).toMatchObject({
      beganAt: ago(60),
      watermark: null,
      backfill: [],
      rereads: [],
      interruption: null,
      records: 7,
    });
  });

  it("is left as it was when the sink fails, and the keys of what that accepted are committed", () => {
    const { position, done, accepted } = opened();
    accepted.push(new Uint8Array(16));
    position.rollback();
    expect(done).toEqual(["rollback", "add", "commit keys", "told 1/signIns"]);
  });
});
