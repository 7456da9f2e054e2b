import type { Gap } from "../../state/gap.ts";
import type { Inventory } from "../../state/inventory.ts";
import type { Lost } from "../../state/lost.ts";
import type { Position } from "../../state/position.ts";
import type { KeysNeeded } from "../../state/seen/forget.ts";
import type { SeenSet } from "../../state/seen/set.ts";
import type { StreamState } from "../../state/state.ts";

/** A state whose commits are held back until it is known that the lines arrived. */
export interface HeldState {
  readonly state: StreamState;
  /** Makes them durable, in the engine's own order: keys, what is lost, gaps, the position, then the inventory. @throws state-unusable */
  commit(): void;
  /** Forgets them; the next poll begins where this one did. */
  rollback(): void;
}

/** What waits; what is left out did not change. */
interface Held {
  position?: Position;
  gaps?: readonly Gap[];
  lost?: readonly Lost[];
  inventory?: Inventory;
  replacement?: readonly Uint8Array[];
  keysNeeded?: KeysNeeded;
}

/**
 * Stands between a poll and the state of its stream. Nothing else may read the stream until `commit` or `rollback`:
 * keys that wait are in the seen set already, only not on disk.
 *
 * Every member of the state is named here, so that one added later cannot become durable unnoticed.
 */
export function holdCommits(inner: StreamState): HeldState {
  let held: Held = {};

  function rollback(): void {
    held = {};
    inner.seen().rollback();
  }
  const seen: SeenSet = {
    ...asInner(inner),
    commit: () => {},
    // What was read before in the same poll is not durable either, so the position goes with the keys.
    rollback,
    expire: (needed) => void (held.keysNeeded = needed),
    replaceWith: (keys) => void (held.replacement = [...keys]),
    close: () => {},
  };
  return {
    state: {
      dir: inner.dir,
      loadPosition: () => held.position ?? inner.loadPosition(),
      hasLostPosition: () => inner.hasLostPosition(),
      isElsewhere: () => inner.isElsewhere(),
      // Where a stream begins hangs on no delivery: a client that goes away must not make it begin again.
      begin: (next) => inner.begin(next),
      commit(next) {
        held.position = next;
        return true;
      },
      commitInFile: (next) => void (held.position = next),
      // What Graph was asked for stays asked for, whether the client comes back or not.
      noteJob: (job) => inner.noteJob(job),
      seen: () => seen,
      gaps: () => ({
        list: () => held.gaps ?? inner.gaps().list(),
        save: (next) => void (held.gaps = [...next]),
      }),
      lost: () => ({
        list: () => held.lost ?? inner.lost().list(),
        save: (next) => void (held.lost = [...next]),
        forget: () => inner.lost().forget(),
      }),
      inventory: () => ({
        load: () => held.inventory ?? inner.inventory().load(),
        save: (next) => void (held.inventory = next),
      }),
      reset() {
        held = {};
        inner.reset();
      },
    },
    commit() {
      const { replacement, lost, gaps, position, inventory, keysNeeded } = held;
      const keys = inner.seen();
      keys.commit();
      if (replacement !== undefined) keys.replaceWith(replacement);
      // A range that is in both is given up again; one that is in neither is forgotten.
      if (lost !== undefined) inner.lost().save(lost);
      if (gaps !== undefined) inner.gaps().save(gaps);
      if (position !== undefined) inner.commitInFile(position);
      if (inventory !== undefined) inner.inventory().save(inventory);
      if (keysNeeded !== undefined) keys.expire(keysNeeded);
      held = {};
    },
    rollback,
  };
}

/** What is done to the keys in memory, which nothing holds back. A reset makes another set. */
function asInner(
  inner: StreamState,
): Pick<SeenSet, "size" | "has" | "add" | "addAll" | "date" | "mayExpire"> {
  return {
    size: () => inner.seen().size(),
    has: (key) => inner.seen().has(key),
    add: (key) => inner.seen().add(key),
    addAll: (keys, count, fresh) => inner.seen().addAll(keys, count, fresh),
    date: (untilMs) => inner.seen().date(untilMs),
    mayExpire: (needed) => inner.seen().mayExpire(needed),
  };
}
