import { describe, expect, it } from "vitest";
import { stageState } from "../../../../src/server/pull/stagedState.ts";
import { type Checkpoint, emptyCheckpoint } from "../../../../src/state/checkpoint.ts";
import { recordKey } from "../../../../src/record/keyMaker.ts";
import type { StreamState } from "../../../../src/state/state.ts";
import { freshFolder, stateIn } from "../../../support/state.ts";

const ADDRESS = { inputId: "1", service: "signIns" };
const GAP = {
  from: "2026-11-22T10:00:00Z",
  to: "2026-11-22T10:01:00Z",
  reason: "graph-timeout",
  since_ms: 0,
  attempts: 1,
  next_try_ms: 0,
};
const key = (text: string) => recordKey(new TextEncoder().encode(text));
const position = (records: number): Checkpoint => ({ ...emptyCheckpoint(ADDRESS, null), records });

function opened(): StreamState {
  const state = stateIn(freshFolder()).stream(ADDRESS);
  state.seen().add(key("old"));
  state.seen().commit();
  state.saveCheckpoint(position(1));
  return state;
}

/** What a poll does to a state. */
function poll({ seen, gaps, saveCheckpoint }: StreamState): void {
  seen().add(key("new"));
  seen().commit();
  gaps().save([GAP]);
  saveCheckpoint(position(2));
}

const known = (state: StreamState) =>
  ["old", "new"].map((text) => state.seen().has(key(text)) ? text : null).filter((text) => text !== null);

describe("a staged state", () => {
  it("shows the poll its own changes, and the disk none of them", () => {
    const inner = opened();
    const staged = stageState(inner);
    poll(staged.state);
    expect([staged.state.loadCheckpoint()?.records, staged.state.gaps().list(), known(staged.state)]).toEqual(
      [
        2,
        [GAP],
        ["old", "new"],
      ],
    );
    expect([inner.loadCheckpoint()?.records, inner.gaps().list()]).toEqual([1, []]);
  });

  it("leaves nothing behind when it is rolled back", () => {
    const inner = opened();
    const staged = stageState(inner);
    poll(staged.state);
    staged.rollback();
    inner.seen().commit();
    expect([inner.loadCheckpoint()?.records, inner.gaps().list(), known(inner)]).toEqual([1, [], ["old"]]);
    expect(staged.state.loadCheckpoint()?.records).toBe(1);
  });

  it("makes everything durable when it is committed", () => {
    const inner = opened();
    const staged = stageState(inner);
    poll(staged.state);
    staged.commit();
    inner.seen().rollback();
    expect([inner.loadCheckpoint()?.records, inner.gaps().list(), known(inner)]).toEqual([2, [GAP], [
      "old",
      "new",
    ]]);
  });

  it("replaces the keys of a snapshot only then", () => {
    const inner = opened();
    const staged = stageState(inner);
    staged.state.seen().add(key("new"));
    staged.state.seen().commit();
    staged.state.seen().replaceWith([key("new")]);
    expect(known(inner)).toEqual(["old", "new"]);
    staged.commit();
    expect(known(inner)).toEqual(["new"]);
  });

  it("forgets the position with the keys when a poll takes them back", () => {
    const inner = opened();
    const staged = stageState(inner);
    poll(staged.state);
    staged.state.seen().rollback();
    staged.commit();
    expect([inner.loadCheckpoint()?.records, known(inner)]).toEqual([1, ["old"]]);
  });
});
