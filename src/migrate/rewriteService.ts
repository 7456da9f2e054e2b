/** A service of the 1.x line in the words of 2.x. */
import type { Document, YAMLMap } from "yaml";
import type { Plugin } from "../plugin/plugin.ts";
import { isGccHigh, v1Successor, v1Tag } from "../config/legacy.ts";
import { pairOf, removeKey, renameKey, setKey, valueOf } from "./yamlBlock.ts";

/** What a rewriting carries along. */
export interface Rewriting {
  readonly document: Document;
  /** Keeps the tags of 1.x as they are, generation and all. */
  readonly keepTags: boolean;
  /** The input is of the 1.x line, with its defaults. */
  readonly isOld: boolean;
  /** Services without `tag_version` have the tags of v1. */
  readonly defaultsToV1: boolean;
  /** Notes what was changed or dropped, and why. */
  readonly note: (key: string, remark: string) => void;
}

const OLD_PERIOD = 60;
/** The least period of 2.x, which is also the default of 1.x. */
const LEAST_PERIOD = 60;

const DROPPED: Readonly<Record<string, string>> = {
  reset_persistence_auth: "another start_time_in_utc resets the position",
  override_time_delta_in_days: "it counts at a first start only, and start_time_in_utc says where to begin",
  pull_sliding_window_timespan_period: "override_query_window_max_seconds bounds a request",
};

/** Rewrites the block of a service in place. */
export function rewriteService(rewriting: Rewriting, block: YAMLMap, plugin: Plugin, key: string): void {
  const { note } = rewriting;
  rewriteStart(rewriting, block, plugin, key);
  rewriteTag(rewriting, block, plugin, key);
  if (rewriting.isOld) rewritePeriod(rewriting, block, key);
  for (const [name, reason] of Object.entries(DROPPED)) {
    if (removeKey(block, name)) note(`${key}.${name}`, `dropped: ${reason}`);
  }
  const cloud = valueOf(rewriting.document, block, "ms_365_environment");
  if (removeKey(block, "ms_365_environment") && cloud !== undefined && !isGccHigh(String(cloud))) {
    note(
      `${key}.ms_365_environment`,
      "dropped: it is the cloud of override_top_level_domain com, the default",
    );
  }
  const endpoints = valueOf(rewriting.document, block, "custom_endpoints");
  if (!removeKey(block, "custom_endpoints") || typeof endpoints !== "object" || endpoints === null) return;
  for (const vendor of Object.keys(endpoints).filter((one) => one.includes("vendor"))) {
    note(`${key}.custom_endpoints.${vendor}`, "dropped: alerts are read as one collection");
  }
}

function rewriteStart({ note }: Rewriting, block: YAMLMap, plugin: Plugin, key: string): void {
  if (plugin.cursor.kind === "snapshot" && plugin.cursor.field === undefined) {
    for (const name of ["start_time", "start_time_in_utc"]) {
      if (removeKey(block, name)) note(`${key}.${name}`, `dropped: ${plugin.service} is read whole`);
    }
    return;
  }
  const start = pairOf(block, "start_time");
  if (start === undefined) return;
  renameKey(start, "start_time_in_utc");
  note(`${key}.start_time`, "now start_time_in_utc");
}

function rewriteTag(rewriting: Rewriting, block: YAMLMap, plugin: Plugin, key: string): void {
  const { document, keepTags, defaultsToV1, note } = rewriting;
  const own = pairOf(block, "tag");
  if (own !== undefined) {
    renameKey(own, "override_tag");
    note(`${key}.tag`, "now override_tag");
  }
  const given = valueOf(document, block, "tag_version");
  const before = v1Tag(plugin.service);
  const after = keepTags ? before : v1Successor(plugin.service);
  const isV1 = (given ?? (defaultsToV1 ? "v1" : "v2")) === "v1" && own === undefined;
  const version = given === undefined
    ? "tag_version v1, the default of 1.x,"
    : `tag_version ${String(given)}`;
  if (removeKey(block, "tag_version") && (before === null || !isV1)) {
    note(
      `${key}.tag_version`,
      before === null ? "dropped: there never was a choice" : `dropped: its tags are those of 2.x`,
    );
  }
  if (!isV1 || before === null || after === null) return;
  setKey(document, block, "override_tag", after);
  note(`${key}.override_tag`, `${after}, in the place of ${version} (${before})`);
}

function rewritePeriod({ document, note }: Rewriting, block: YAMLMap, key: string): void {
  const name = "request_period_in_seconds";
  const seconds = valueOf(document, block, name);
  if (seconds !== undefined && Number(seconds) >= LEAST_PERIOD) return;
  setKey(document, block, name, OLD_PERIOD);
  note(
    `${key}.${name}`,
    seconds === undefined
      ? `${OLD_PERIOD}, the default of 1.x`
      : `${OLD_PERIOD}, not ${String(seconds)}: the least of 2.x`,
  );
}
