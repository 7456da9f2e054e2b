/** The services of 1.x that each read a part of a collection, as the one service of 2.x that reads it whole. */
import { isMap, type YAMLMap } from "yaml";
import { compareInstants } from "../instant.ts";
import type { Plugin, Variant } from "../plugin/plugin.ts";
import type { Registry } from "../plugin/registry.ts";
import type { Rewriting } from "./rewriteService.ts";
import { parseStartTime } from "../config/startTime.ts";
import { nameOf, pairOf, removeKey, renameKey, setKey, valueOf } from "./yamlBlock.ts";

/** Settings that the parts may differ in. */
const PERIOD = "request_period_in_seconds";
const START = "start_time_in_utc";

/** Joins the parts of every collection that has some; their blocks are those of 2.x already. */
export function joinVariants(rewriting: Rewriting, services: YAMLMap, registry: Registry, key: string): void {
  for (const plugin of registry.services()) joinParts(rewriting, services, plugin, key);
}

function joinParts({ document, note }: Rewriting, services: YAMLMap, plugin: Plugin, key: string): void {
  const variants = (plugin.variants ?? []).filter(({ name }) => pairOf(services, name) !== undefined);
  const [first] = variants;
  if (first === undefined || pairOf(services, plugin.service) !== undefined) return;
  const blocks = variants.map(({ name }) => pairOf(services, name)!.value).filter((one) => isMap(one));
  const filter = jointFilter(variants);
  const settings = blocks.map((block) => {
    const { [PERIOD]: _, [START]: __, ...rest } = block.toJS(document) as Record<string, unknown>;
    return JSON.stringify(rest);
  });
  if (filter === null || new Set(settings).size > 1) {
    note(key, `${variants.map(({ name }) => name).join(", ")} stay apart: their settings differ`);
    return;
  }
  const block = blocks[0]!;
  const least = (name: string) => blocks.map((one) => valueOf(document, one, name));
  setKey(document, block, PERIOD, Math.min(...least(PERIOD).map(Number)));
  const starts = least(START).filter((start) => start !== undefined).map(String);
  if (starts.length > 0) setKey(document, block, START, starts.reduce(earlier));
  setKey(document, block, "additional_filter", filter);
  renameKey(pairOf(services, first.name)!, plugin.service);
  for (const { name } of variants.slice(1)) removeKey(services, name);
  note(
    `${key}.${plugin.service}`,
    `in the place of ${
      variants.map(({ name }) => name).join(", ")
    }, with an additional_filter that keeps to what they read`,
  );
}

function earlier(a: string, b: string): string {
  const [first, second] = [parseStartTime(a), parseStartTime(b)];
  return first === null || (second !== null && compareInstants(second, first) < 0) ? b : a;
}

/** `any(t: t eq 'a')` of each as `any(t: t eq 'a' or t eq 'b')`: Graph takes one such clause, not a choice of several. */
function jointFilter(variants: readonly Variant[]): string | null {
  const parts = variants.map(({ filter }) => /^(.*\(\w+: )(.*)\)$/.exec(filter));
  const head = parts[0]?.[1];
  if (head === undefined || parts.some((part) => part?.[1] !== head)) return null;
  return `${head}${parts.map((part) => part![2]).join(" or ")})`;
}

/** Renames every service to the name that 2.x has for it. */
export function renameServices(
  rewriting: Rewriting,
  services: YAMLMap,
  registry: Registry,
  key: string,
): void {
  for (const pair of services.items) {
    const name = nameOf(pair);
    const service = registry.resolve(name)?.service ?? name;
    if (service === name) continue;
    renameKey(pair, service);
    rewriting.note(`${key}.${name}`, `now ${service}`);
  }
}
