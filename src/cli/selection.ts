/** `--input`, `--service` and `--state`: what every command that knows a configuration may be narrowed to. */
import { resolve } from "node:path";
import type { Selection } from "../server/pull/select.ts";
import type { LoadedConfig } from "../wiring/configFile.ts";
import { canonical } from "../wiring/selection.ts";
import { type Given, usage } from "./options.ts";

/** What `--input` and `--service` ask for. Asking for what is not there is a mistake worth stopping for. @throws usage */
export function selectionOf(given: Given, { config, registry }: LoadedConfig): Selection {
  const [inputs, services] = [given.all("input"), given.all("service")];
  refuseStranger(given, "input", inputs, config.inputs.map(({ name }) => name), "the inputs");
  const known = config.inputs
    .filter(({ enabled, name }) => enabled && (inputs.length === 0 || inputs.includes(name)))
    .flatMap((input) => input.services.map(({ name }) => name));
  refuseStranger(given, "service", canonical(services, registry), known, "the services of the inputs");
  return { inputs, services };
}

function refuseStranger(
  { command }: Given,
  option: "input" | "service",
  asked: readonly string[],
  known: readonly string[],
  where: string,
): void {
  const stranger = asked.find((name) => !known.includes(name));
  if (stranger === undefined) return;
  const names = [...new Set(known)].join(", ");
  throw usage(command, `--${option} "${stranger}" is not among ${where} of the configuration: ${names}`);
}

/** The folder for positions: what `--state` says, or else the configuration; absolute. */
export function stateDirOf(given: Given, { stateDir }: Pick<LoadedConfig, "stateDir">): string {
  const named = given.text("state");
  return named === undefined ? stateDir : resolve(named);
}
