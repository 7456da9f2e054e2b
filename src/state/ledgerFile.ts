import { readFileIfAny, setAside } from "../files/durable.ts";
import type { Fence } from "../files/hold.ts";
import { isIntact, withChecksum } from "./checksum.ts";

/** A list of ranges of a stream, durable: a small file, replaced as a whole. */
export interface Ledger<Item> {
  /** @throws `state-unusable` */
  list(): readonly Item[];
  /** Makes this the whole ledger, durably. @throws `state-unusable` */
  save(items: readonly Item[]): void;
}

/** What a ledger is a list of. */
export interface LedgerKind<Item> {
  /** A file whose owner the ledger's gets. @default the one who writes it */
  readonly ownedAs?: string;
  /** The members of an item on the disk. */
  readonly entryOf: (item: Item) => object;
  /** The item that they stand for; `null` when they are none. */
  readonly itemIn: (value: unknown) => Item | null;
  /** Says what a damaged ledger costs, of which so many items are kept. */
  readonly costOf: (kept: number) => string;
}

export interface LedgerOptions {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly report: (note: string) => void;
  readonly readOnly: boolean;
  readonly fence: Fence;
}

/**
 * The ledger in a file. A damaged file is set aside and reported; what in it is whole is kept, the rest is known from the
 * log.
 */
export function openLedgerFile<Item>(
  path: string,
  kind: LedgerKind<Item>,
  { now, report, readOnly, fence }: LedgerOptions,
): Ledger<Item> {
  const save = (items: readonly Item[]) => fence.replaceFile(path, encode(items, kind), kind.ownedAs);
  return {
    list() {
      const text = readFileIfAny(path)?.toString("utf8");
      if (text === undefined) return [];
      const { items, isWhole } = decode(text, kind);
      if (isWhole) return items;
      const fate = readOnly ? "it is not used" : `kept as "${setAside(path, "corrupt", now())}"`;
      report(`"${path}" is damaged: ${fate}; ${kind.costOf(items.length)}`);
      if (!readOnly && items.length > 0) save(items);
      return items;
    },
    save,
  };
}

/** How a file of this program begins. Version 0.1 lays its own out otherwise, and repeats checksums of what it changed. */
const LAYOUT = "[\n{";

/** A line for each item, with its checksum. */
function encode<Item>(items: readonly Item[], { entryOf }: LedgerKind<Item>): string {
  return items.length === 0
    ? "[]\n"
    : `[\n${items.map((item) => JSON.stringify(withChecksum(entryOf(item)))).join(",\n")}\n]\n`;
}

/** The items in a text that can be relied on, and whether they are all. */
function decode<Item>(
  text: string,
  { itemIn }: LedgerKind<Item>,
): { readonly items: readonly Item[]; readonly isWhole: boolean } {
  let entries: unknown;
  try {
    entries = JSON.parse(text);
  } catch {
    entries = null;
  }
  if (!Array.isArray(entries)) return { items: [], isWhole: false };
  const hasChecksums = text.startsWith(LAYOUT);
  const items = entries.map((entry) => hasChecksums && !isIntact(entry ?? {}) ? null : itemIn(entry))
    .filter((item) => item !== null);
  return { items, isWhole: items.length === entries.length };
}
