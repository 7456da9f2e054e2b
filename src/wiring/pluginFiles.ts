/** Services that a configuration brings along, from their files. */
import { closeSync, openSync } from "node:fs";
import { extname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parse } from "yaml";
import { readPluginPaths } from "../config/globals.ts";
import { GraphtapError } from "../errors.ts";
import type { Plugin } from "../plugin/plugin.ts";
import { checkPlugin } from "../plugin/schema.ts";
import type { Runtime } from "./runtime.ts";
import { visibleLine } from "../telemetry/visible.ts";
import { whyNotImported } from "./importFailure.ts";
import { checkNames, type PluginFile } from "./pluginNames.ts";
import { isMissing, readWholeFile, whyUnreadable } from "../files/wholeFile.ts";

type ImportModule = Runtime["importModule"];

const DATA = new Set([".yaml", ".yml", ".json"]);

/**
 * The plugins that a configuration brings along (`globals.plugins`), each checked by the schema of our own.
 *
 * @param home the folder that relative paths start from
 * @throws plugin-missing, plugin-invalid
 */
export async function loadPluginFiles(
  text: string,
  home: string,
  { env, importModule, writeStderr }: Pick<Runtime, "env" | "importModule" | "writeStderr">,
): Promise<Plugin[]> {
  // The rest of the configuration is judged with them, so their names are looked for ahead of it.
  const loaded: PluginFile[] = [];
  for (const path of readPluginPaths(text, env)) {
    const file = resolve(home, path);
    const isData = DATA.has(extname(file));
    // Whoever only checks a file that somebody sent should know.
    if (!isData) writeStderr(`graphtap: runs the code of plugin "${visibleLine(file)}"\n`);
    const value = isData ? readData(path, file) : await readModule(path, file, importModule);
    loaded.push({ path, plugin: checkPlugin(value, path) });
  }
  checkNames(loaded);
  return loaded.map(({ plugin }) => plugin);
}

function readData(path: string, file: string): unknown {
  let text: string;
  try {
    text = readWholeFile(file).toString("utf8");
  } catch (error) {
    throw unreadable(path, error, whyUnreadable(error));
  }
  try {
    return withoutSchema(parse(text));
  } catch (error) {
    throw unreadable(path, error, "it is not YAML");
  }
}

/** An editor's key is no part of a plugin. */
function withoutSchema(value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("$schema" in value)) return value;
  const { $schema: _, ...plugin } = value;
  return plugin;
}

async function readModule(path: string, file: string, importModule: ImportModule): Promise<unknown> {
  try {
    // What it imports may be missing as well, and no import says which of them.
    closeSync(openSync(file, "r"));
  } catch (error) {
    throw unreadable(path, error, whyUnreadable(error));
  }
  try {
    const module = await importModule(pathToFileURL(file).href) as { default?: unknown };
    return module.default;
  } catch (error) {
    throw unreadable(path, error, whyNotImported(error));
  }
}

function unreadable(path: string, cause: unknown, why: string): GraphtapError {
  const code = isMissing(cause) ? "plugin-missing" : "plugin-invalid";
  return new GraphtapError(code, `Cannot load plugin "${path}": ${why}`, { cause });
}
