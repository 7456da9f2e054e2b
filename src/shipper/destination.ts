/** From a block under `outputs` to Devo's end of the shipper. */
import { existsSync } from "node:fs";
import { dirname, isAbsolute, join, resolve } from "node:path";
import type { OutputConfig } from "../config/config.ts";
import { GraphtapError } from "../errors.ts";
import type { Destination } from "./settings.ts";

/** The collector's types that are TLS with a client certificate, and those that are plain TCP. */
const SECURE = ["devo_platform", "relay"];
const PLAIN = ["syslog", "sidecar", "in_house_relay"];
const DEFAULT_PORT = 443;

/** Whether a shipper can deliver to an output of this type. */
export function isSendable({ type }: OutputConfig): boolean {
  return [...SECURE, ...PLAIN].includes(type);
}

/**
 * The outputs that are meant: the named one, or all that lines can be sent to.
 *
 * @throws usage there is none such
 */
export function chooseOutputs(outputs: readonly OutputConfig[], name: string | undefined): OutputConfig[] {
  const sendable = outputs.filter(isSendable);
  const chosen = name === undefined ? sendable : outputs.filter((output) => output.name === name);
  if (chosen.length > 0 && chosen.every(isSendable)) return chosen;
  const names = sendable.map((output) => `"${output.name}"`).join(", ") || "none";
  if (chosen[0] !== undefined) {
    throw new GraphtapError(
      "usage",
      `Output "${chosen[0].name}" is of type "${
        chosen[0].type
      }", where no shipper delivers; others: ${names}`,
    );
  }
  throw new GraphtapError(
    "usage",
    name === undefined
      ? "The configuration has no output to deliver to; add outputs: {devo: {type: devo_platform, config: " +
        "{address: collector-us.devo.io, port: 443, chain: chain.crt, cert: domain.crt, key: domain.key}}}"
      : `--output "${name}" is not among the outputs of the configuration: ${names}`,
  );
}

/** What is left out of a shipper's configuration that serves `chosen`, a line each. */
export function leftOut(outputs: readonly OutputConfig[], chosen: readonly OutputConfig[]): string[] {
  return outputs.filter((output) => !chosen.includes(output)).map((output) =>
    isSendable(output)
      ? `output "${output.name}" gets nothing by this configuration; without --output it serves all`
      : `output "${output.name}" gets nothing: it is of type "${output.type}", where no shipper delivers`
  );
}

/**
 * Its address and files. A file's name is relative to `certs/`, where the collector has it, or else to the folder of
 * the configuration.
 *
 * @param home the folder that holds `certs/`, `config/` and `state/`
 * @throws config-invalid
 */
export function destinationOf(output: OutputConfig, configFile: string, home: string): Destination {
  const need = (setting: "address" | "chain" | "cert" | "key"): string => {
    const value = output[setting];
    if (value !== null) return value;
    throw new GraphtapError(
      "config-invalid",
      `outputs.${output.name}.config.${setting} is missing; expected ${
        setting === "address" ? "a host such as collector-us.devo.io" : "the name of a file in certs/"
      }`,
    );
  };
  const address = need("address");
  if (!/^[A-Za-z0-9.-]+$|^[0-9a-fA-F:]*:[0-9a-fA-F:]*$/.test(address)) {
    throw new GraphtapError(
      "config-invalid",
      `outputs.${output.name}.config.address is ${
        JSON.stringify(address)
      }, expected a host without scheme and port`,
    );
  }
  const folder = dirname(resolve(output.file ?? configFile));
  const file = (name: string) => {
    if (isAbsolute(name)) return name;
    const folders = [join(home, "certs"), join(folder, "certs"), folder];
    const places = folders.map((one) => resolve(one, name));
    return places.find((place) => existsSync(place)) ?? places[0]!;
  };
  const tls = SECURE.includes(output.type)
    ? { chain: file(need("chain")), cert: file(need("cert")), key: file(need("key")) }
    : null;
  return { address, port: output.port ?? DEFAULT_PORT, tls };
}
