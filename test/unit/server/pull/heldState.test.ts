import { describe, expect, it } from "vitest";
import { fromMillis } from "../../../../src/instant.ts";
import { holdCommits } from "../../../../src/server/pull/heldState.ts";
import { emptyPosition, type Position } from "../../../../src/state/position.ts";
import { recordKey } from "../../../../src/record/keyMaker.ts";
import type { StreamState } from "../../../../src/state/state.ts";
import { freshFolder, stateIn } from "../../../support/state.ts";

const ADDRESS = { inputId: "1", service: "signIns" };
const GAP = {
  ...{ from: fromMillis(0), to: fromMillis(60_000) },
  reason: "graph-timeout",
  sinceMs: 0,
  attempts: 1,
  nextTryMs: 0,
};
const LOST = {
  from: fromMillis(0),
  to: fromMillis(1000),
  reason: "retention",
  sinceMs: Date.UTC(2026, 10, 22),
};
const key = (text: string) => recordKey(new TextEncoder().encode(text));
const position = (records: number): Position => ({ ...emptyPosition(), records });

function opened(): StreamState {
  const state = stateIn(freshFolder()).stream(ADDRESS);
  state.seen().add(key("old"));
  state.seen().commit();
  state.commitInFile(position(1));
  return state;
}

/** What a poll does to a state. */
function poll({ seen, gaps, lost, commitInFile }: StreamState): void {
  seen().add(key("new"));
  seen().commit();
  gaps().save([GAP]);
  lost().save([LOST]);
  commitInFile(position(2));
}

const known = (state: StreamState) =>
  ["old", "new"].map((text) => state.seen().has(key(text)) ? text : null).filter((text) => text !== null);

describe("a state whose commits are held back", () => {
  it("shows the poll its own changes, and the disk none of them", () => {
    const inner = opened();
    const held = holdCommits(inner);
    poll(held.state);
    const { state } = held;
    expect([state.loadPosition()?.records, state.gaps().list(), state.lost().list(), known(state)]).toEqual(
      [2, [GAP], [LOST], ["old", "new"]],
    );
    expect([inner.loadPosition()?.records, inner.gaps().list(), inner.lost().list()]).toEqual([1, [], []]);
  });

  it("leaves nothing behind when it is rolled back", () => {
    const inner = opened();
    const held = holdCommits(inner);
    poll(held.state);
    held.rollback();
    inner.seen().commit();
    expect([inner.loadPosition()?.records, inner.gaps().list(), known(inner)]).toEqual([1, [], ["old"]]);
    expect(inner.lost().list()).toEqual([]);
    expect(held.state.loadPosition()?.records).toBe(1);
  });

  it("makes everything durable when it is committed", () => {
    const inner = opened();
    const held = holdCommits(inner);
    poll(held.state);
    held.commit();
    inner.seen().rollback();
    expect([inner.loadPosition()?.records, inner.gaps().list(), known(inner)]).toEqual([2, [GAP], [
      "old",
      "new",
    ]]);
    expect(inner.lost().list()).toEqual([LOST]);
  });

  it("replaces the keys of a snapshot only then", () => {
    const inner = opened();
    const held = holdCommits(inner);
    held.state.seen().add(key("new"));
    held.state.seen().commit();
    held.state.seen().replaceWith([key("new")]);
    expect(known(inner)).toEqual(["old", "new"]);
    held.commit();
    expect(known(inner)).toEqual(["new"]);
  });

  it("drops keys of a backfill only then, and keeps its new ones among those of their time", () => {
    const inner = opened();
    const HOUR = 3_600_000;
    const day = Date.UTC(2026, 10, 1);
    const page = (text: string, untilMs: number) => {
      inner.seen().add(key(text));
      inner.seen().date(untilMs);
      inner.seen().commit();
    };
    page("first", day + HOUR);
    page("second", day + 7 * HOUR);
    const held = holdCommits(inner);
    const { state } = held;
    state.seen().add(key("live"));
    state.seen().date(null);
    state.commit(position(2));
    state.seen().add(key("third"));
    state.seen().date(day + 13 * HOUR);
    const needed = { addedSinceMs: 0, readBackSinceMs: day + 8 * HOUR, ranges: [] };
    expect(state.seen().mayExpire(needed)).toBe(true);
    state.seen().expire(needed);
    expect(state.seen().has(key("first"))).toBe(true);
    held.commit();
    expect(["first", "second", "third", "live"].map((text) => inner.seen().has(key(text)))).toEqual(
      [false, true, true, true],
    );
    inner.seen().expire({ ...needed, readBackSinceMs: day + 13 * HOUR });
    expect(["second", "third", "live"].map((text) => inner.seen().has(key(text)))).toEqual([
      false,
      true,
      true,
    ]);
  });

  it("forgets the position with the keys when a poll takes them back", () => {
    const inner = opened();
    const held = holdCommits(inner);
    poll(held.state);
    held.state.seen().rollback();
    held.commit();
    expect([inner.loadPosition()?.records, known(inner)]).toEqual([1, ["old"]]);
  });
});

it("a job that Graph was asked for is durable at once, whether the client comes back or not", () => {
  const inner = opened();
  const held = holdCommits(inner);
  poll(held.state);
  const window = { from: fromMillis(0), to: fromMillis(60_000) };
  const job = { name: "one", id: "1", window, purpose: "live", depth: 0, askedMs: 0, failures: 0 } as const;
  held.state.noteJob(job);
  expect(inner.loadPosition()).toMatchObject({ records: 1, jobs: [job] });
  held.rollback();
  expect(inner.loadPosition()).toMatchObject({ records: 1, jobs: [job] });
  expect(inner.seen().has(key("new")), "keys of what the client did not confirm").toBe(false);
});
