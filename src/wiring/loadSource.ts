/** Reads a configuration that a program hands over. */
import { resolve } from "node:path";
import type { Plugin } from "../plugin/plugin.ts";
import { checkPlugin } from "../plugin/schema.ts";
import { judgeConfig, type LoadedConfig, type PluginRuntime, withPlugins } from "./configFile.ts";
import { filesOf, homeOf, readFiles } from "./configFiles.ts";
import type { ConfigSource } from "./configSource.ts";

/** What a configuration is called in messages that has no file. */
const NAMELESS = "config";

/** What reading one needs of the program. */
export interface SourceRuntime extends PluginRuntime {
  readonly nowMs: number;
}

/**
 * Reads a configuration.
 *
 * @param services beside ours and those that it brings along
 * @throws config-missing, config-unreadable, plugin-missing, plugin-invalid, config-invalid, secret-missing
 */
export async function loadSource(
  source: ConfigSource,
  services: readonly Plugin[],
  runtime: SourceRuntime,
): Promise<LoadedConfig> {
  const checked = services.map((plugin) => checkPlugin(plugin, `"${plugin.service}"`));
  const text = await withPlugins(await textsOf(source, runtime), runtime, checked);
  return judgeConfig(text, runtime.env, runtime.nowMs);
}

async function textsOf(source: ConfigSource, { writeStderr }: SourceRuntime) {
  if (!("path" in source)) {
    const text = "text" in source ? source.text : JSON.stringify(source.value);
    return { file: NAMELESS, texts: [{ file: NAMELESS, text }], home: resolve(".") };
  }
  const names = typeof source.path === "string" ? [source.path] : source.path;
  const files = filesOf(names.map((name) => resolve(name)), writeStderr);
  const texts = await readFiles(files);
  return { file: names.join(", "), texts, home: homeOf(files[0]!) };
}
