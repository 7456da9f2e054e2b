import type { PageRequest } from "../../graph/pages.ts";
import type { Instant, Window } from "../../instant.ts";
import type { Plugin } from "../../plugin/plugin.ts";
import { kqlOf } from "./kql.ts";
import { firstPageUrl } from "./query.ts";

/**
 * What a window is asked for by: the URL of its first page, or where the plugin has a query that query.
 *
 * @param window a snapshot has neither bound, or a lower one only
 */
export function firstRequest(
  graphUrl: string,
  plugin: Plugin,
  window: Window<Instant | null>,
  additionalFilter: string | null,
): PageRequest {
  const { cursor } = plugin;
  const { from, to } = window;
  if (cursor.kind !== "query" || from === null || to === null) {
    return { url: firstPageUrl(graphUrl, plugin, window, additionalFilter) };
  }
  return {
    url: graphUrl + plugin.path,
    body: JSON.stringify({ Query: kqlOf(cursor, { from, to }, plugin.page.size) }),
    array: "results",
  };
}
