/** The ways out of a shipper to the outputs that were chosen, and what is wrong with their files. */
import { existsSync } from "node:fs";
import type { OutputConfig } from "../config/config.ts";
import { GraphtapError } from "../errors.ts";
import { checkCertificates } from "./certificates.ts";
import { destinationOf } from "./destination.ts";
import { devoHttpOf } from "./devoHttp.ts";
import type { ShipperSettings } from "./settings.ts";
import type { Way } from "./tryOutputs.ts";

/** Where a configuration lies, which names of files start from. */
export interface Places {
  /** The configuration's file. */
  readonly file: string;
  /** The folder that holds `certs/`, `config/` and `state/`. */
  readonly home: string;
}

export interface WaysOut extends Pick<ShipperSettings, "destinations" | "devoHttp"> {
  /** Outputs over TCP with where each leads; none where lines leave by HTTP. */
  readonly ways: readonly Way[];
  /** What will not last, or is not there yet, a line each. */
  readonly warnings: readonly string[];
}

/** Over TCP to each of them. @throws config-invalid an address or files that cannot be used */
export function waysByTcp(outputs: readonly OutputConfig[], { file, home }: Places, nowMs: number): WaysOut {
  const ways = outputs.map((output) => ({ output, destination: destinationOf(output, file, home) }));
  const warnings = ways.flatMap(({ output, destination: { tls } }) => {
    if (tls === null) return [];
    const found = checkCertificates(tls, nowMs);
    if (found.errors.length === 0) return found.warnings;
    throw new GraphtapError(
      "config-invalid",
      `the files of output "${output.name}" cannot be used\n${found.errors.join("\n")}`,
    );
  });
  return { ways, warnings, destinations: ways.map(({ destination }) => destination) };
}

/** By HTTP, which Vector alone can. @throws usage another shipper, or there is no such way for these outputs */
export function waysByHttp(shipper: string, outputs: readonly OutputConfig[], { home }: Places): WaysOut {
  if (shipper !== "vector") throw new GraphtapError("usage", `--out is "http", which is for vector only`);
  const devoHttp = devoHttpOf(outputs, home);
  const form = '{"domain": "my-domain", "token": "…"}';
  const warnings = existsSync(devoHttp.secret)
    ? []
    : [`Vector reads ${form} from ${devoHttp.secret}, which is not there yet`];
  return { ways: [], warnings, destinations: [], devoHttp };
}
