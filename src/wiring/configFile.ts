/** Where a configuration is found, and what its relative paths start from. */
import { existsSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { Config, ReadOptions } from "../config/config.ts";
import { loadConfig, parseConfig, type ParsedConfig } from "../config/load.ts";
import { type RegexEngine, regexEngineFor } from "../config/patterns/engine.ts";
import { GraphtapError } from "../errors.ts";
import { fromMillis } from "../instant.ts";
import type { Plugin } from "../plugin/plugin.ts";
import { createRegistry, type Registry } from "../plugin/registry.ts";
import { plugins } from "../../plugins/index.ts";
import { type CloserLook, closerLook } from "./closerLook.ts";
import type { Runtime } from "./runtime.ts";
import { isMissing, readWholeFile, readWholeStream, whyUnreadable } from "../files/wholeFile.ts";

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
 * Finds and reads the configuration: the named one, or else `config/$CONFIG_FILE` (the old collector's
 * container; when it is set, nothing else is looked for), `config/config.yaml`, `config.yaml`; `-` is standard input.
 *
 * @throws config-missing, config-unreadable, plugin-invalid, config-invalid, secret-missing
 */
export async function readConfig(
  named: string | undefined,
  runtime: Runtime,
  nowMs: number,
): Promise<LoadedConfig> {
  return judgeConfig(await readConfigText(named, runtime), runtime.env, nowMs);
}

/** The same with a closer look, for a warning of whatever will not do. @throws as {@linkcode readConfig} */
export async function readConfigClosely(
  named: string | undefined,
  runtime: Runtime,
  nowMs: number,
): Promise<LoadedConfig> {
  const source = await readConfigText(named, runtime);
  return judgeConfig(source, runtime.env, nowMs, await closerLook(source.text, runtime.env, nowMs));
}

/** The configuration that a text is. @throws config-invalid */
export function judgeConfig(
  source: ConfigText,
  env: Runtime["env"],
  nowMs: number,
  look: CloserLook = {},
): LoadedConfig {
  const { text, home, registry } = source;
  const config = loadConfig(text, readOptions(source, env, nowMs, look));
  return { config, registry, home, stateDir: resolve(home, config.globals.stateDir) };
}

/** Every problem of the configuration that a text is, with its place, by a closer look. */
export async function problemsOf(
  source: ConfigText,
  env: Runtime["env"],
  nowMs: number,
): Promise<ParsedConfig> {
  const look = await closerLook(source.text, env, nowMs);
  return parseConfig(source.text, readOptions(source, env, nowMs, look));
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

/** The text of a configuration, not judged yet. */
export interface ConfigText {
  /** As shown in messages; `-` for standard input. */
  readonly file: string;
  readonly text: string;
  readonly home: string;
  /** Our services, and those that the text brings along. */
  readonly registry: Registry;
  /** Runs its patterns; `null` when it has none. */
  readonly regexEngine: RegexEngine | null;
}

/**
 * Finds and reads the text of a configuration, as {@linkcode readConfig} does.
 *
 * @throws config-missing, config-unreadable, plugin-invalid
 */
export async function readConfigText(named: string | undefined, runtime: Runtime): Promise<ConfigText> {
  const file = named ?? findConfig(runtime);
  const text = file === "-" ? await readStdin(runtime) : readFile(file);
  const home = homeOf(file);
  const registry = createRegistry([
    ...plugins,
    ...text.includes("plugins")
      ? await loadPlugins(text, file === "-" ? home : dirname(resolve(file)), runtime)
      : [],
  ]);
  return { file, text, home, registry, regexEngine: await regexEngineFor(text) };
}

async function loadPlugins(text: string, from: string, runtime: Runtime): Promise<Plugin[]> {
  const { loadPluginFiles } = await import("./pluginFiles.ts");
  return loadPluginFiles(text, from, runtime);
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

function readFile(file: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(readWholeFile(file));
  } catch (error) {
    throw unreadable(file, error instanceof TypeError ? "it is not UTF-8 text" : whyUnreadable(error), error);
  }
}

async function readStdin(runtime: Runtime): Promise<string> {
  try {
    return (await readWholeStream(runtime.stdin())).toString("utf8");
  } catch (error) {
    throw unreadable("-", whyUnreadable(error), error);
  }
}

function unreadable(file: string, why: string, cause: unknown): GraphtapError {
  const code = isMissing(cause) ? "config-missing" : "config-unreadable";
  return new GraphtapError(code, `Cannot read configuration "${file}": ${why}`, { cause });
}

function homeOf(file: string): string {
  if (file === "-") return resolve(".");
  const folder = dirname(resolve(file));
  return basename(folder) === "config" ? dirname(folder) : folder;
}
