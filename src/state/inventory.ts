import { join } from "node:path";
import { readFileIfAny, setAside } from "../files/durable.ts";
import type { Fence } from "../files/hold.ts";

/** A record of a collection that is read whole. */
export interface InventoryRecord {
  /** What it is known by from one content to the next: hexadecimal digits. */
  readonly id: string;
  /** Its key in the seen set: hexadecimal digits. */
  readonly key: string;
  /** How many whole reads in a row did not find it. */
  readonly absent: number;
  /** Its id as JSON, where an event is to tell that it went. */
  readonly name?: string;
}

/** What a collection that is read whole held: tells a record that changed, or went, from an answer that is short. */
export interface Inventory {
  readonly records: readonly InventoryRecord[];
  /** Whole reads since the inventory began, as far as they count; keys from before it can only be known by then. */
  readonly reads: number;
  /** Whether the last whole read found nothing at all. */
  readonly wasEmpty: boolean;
  /** Records a page that Graph served when it did not serve the usual number, and since when (epoch milliseconds). */
  readonly page: { readonly size: number; readonly sinceMs: number } | null;
}

/** The inventory of a stream: a file that is replaced as a whole, when it has changed. */
export interface InventoryFile {
  /** `null` when there is none. @throws `state-unusable` */
  load(): Inventory | null;
  /** @throws `state-unusable` */
  save(inventory: Inventory): void;
}

/** The inventory in a stream's folder. A damaged one is set aside and reported: it then begins anew. */
export function openInventory(
  folder: string,
  options: {
    readonly now: () => number;
    readonly report: (note: string) => void;
    readonly readOnly: boolean;
    readonly fence: Fence;
  },
): InventoryFile {
  const path = join(folder, "inventory.json");
  let written: string | undefined;
  return {
    load() {
      const text = readFileIfAny(path)?.toString("utf8");
      if (text === undefined) return null;
      const inventory = decode(text);
      if (inventory !== null) {
        written = text;
        return inventory;
      }
      const fate = options.readOnly
        ? "it is not used"
        : `kept as "${setAside(path, "corrupt", options.now())}"`;
      options.report(
        `"${path}" is damaged: ${fate}; what went from the collection meanwhile is forgotten later`,
      );
      return null;
    },
    save(inventory) {
      const text = encode(inventory);
      if (text === written) return;
      options.fence.replaceFile(path, text);
      written = text;
    },
  };
}

function encode(inventory: Inventory): string {
  return `${JSON.stringify(inventoryEntry(inventory))}\n`;
}

/** The members of an inventory on the disk. */
export function inventoryEntry({ records, reads, wasEmpty, page }: Inventory): object {
  return {
    version: 1,
    reads,
    was_empty: wasEmpty,
    page: page && { size: page.size, since_ms: page.sinceMs },
    records: records.map(({ id, key, absent, name }) =>
      name === undefined ? [id, key, absent] : [id, key, absent, name]
    ),
  };
}

function decode(text: string): Inventory | null {
  try {
    return inventoryIn(JSON.parse(text));
  } catch {
    return null;
  }
}

/** The inventory that members stand for; `null` when they are none. */
export function inventoryIn(value: unknown): Inventory | null {
  if (typeof value !== "object" || value === null) return null;
  const { version, reads, was_empty, page, records } = value as Record<string, unknown>;
  if (version !== 1 || !isCount(reads) || typeof was_empty !== "boolean" || !Array.isArray(records)) {
    return null;
  }
  const found = records.map(recordIn);
  if (!found.every((record) => record !== null)) return null;
  return { records: found, reads, wasEmpty: was_empty, page: pageIn(page) };
}

function recordIn(value: unknown): InventoryRecord | null {
  if (!Array.isArray(value)) return null;
  const [id, key, absent, name] = value as unknown[];
  if (!isHex(id) || !isHex(key) || !isCount(absent)) return null;
  return typeof name === "string" ? { id, key, absent, name } : { id, key, absent };
}

function pageIn(value: unknown): Inventory["page"] {
  if (typeof value !== "object" || value === null) return null;
  const { size, since_ms: sinceMs } = value as Record<string, unknown>;
  return isCount(size) && size > 0 && isCount(sinceMs) ? { size, sinceMs } : null;
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isHex(value: unknown): value is string {
  return typeof value === "string" && /^[0-9a-f]{32}$/.test(value);
}
