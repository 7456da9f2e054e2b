import { dirname, resolve } from "node:path";
import { plugins } from "../../plugins/index.ts";
import { readPluginPaths } from "../config/globals.ts";
import { createRegistry, type Registry } from "../plugin/registry.ts";
import type { Runtime } from "./runtime.ts";

/** Services without the configuration that they are for. */
export interface Known {
  readonly registry: Registry;
  /** The files of those that are not ours; absolute. */
  readonly files: readonly string[];
}

/**
 * Our services, and those that the named configuration brings along, whatever else is wrong with it; ours alone where none is
 * named.
 *
 * @throws config-missing, config-unreadable, plugin-missing, plugin-invalid
 */
export async function knownServices(named: readonly string[], runtime: Runtime): Promise<Known> {
  if (named.length === 0) return { registry: createRegistry(plugins), files: [] };
  const { readConfigText } = await import("./configFile.ts");
  const { texts, home, registry } = await readConfigText(named, runtime);
  const files = texts.flatMap(({ file, text }) =>
    typeof text === "string"
      ? readPluginPaths(text, runtime.env).map((path) =>
        resolve(file === "-" ? home : dirname(resolve(file)), path)
      )
      : []
  );
  return { registry, files };
}
