/** From an output of the collector's file to Devo's HTTP endpoint of the same region. */
import { join } from "node:path";
import type { OutputConfig } from "../config/config.ts";
import { GraphtapError } from "../errors.ts";
import type { DevoHttp } from "./settings.ts";

/** By the address that takes lines over TLS, as Devo documents both. */
const ENDPOINTS: ReadonlyMap<string, string> = new Map([
  ["collector-us.devo.io", "http-us.devo.io"],
  ["collector-us3.devo.io", "http-us3.devo.io"],
  ["collector-eu.devo.io", "http-eu.devo.io"],
  ["collector-ca.devo.io", "http-ca.devo.io"],
  ["collector-ap.devo.io", "collector-ap.devo.io:8443"],
  ["collector-ap2.devo.io", "collector-ap2.devo.io:8443"],
]);

/**
 * The endpoint that belongs to the chosen output. Certificates are not needed for it: it knows a domain by its token.
 *
 * @param home the folder that holds `certs/`, where the file with the token belongs
 * @throws usage there is more than one output, or none of Devo's regions
 */
export function devoHttpOf(chosen: readonly OutputConfig[], home: string): DevoHttp {
  const [output, ...others] = chosen;
  if (output === undefined || others.length > 0) {
    const names = chosen.map(({ name }) => JSON.stringify(name)).join(", ");
    throw new GraphtapError(
      "usage",
      `--out is "http", which serves one output; choose by --output: ${names}`,
    );
  }
  const endpoint = ENDPOINTS.get(output.address ?? "");
  if (endpoint === undefined) {
    throw new GraphtapError(
      "usage",
      `--out is "http", and no HTTP endpoint is known for the address ${JSON.stringify(output.address)} of ` +
        `output "${output.name}"; expected one of ${[...ENDPOINTS.keys()].join(", ")}`,
    );
  }
  return { endpoint, secret: join(home, "certs", "devo-http.json") };
}
