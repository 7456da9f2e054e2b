import { plugins as ours } from "../../plugins/index.ts";
import { GraphtapError } from "../errors.ts";
import type { Plugin } from "../plugin/plugin.ts";

/** A user's plugin, and the file as it was written. */
export interface PluginFile {
  readonly path: string;
  readonly plugin: Plugin;
}

/**
 * Lets every name stand for one service.
 *
 * @throws plugin-invalid with each name that two claim, and their files
 */
export function checkNames(files: readonly PluginFile[]): void {
  const holders = new Map(ours.flatMap((plugin) => namesOf(plugin).map((name) => [name, "graphtap itself"])));
  const clashes: string[] = [];
  for (const { path, plugin } of files) {
    for (const name of namesOf(plugin)) {
      const holder = holders.get(name);
      if (holder === undefined) holders.set(name, `"${path}"`);
      else clashes.push(`"${name}" is a service, or another name of one, in "${path}" and in ${holder}`);
    }
  }
  if (clashes.length === 0) return;
  throw new GraphtapError(
    "plugin-invalid",
    `Cannot load plugins: a name must stand for one service\n${clashes.join("\n")}`,
  );
}

function namesOf({ service, aliases = [], variants = [] }: Plugin): string[] {
  return [service, ...aliases, ...variants.map(({ name }) => name)];
}
