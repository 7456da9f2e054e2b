/** `globals.plugins` ahead of everything else: without the plugins, the rest cannot be judged. */
import { readDocument } from "./document.ts";
import { isRecord } from "./section.ts";

/** The plugin files that a configuration names, as written. What is wrong with them is left to `parseConfig`. */
export function readPluginPaths(text: string): readonly string[] {
  const root = readDocument(text).value;
  if (!isRecord(root)) return [];
  const blocks = [root["global_overrides"], root["globals"]];
  const lists = blocks.map((block) => isRecord(block) ? block["plugins"] : undefined);
  const list = lists.find(Array.isArray) ?? [];
  return list.filter((item) => typeof item === "string");
}
