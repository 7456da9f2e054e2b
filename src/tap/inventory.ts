import { Buffer } from "node:buffer";
import type { MetRecords } from "../record/intake.ts";
import type { Inventory, InventoryRecord } from "../state/inventory.ts";
import { eachKey, type KeyList } from "../state/seen/keys.ts";

/**
 * A record is forgotten, so that it leaves again if it comes back, when so many whole reads in a row did not find it: an
 * answer of Graph can be short, or empty, once.
 */
export const FORGET_AFTER_READS = 5;

/** What a whole read made of the inventory. */
export interface Reconciled {
  readonly inventory: Inventory;
  /** Whether the seen set is to be exactly its keys now. */
  readonly isExact: boolean;
  /** Records that were there at the read before, and those of them that were not there now although not changed. */
  readonly before: number;
  readonly missing: number;
  /** Records that are forgotten now because they went. */
  readonly removed: readonly InventoryRecord[];
}

/**
 * The inventory after a whole read.
 *
 * A record that is there with another content has changed: what it was is forgotten at once, so that it leaves when it
 * changes back. A read that found nothing says nothing of any record.
 *
 * @param known what it was; `null` when there is none yet
 * @param knewKeys whether the seen set had keys before there was an inventory
 */
export function reconcile(known: Inventory | null, met: MetRecords, knewKeys: boolean): Reconciled {
  const before = known ?? {
    records: [],
    reads: knewKeys ? 0 : FORGET_AFTER_READS,
    wasEmpty: false,
    page: null,
  };
  const present = presentIn(met);
  const there = before.records.filter(({ absent }) => absent === 0).length;
  if (present.length === 0) {
    return {
      inventory: { ...before, wasEmpty: true },
      isExact: false,
      before: there,
      missing: there,
      removed: [],
    };
  }
  const keys = new Set(present.map(({ key }) => key));
  const ids = new Set(present.map(({ id }) => id));
  const gone = before.records.filter(({ id, key }) => !keys.has(key) && !ids.has(id));
  const hasChanged = before.records.some(({ id, key }) => !keys.has(key) && ids.has(id));
  const all = gone.map((record) => ({ ...record, absent: record.absent + 1 }));
  const kept = all.filter(({ absent }) => absent < FORGET_AFTER_READS);
  const reads = Math.min(before.reads + 1, FORGET_AFTER_READS);
  return {
    inventory: { ...before, records: [...present, ...kept], reads, wasEmpty: false },
    // Keys that are older than the inventory are not in it: until it has seen enough, only a change drops them.
    isExact: hasChanged || reads === FORGET_AFTER_READS,
    before: there,
    missing: gone.filter(({ absent }) => absent === 0).length,
    removed: all.filter(({ absent }) => absent >= FORGET_AFTER_READS),
  };
}

/** The records met, each once. */
function presentIn({ ids, keys, names }: MetRecords): InventoryRecord[] {
  const idTexts = textsOf(ids);
  const found = new Map(
    textsOf(keys).map((key, index): [string, InventoryRecord] => {
      const record = { id: idTexts[index]!, key, absent: 0 };
      const name = names[index] ?? null;
      return [key, name === null ? record : { ...record, name }];
    }),
  );
  return [...found.values()];
}

function textsOf(keys: KeyList): string[] {
  const texts: string[] = [];
  eachKey(keys, (key) => texts.push(Buffer.from(key).toString("hex")));
  return texts;
}
