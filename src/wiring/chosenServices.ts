import type { Config, InputConfig, ServiceConfig } from "../config/config.ts";
import type { Registry } from "../plugin/registry.ts";
import { type Given, usage } from "../cli/options.ts";

/** An input, and those of its services that are enabled and asked for: one at least. */
export interface ChosenInput {
  readonly input: InputConfig;
  readonly services: readonly ServiceConfig[];
}

/** What the configuration enables and `--input` and `--service` ask for, input after input. @throws usage */
export function chooseServices(config: Config, registry: Registry, given: Given): ChosenInput[] {
  const wantedInputs = wanted(given, "input", given.all("input"), config.inputs.map(({ name }) => name));
  const inputs = config.inputs.filter(({ enabled, name }) => enabled && wantedInputs(name));
  const names = inputs.flatMap(({ services }) => services.map(({ name }) => name));
  const asked = given.all("service").map((name) => registry.resolve(name)?.service ?? name);
  const wantedServices = wanted(given, "service", asked, names);
  return inputs.flatMap((input) => {
    const services = input.services.filter(({ enabled, name }) => enabled && wantedServices(name));
    return services.length === 0 ? [] : [{ input, services }];
  });
}

/** A filter by name; asking for one that is not there is a mistake worth stopping for. */
function wanted(
  { command }: Given,
  option: "input" | "service",
  asked: readonly string[],
  known: readonly string[],
): (name: string) => boolean {
  const stranger = asked.find((name) => !known.includes(name));
  if (stranger !== undefined) {
    const where = option === "input" ? "the inputs" : "the services of the inputs";
    throw usage(
      command,
      `--${option} "${stranger}" is not among ${where} of the configuration: ${
        [...new Set(known)].join(", ")
      }`,
    );
  }
  return (name) => asked.length === 0 || asked.includes(name);
}
