import { describe, expect, it } from "vitest";
import { shardOf } from "../../../src/config/shard.ts";
import { emptyPosition } from "../../../src/state/position.ts";
import type { State } from "../../../src/state/state.ts";
import { createLog } from "../../../src/telemetry/log.ts";
import { settle } from "../../../src/wiring/shards.ts";
import { freshFolder, stateIn } from "../../support/state.ts";
import { tenantConfig, withServices } from "../../support/tenant.ts";

const { config: whole, registry } = tenantConfig(0);
const one = withServices(whole, ["signIns"]);
const ids = Array.from({ length: 12 }, (_, index) => String(index));
const config = { ...one, inputs: ids.map((id) => ({ ...one.inputs[0]!, id, name: `t${id}` })) };
const ofShard = (index: number, of: number) => ids.filter((id) => shardOf(id, of) === index);

/** Settles a folder for a shard; which inputs wait then, and what was logged. */
function settled(state: State, shard: { index: number; of: number } | null, adopt = false) {
  const lines: string[] = [];
  const log = createLog({ format: "text", level: "warn", write: (line) => lines.push(line), now: () => 0 });
  settle(state, { config, registry, selection: { inputs: ["t0"], services: [], shard } }, { adopt, log });
  return { waiting: state.elsewhere.list().map(({ inputId }) => inputId), lines };
}

describe("a state folder", () => {
  it("of the only process lets everything begin", () => {
    expect(settled(stateIn(freshFolder()), null)).toEqual({ waiting: [], lines: [] });
    expect(settled(stateIn(freshFolder()), { index: 0, of: 1 })).toEqual({ waiting: [], lines: [] });
  });

  it("that is new lets a shard's inputs wait, all of them, whatever else is selected, and says so", () => {
    const { waiting, lines } = settled(stateIn(freshFolder()), { index: 1, of: 3 });
    expect(waiting).toEqual(ofShard(1, 3));
    expect(lines).toEqual([expect.stringContaining("graphtap state adopt")]);
  });

  it("lets them begin with --adopt, and what comes later by itself", () => {
    const state = stateIn(freshFolder());
    expect(settled(state, { index: 1, of: 3 }, true).waiting).toEqual([]);
    expect(settled(state, { index: 1, of: 3 })).toEqual({ waiting: [], lines: [] });
  });

  it("that had all inputs goes on with those of its shard", () => {
    const state = stateIn(freshFolder());
    for (const inputId of ids) state.stream({ inputId, service: "signIns" }).begin(emptyPosition());
    expect(settled(state, { index: 0, of: 3 }).waiting).toEqual([]);
  });

  it("does not adopt what was moved away", () => {
    const state = stateIn(freshFolder());
    const [moved = ""] = ofShard(0, 2);
    for (const inputId of ofShard(0, 2)) state.stream({ inputId, service: "signIns" }).begin(emptyPosition());
    settled(state, { index: 0, of: 2 });
    state.elsewhere.add([{ inputId: moved, service: "signIns" }]);
    expect(settled(state, { index: 0, of: 2 }, true).waiting).toEqual([moved]);
  });
});
