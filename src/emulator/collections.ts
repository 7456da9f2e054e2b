import { GraphtapError } from "../errors.ts";
import type { Plugin } from "../plugin/plugin.ts";
import { type Habits, habitsOf } from "./habits.ts";
import { propertiesOf, type PropertyTable } from "./odata/properties.ts";

/**
 * What a collection is meant by: its path, the last part of it (with `_beta` behind it in beta), the table of a query, or
 * the service of its plugin.
 */
export type CollectionName = string;

/** How the emulated Graph treats one collection: what its plugin says, and Graph's habits there. */
export interface Collection extends Habits {
  /** The last part of its path: `signIns`, and `signIns_beta` in beta. The whole path where another has that already. */
  readonly name: CollectionName;
  /** Path below the origin; the case of its last segment does not matter. */
  readonly path: string;
  readonly plugin: Plugin;
  /** Properties that a filter may name. */
  readonly properties: PropertyTable;
}

/** The collections of an emulator. */
export interface Collections {
  /** In the order of the plugins. */
  readonly all: readonly Collection[];
  /**
   * The collection at this path, or which a job there belongs to, if there is one.
   *
   * @param body of a POST: of several tables at one path, the one that it asks for
   */
  at(path: string, body?: string): Collection | undefined;
  /** @throws GraphtapError `usage` when there is none of this name */
  named(name: CollectionName): Collection;
}

/** Learns the collections from their plugins. Of plugins of one path, or one table, the first describes it. */
export function createCollections(plugins: readonly Plugin[]): Collections {
  const byPath = new Map<string, Collection>();
  const names = new Map<string, Collection>();
  for (const plugin of plugins) {
    const path = placeOf(plugin);
    const last = plugin.cursor.kind === "query" ? plugin.cursor.table : lastOf(plugin.path);
    const isTaken = [...byPath.values()].some(({ name }) => name === last);
    const collection = byPath.get(path) ?? collectionOf(plugin, isTaken ? plugin.path : last);
    byPath.set(path, collection);
    for (const name of [plugin.service, ...(plugin.variants ?? []).map(({ name }) => name)]) {
      names.set(name, collection);
    }
  }
  const all = [...byPath.values()];
  // A service's name goes before the last part of another's path.
  for (const collection of all) {
    for (const name of [collection.path, collection.name]) {
      if (!names.has(name)) names.set(name, collection);
    }
  }
  return {
    all,
    at: (path, body = "") =>
      byPath.get(lowerLast(path)) ?? byPath.get(`${lowerLast(path)}#${tableIn(body)}`) ??
        all.find((one) => one.plugin.cursor.kind === "job" && path.startsWith(`${one.path}/`)),
    named(name) {
      const found = names.get(name);
      if (found !== undefined) return found;
      const known = all.map((collection) => collection.name).join(", ");
      throw new GraphtapError(
        "usage",
        `Cannot find collection "${name}": the emulator has ${known || "none"}`,
      );
    },
  };
}

function collectionOf(plugin: Plugin, name: string): Collection {
  return { name, path: plugin.path, plugin, properties: propertiesOf(plugin), ...habitsOf(plugin) };
}

/** Tables of one path lie at different places. */
function placeOf({ path, cursor }: Plugin): string {
  return lowerLast(path) + (cursor.kind === "query" ? `#${cursor.table}` : "");
}

/** The table that a hunting query begins with; "" where the body is none. */
function tableIn(body: string): string {
  return /"Query"\s*:\s*"\s*(\w+)/i.exec(body)?.[1] ?? "";
}

function lastOf(path: string): string {
  const last = path.slice(path.lastIndexOf("/") + 1);
  return path.startsWith("/beta/") ? `${last}_beta` : last;
}

function lowerLast(path: string): string {
  const slash = path.lastIndexOf("/");
  return path.slice(0, slash) + path.slice(slash).toLowerCase();
}
