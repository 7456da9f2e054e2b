import type { Clock } from "../../clock.ts";
import { GraphtapError } from "../../errors.ts";
import { fromMillis, type Instant } from "../../instant.ts";
import type { Collection, CollectionName, Collections } from "../collections.ts";
import type { TenantOptions } from "../options.ts";
import type { Random } from "../random.ts";
import type { Store } from "../store.ts";
import { changeRecord } from "./change.ts";
import { createProducer, type ProduceOptions, sampleOf } from "./produce.ts";

/** The records that an emulator holds, as whoever runs it puts and sees them. */
export interface Holdings {
  /**
   * Puts records of the emulator's own making into a collection. An interactive sign-in is one row of one table:
   * made for `signIns` it is in `signIns_beta` too, with more members, and the other way round.
   *
   * @returns their exact bytes, in the order made
   * @throws GraphtapError `usage` when there is no such collection
   */
  produce(collection: CollectionName, count: number, options?: ProduceOptions): Uint8Array[];
  /**
   * Puts one record with exactly these bytes, into this collection only. One with the id of a stored record takes
   * its place.
   *
   * @throws GraphtapError `usage` when it is not a JSON object
   */
  put(collection: CollectionName, json: string | Uint8Array, options?: { tenantId?: string }): void;
  /**
   * Changes a record in place: an alert gets another status and update time, a score another value.
   *
   * @param when the update time @default now
   * @returns its new bytes
   * @throws GraphtapError `usage` when there is no such record, or its collection only grows
   */
  update(collection: CollectionName, id: string, when?: Instant, options?: { tenantId?: string }): Uint8Array;
  /** Every record that a collection holds, exact bytes, in the order of arrival. */
  records(collection: CollectionName, tenantId?: string): Uint8Array[];
}

/** What holdings are made of. */
export interface HoldingsContext {
  readonly clock: Clock;
  readonly random: Random;
  readonly collections: Collections;
  readonly store: Store;
  readonly tenants: readonly TenantOptions[];
}

/** The holdings over a store. */
export function createHoldings({ clock, random, collections, store, tenants }: HoldingsContext): Holdings {
  const produce = createProducer({ random, clock, collections, store });
  return {
    produce: (collection, count, when = {}) =>
      produce(tenantId(when.tenantId), collections.named(collection), count, when),
    put: (collection, json, where) =>
      void store.put(tenantId(where?.tenantId), collections.named(collection), json),
    update(name, id, when, where) {
      const tenant = tenantId(where?.tenantId);
      const collection = collections.named(name);
      const row = store.find(tenant, collection, id);
      const { change } = sampleOf(collection);
      if (row === undefined || change === undefined) throw unchangeable(id, collection, row !== undefined);
      const at = when ?? fromMillis(clock.now());
      return store.put(tenant, collection, changeRecord(row.bytes, (record) => change(record, at)));
    },
    records: (collection, tenant) =>
      store.rows(tenantId(tenant), collections.named(collection)).map((row) => row.bytes),
  };

  function tenantId(wanted: string | undefined): string {
    const tenant = wanted === undefined ? tenants[0] : tenants.find((one) => one.tenantId === wanted);
    if (tenant !== undefined) return tenant.tenantId;
    const known = tenants.map((one) => `"${one.tenantId}"`).join(", ");
    throw new GraphtapError("usage", `Cannot find tenant "${wanted}": the emulator has ${known}`);
  }
}

function unchangeable(id: string, { name }: Collection, isHeld: boolean): GraphtapError {
  const why = isHeld ? "its records never change" : "it holds no record with this id";
  return new GraphtapError("usage", `Cannot update "${id}" of "${name}": ${why}`);
}
