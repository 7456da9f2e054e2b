import { describe, expect, it } from "vitest";
import type { Finding } from "../../../src/doctor/examine.ts";
import { withPast } from "../../../src/doctor/past.ts";
import { fromMillis } from "../../../src/instant.ts";
import { emptyPosition } from "../../../src/state/position.ts";
import { freshFolder, stateIn } from "../../support/state.ts";

const NOW = Date.UTC(2026, 10, 22, 16);
const RANGE = { from: fromMillis(NOW - 7_200_000), to: fromMillis(NOW - 3_600_000), sinceMs: NOW };
const WELL = { result: "ok", detail: "gives a record", exitCode: 0 } as Finding;

/** A stream that was read, and what of it is missing. */
function streamWith({ gap = false, lost = false }) {
  const state = stateIn(freshFolder()).stream({ inputId: "1", service: "signIns" });
  state.begin(emptyPosition());
  if (gap) state.gaps().save([{ ...RANGE, reason: "graph-timeout", attempts: 0, nextTryMs: NOW }]);
  if (lost) state.lost().save([{ ...RANGE, reason: "retention" }]);
  return state;
}

describe("a service that can be read now", () => {
  it("is as it is found where nothing is missing", () => {
    expect(withPast(WELL, streamWith({}))).toEqual(WELL);
  });

  it("counts as a fault where a gap is open", () => {
    const found = withPast(WELL, streamWith({ gap: true, lost: true }));
    expect(found).toMatchObject({ result: "gaps", exitCode: 1 });
    expect(found.detail).toContain('(graph-timeout): see "graphtap gaps"; 1 h lost for good');
  });

  it("is well where something is lost for good, and says so: nothing can be done about it", () => {
    expect(withPast(WELL, streamWith({ lost: true }))).toEqual({
      ...WELL,
      detail: 'gives a record; 1 h lost for good: see "graphtap gaps"',
    });
  });
});
