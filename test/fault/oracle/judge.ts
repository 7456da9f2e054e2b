/** What came out of any number of process lives, held against what Graph served. */
import { Buffer } from "node:buffer";
import type { CollectionName, ServedRecord } from "../../../src/emulator/emulator.ts";

/** A record that came out: one character a byte. */
export interface Delivered {
  readonly record: string;
  /** `null` where the format of the lines does not tell. */
  readonly collection: CollectionName | null;
  /** Number of the process that wrote it, from 0. */
  readonly life: number;
}

/** What must come out: the records that the collections hold in the end. */
export interface Wanted {
  readonly collection: CollectionName;
  readonly record: string;
}

/** Nothing but empty lists and a small number is a good verdict. */
export interface Verdict {
  /** Held in the end, and never came out. */
  readonly lost: readonly string[];
  /** Came out, and was never served by that collection. */
  readonly foreign: readonly string[];
  /** Came out after a later version of the same record had. */
  readonly beforeCause: readonly string[];
  /** Records that came out again, each counted for the life that had written it last. */
  readonly repeated: ReadonlyMap<number, number>;
}

/** Everything that was served, in the order of its numbers. */
export interface Book {
  add(served: ServedRecord): void;
  /** Numbers under which exactly this record was served. */
  numbersOf(collection: CollectionName | null, record: string): readonly number[];
  readonly size: number;
}

export function createBook(): Book {
  const numbers = new Map<string, number[]>();
  let size = 0;
  const enter = (key: string, number: number) => {
    const known = numbers.get(key);
    if (known === undefined) numbers.set(key, [number]);
    else known.push(number);
  };
  return {
    add({ number, collection, bytes }) {
      size++;
      const record = Buffer.from(bytes).toString("latin1");
      enter(`${collection} ${record}`, number);
      enter(` ${record}`, number);
    },
    numbersOf: (collection, record) => numbers.get(`${collection ?? ""} ${record}`) ?? [],
    get size() {
      return size;
    },
  };
}

/**
 * @param delivered in the order in which it came out
 * @param identityOf what makes a record the same as another; without it every byte does
 */
export function judge(
  book: Book,
  wanted: readonly Wanted[],
  delivered: readonly Delivered[],
  identityOf: (record: string) => string = (record) => record,
): Verdict {
  const came = new Set(delivered.map(({ record }) => identityOf(record)));
  const foreign: string[] = [];
  const beforeCause: string[] = [];
  const last = new Map<string, number>();
  const reached = new Map<string, number>();
  const repeated = new Map<number, number>();
  for (const { record, collection, life } of delivered) {
    const numbers = book.numbersOf(collection, record);
    if (numbers.length === 0) {
      foreign.push(told(record));
      continue;
    }
    const same = identityOf(record);
    const before = last.get(same);
    if (before !== undefined) repeated.set(before, (repeated.get(before) ?? 0) + 1);
    last.set(same, life);
    const id = `${collection ?? ""} ${idOf(record)}`;
    // The earliest serving that does not lie before what came out of this record last.
    const number = numbers.find((number) => number >= (reached.get(id) ?? 0));
    if (number === undefined) beforeCause.push(told(record));
    else reached.set(id, number);
  }
  return {
    lost: wanted.filter(({ record }) => !came.has(identityOf(record))).map(({ record }) => told(record)),
    foreign,
    beforeCause,
    repeated,
  };
}

export function idOf(record: string): string {
  return String((JSON.parse(record) as { id?: unknown }).id);
}

function told(record: string): string {
  return record.slice(0, 160);
}
