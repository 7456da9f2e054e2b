/** What decides what a stream does, compared by value. */
import { hash } from "node:crypto";
import type { Config, InputConfig, ServiceConfig } from "../config/config.ts";
import type { Secret } from "../config/credentials/secret.ts";
import { budgetNames } from "../graph/budgets.ts";
import type { Registry } from "../plugin/registry.ts";
import type { ChosenInput } from "./selection.ts";

/**
 * The settings of the chosen services of an input, a text for each by the service's name: two streams that have the same
 * text do the same. It is a digest, and gives no secret away.
 *
 * What counts is what holds in the end, wherever it stands: the input's own settings, credentials among them, but none of
 * its other services; the service's, masks and defaults among them; the plugin; and of `globals` the generation of tags
 * and the budgets that the service draws on. A secret counts as the configuration has it (`Secret.origin`), since what
 * is in a file or a variable is read again for each token.
 */
export function settingsOf(
  { globals }: Pick<Config, "globals">,
  registry: Registry,
  { input, services }: ChosenInput,
): Map<string, string> {
  const ofInput = byValue(withoutServices(input));
  return new Map(services.map((service) => [service.name, ofService(service)]));

  function ofService(service: ServiceConfig): string {
    const plugin = registry.resolve(service.name);
    const quotas = plugin === null ? [] : budgetNames(plugin.quota).map((name) => globals.quotas[name]);
    const { tagGeneration, requestLimits } = globals;
    return byValue([ofInput, service, plugin, quotas, tagGeneration, requestLimits]);
  }
}

/** Which line of the old collector an input is read as is only told; what follows from it is in other settings. */
function withoutServices({ services: _, line: __, ...settings }: InputConfig) {
  return settings;
}

/** A short text that is the same for equal plain values; a secret counts by where it comes from, a function not at all. */
export function byValue(value: unknown): string {
  const text = JSON.stringify(value, function (this: Record<string, unknown>, key, shown) {
    const original = this[key];
    return isSecret(original) ? original.origin() : shown;
  });
  return hash("sha256", text, "hex");
}

function isSecret(value: unknown): value is Pick<Secret, "origin"> {
  return typeof value === "object" && value !== null && "origin" in value &&
    typeof value.origin === "function";
}
