/** Which plugin a name in the configuration means. */
import { GraphtapError } from "../errors.ts";
import type { Plugin, Variant } from "./plugin.ts";

/** The services there are, found by any of their names. */
export interface Registry {
  /** Every plugin, in the order in which services are listed and polled. */
  services(): readonly Plugin[];
  /** Every accepted name: all canonical ones first, then variants and aliases. */
  names(): readonly string[];
  /**
   * The plugin of a canonical name or an alias. A variant's name gives a plugin of its own, with the variant's
   * filter and neither aliases nor variants. `null` when no plugin has the name.
   */
  resolve(name: string): Plugin | null;
}

/**
 * Joins plugins to a registry.
 *
 * @throws `plugin-invalid` when a name stands for two things; names every such case, one a line.
 */
export function createRegistry(plugins: readonly Plugin[]): Registry {
  const byName = new Map<string, Plugin>();
  const clashes: string[] = [];
  const claim = (name: string, plugin: Plugin) => {
    const holder = byName.get(name);
    if (holder === undefined) byName.set(name, plugin);
    else {clashes.push(
        `"${name}" is claimed by service "${holder.service}" and by service "${plugin.service}"`,
      );}
  };

  for (const plugin of plugins) claim(plugin.service, plugin);
  for (const plugin of plugins) {
    for (const variant of plugin.variants ?? []) claim(variant.name, variantPlugin(plugin, variant));
  }
  for (const plugin of plugins) {
    for (const alias of plugin.aliases ?? []) claim(alias, plugin);
  }
  if (clashes.length > 0) {
    throw new GraphtapError(
      "plugin-invalid",
      `Cannot join the plugins: a name must stand for one service\n${clashes.join("\n")}`,
    );
  }

  return {
    services: () => plugins,
    names: () => [...byName.keys()],
    resolve: (name) => byName.get(name) ?? null,
  };
}

function variantPlugin({ fallbackFilters: _, ...plugin }: Plugin, variant: Variant): Plugin {
  return {
    ...plugin,
    service: variant.name,
    title: variant.title,
    filter: variant.filter,
    tag: variant.tag ?? plugin.tag,
    aliases: [],
    variants: [],
  };
}
