import { Buffer } from "node:buffer";
import { GraphtapError } from "../errors.ts";
import type { Collection } from "./collections.ts";
import { extractFields } from "./odata/fields.ts";
import type { Fields } from "./odata/evaluate.ts";

/** A stored record: its bytes as they were put, never rewritten, and what a filter may ask about them. */
export interface Row {
  readonly bytes: Uint8Array;
  readonly fields: Fields;
  readonly id: string | null;
  /** Number in the order of arrival, which an update does not change. */
  readonly arrival: number;
}

/** The records of every tenant and collection, in memory. */
export interface Store {
  /** Adds a record; one with the id of a stored record takes that record's place. */
  put(tenantId: string, collection: Collection, json: string | Uint8Array): Uint8Array;
  /** Records in the order of arrival. */
  rows(tenantId: string, collection: Collection): readonly Row[];
  find(tenantId: string, collection: Collection, id: string): Row | undefined;
}

interface Table {
  readonly rows: Row[];
  readonly slots: Map<string, number>;
}

/** An empty store. */
export function createStore(): Store {
  const tables = new Map<string, Table>();

  function table(tenantId: string, collection: Collection): Table {
    const key = `${tenantId}/${collection.name}`;
    const known = tables.get(key);
    if (known !== undefined) return known;
    const fresh: Table = { rows: [], slots: new Map() };
    tables.set(key, fresh);
    return fresh;
  }

  return {
    put(tenantId, collection, json) {
      const bytes = typeof json === "string" ? Buffer.from(json, "utf8") : json;
      const record = parseRecord(collection.name, bytes);
      const { rows, slots } = table(tenantId, collection);
      const id = typeof record.id === "string" ? record.id : null;
      const slot = id === null ? rows.length : slots.get(id) ?? rows.length;
      const fields = extractFields(record, collection.properties);
      rows[slot] = { bytes, fields, id, arrival: slot };
      if (id !== null) slots.set(id, slot);
      return bytes;
    },
    rows: (tenantId, collection) => table(tenantId, collection).rows,
    find(tenantId, collection, id) {
      const { rows, slots } = table(tenantId, collection);
      const slot = slots.get(id);
      return slot === undefined ? undefined : rows[slot];
    },
  };
}

function parseRecord(collection: string, bytes: Uint8Array): { id?: unknown } {
  let record: unknown;
  try {
    record = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8"));
  } catch (cause) {
    throw new GraphtapError("usage", `Cannot put a record into "${collection}": it is not valid JSON`, {
      cause,
    });
  }
  if (typeof record !== "object" || record === null || Array.isArray(record)) {
    throw new GraphtapError("usage", `Cannot put a record into "${collection}": it is not a JSON object`);
  }
  return record;
}
