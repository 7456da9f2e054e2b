import type { Gap } from "../../state/gap.ts";
import type { Inventory } from "../../state/inventory.ts";
import type { Position } from "../../state/position.ts";
import type { SeenSet } from "../../state/seen/set.ts";
import type { StreamState } from "../../state/state.ts";

/** A state whose commits are held back until it is known that the lines arrived. */
export interface HeldState {
  readonly state: StreamState;
  /** Makes them durable, in the engine's own order: keys, gaps, the position, then the inventory. @throws state-unusable */
  commit(): void;
  /** Forgets them; the next poll begins where this one did. */
  rollback(): void;
}

/**
 * Stands between a poll and the state of its stream. Nothing else may read the stream until `commit` or `rollback`:
 * keys that wait are in the seen set already, only not on disk.
 *
 * Every member of the state is named here, so that one added later cannot become durable unnoticed.
 */
export function holdCommits(inner: StreamState): HeldState {
  let position: Position | null = null;
  let gaps: readonly Gap[] | null = null;
  let inventory: Inventory | null = null;
  let replacement: readonly Uint8Array[] | null = null;
  let expireBefore: number | null = null;

  function forget(): void {
    position =
      gaps =
      inventory =
      replacement =
      expireBefore =
        null;
  }
  function rollback(): void {
    forget();
    inner.seen().rollback();
  }
  const seen: SeenSet = {
    get size() {
      return inner.seen().size;
    },
    has: (key) => inner.seen().has(key),
    add: (key) => inner.seen().add(key),
    commit: () => {},
    // What was read before in the same poll is not durable either, so the position goes with the keys.
    rollback,
    expire: (beforeMs) => void (expireBefore = beforeMs),
    replaceWith: (keys) => void (replacement = [...keys]),
    close: () => {},
  };
  return {
    state: {
      dir: inner.dir,
      loadPosition: () => position ?? inner.loadPosition(),
      hasLostPosition: () => inner.hasLostPosition(),
      commit: (next) => void (position = next),
      commitInFile: (next) => void (position = next),
      seen: () => seen,
      gaps: () => ({
        list: () => gaps ?? inner.gaps().list(),
        save: (next) => void (gaps = [...next]),
      }),
      inventory: () => ({
        load: () => inventory ?? inner.inventory().load(),
        save: (next) => void (inventory = next),
      }),
      reset() {
        forget();
        inner.reset();
      },
    },
    commit() {
      const keys = inner.seen();
      keys.commit();
      if (replacement !== null) keys.replaceWith(replacement);
      if (gaps !== null) inner.gaps().save(gaps);
      if (position !== null) inner.commitInFile(position);
      if (inventory !== null) inner.inventory().save(inventory);
      if (expireBefore !== null) keys.expire(expireBefore);
      forget();
    },
    rollback,
  };
}
