/** Where a configuration is found, and what its relative paths start from. */
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Config, ReadOptions } from "../config/config.ts";
import { loadFiles, type ParsedConfig, parseFiles, parsingFiles } from "../config/load.ts";
import type { FileText } from "../config/document/part.ts";
import type { Steps } from "../config/steps.ts";
import { type RegexEngine, regexEngineFor } from "../config/patterns/engine.ts";
import { GraphtapError } from "../errors.ts";
import { fromMillis } from "../instant.ts";
import type { Plugin } from "../plugin/plugin.ts";
import { createRegistry, type Registry } from "../plugin/registry.ts";
import { plugins } from "../../plugins/index.ts";
import { type CloserLook, closerLook } from "./closerLook.ts";
import type { Runtime } from "./runtime.ts";
import { filesOf, homeOf, readFiles } from "./configFiles.ts";
import { readWholeFile } from "../files/wholeFile.ts";
import { visibleLine } from "../telemetry/visible.ts";

/** A secret's file may be read while other streams work, and waiting for a pipe holds them all up. */
const SECRET_PATIENCE_MS = 5_000;

/** A configuration and what its relative paths start from. */
export interface LoadedConfig {
  readonly config: Config;
  readonly registry: Registry;
  /** Folder of the old collector's layout, with `certs/`, `config/` and `state/` side by side. */
  readonly home: string;
  /** Where it wants positions to be kept; absolute. */
  readonly stateDir: string;
}

/**
 * Finds and reads the configuration: the named files and folders, or else `config/$CONFIG_FILE` (the old collector's
 * container; when it is set, nothing else is looked for), `config/config.yaml`, `config.yaml`; `-` is standard input.
 *
 * @throws config-missing, config-unreadable, plugin-invalid, config-invalid, secret-missing
 */
export async function readConfig(
  named: readonly string[],
  runtime: Runtime,
  nowMs: number,
): Promise<LoadedConfig> {
  return judgeConfig(await readConfigText(named, runtime), runtime.env, nowMs);
}

/** The same with a closer look, for a warning of whatever will not do. @throws as {@linkcode readConfig} */
export async function readConfigClosely(
  named: readonly string[],
  runtime: Runtime,
  nowMs: number,
): Promise<LoadedConfig> {
  const source = await readConfigText(named, runtime);
  return judgeConfig(source, runtime.env, nowMs, await closerLook(allText(source.texts), runtime.env, nowMs));
}

/** The configuration that files are. @throws config-invalid */
export function judgeConfig(
  source: ConfigText,
  env: Runtime["env"],
  nowMs: number,
  look: CloserLook = {},
): LoadedConfig {
  const { texts, home, registry } = source;
  const config = loadFiles(texts, readOptions(source, env, nowMs, look));
  return { config, registry, home, stateDir: stateFolderOf(source, config) };
}

/** Where a configuration wants positions to be kept; absolute. */
export function stateFolderOf({ home }: Pick<ConfigText, "home">, { globals }: Config): string {
  return resolve(home, globals.stateDir);
}

/** The configuration that files are, or every problem in it, read in steps. */
export function parsingConfigText(
  source: ConfigText,
  env: Runtime["env"],
  nowMs: number,
): Steps<ParsedConfig> {
  return parsingFiles(source.texts, readOptions(source, env, nowMs, {}));
}

/** Every problem of the configuration that files are, with its place, by a closer look. */
export async function problemsOf(
  source: ConfigText,
  env: Runtime["env"],
  nowMs: number,
): Promise<ParsedConfig> {
  const look = await closerLook(allText(source.texts), env, nowMs);
  return parseFiles(source.texts, readOptions(source, env, nowMs, look));
}

function readOptions(
  { file, registry, regexEngine }: ConfigText,
  env: Runtime["env"],
  nowMs: number,
  look: CloserLook,
): ReadOptions {
  return {
    file,
    registry,
    regexEngine,
    now: fromMillis(nowMs),
    env,
    readFile: (path) => readWholeFile(path, SECRET_PATIENCE_MS).toString("utf8"),
    readBytes: (path) => readWholeFile(path, SECRET_PATIENCE_MS),
    ...look,
  };
}

/** The texts of a configuration, not judged yet. */
export interface ConfigText {
  /** As shown in messages: what was named, `-` for standard input. */
  readonly file: string;
  /** Its files, in order. */
  readonly texts: readonly FileText[];
  /** By the first of them. */
  readonly home: string;
  /** Our services, and those that the texts bring along. */
  readonly registry: Registry;
  /** Runs their patterns; `null` when it has none. */
  readonly regexEngine: RegexEngine | null;
}

/**
 * Finds and reads the texts of a configuration, as {@linkcode readConfig} does.
 *
 * @throws config-missing, config-unreadable, plugin-invalid
 */
export async function readConfigText(named: readonly string[], runtime: Runtime): Promise<ConfigText> {
  const names = named.length > 0 ? named : [findConfig(runtime)];
  const files = filesOf(names, (line) => runtime.writeStderr(`graphtap: ${visibleLine(line)}\n`));
  const texts = await readFiles(files, runtime);
  return withPlugins({ file: names.join(", "), texts, home: homeOf(files[0]!) }, runtime);
}

/**
 * Texts with the services that there are for them.
 *
 * @param more services beside ours and those that the texts bring along
 * @throws plugin-missing, plugin-invalid
 */
export async function withPlugins(
  source: Pick<ConfigText, "file" | "texts" | "home">,
  runtime: PluginRuntime,
  more: readonly Plugin[] = [],
): Promise<ConfigText> {
  const { texts, home } = source;
  const own = await loadPlugins(texts, home, runtime);
  return {
    ...source,
    registry: createRegistry([...plugins, ...more, ...own]),
    regexEngine: await regexEngineFor(allText(texts)),
  };
}

/** What plugins that are code need of the process. */
export type PluginRuntime = Pick<Runtime, "env" | "importModule" | "writeStderr">;

/** All that stands in the files, to look for words in. */
function allText(texts: readonly FileText[]): string {
  return texts.map(({ text }) => typeof text === "string" ? text : "").join("\n");
}

async function loadPlugins(
  texts: readonly FileText[],
  home: string,
  runtime: PluginRuntime,
): Promise<Plugin[]> {
  const loaded: Plugin[] = [];
  for (const { file, text } of texts) {
    if (typeof text !== "string" || !text.includes("plugins")) continue;
    const { loadPluginFiles } = await import("./pluginFiles.ts");
    loaded.push(...await loadPluginFiles(text, file === "-" ? home : dirname(resolve(file)), runtime));
  }
  return loaded;
}

function findConfig(runtime: Runtime): string {
  const named = runtime.env["CONFIG_FILE"];
  if (named) return join("config", named);
  const places = [join("config", "config.yaml"), "config.yaml"];
  const found = places.find(isThere);
  if (found !== undefined) return found;
  throw new GraphtapError(
    "config-unreadable",
    `Cannot find a configuration: none of ${
      places.join(", ")
    } is here; name one with -c FILE or $GRAPHTAP_CONFIG`,
  );
}

function isThere(file: string): boolean {
  try {
    return existsSync(file);
  } catch {
    // Deno was not allowed to look there.
    return false;
  }
}
