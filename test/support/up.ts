/** `graphtap up` on the collector's 2.0.0 sample, filled in, before an end of Devo's that demands the certificate. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { formatInstant } from "../../src/instant.ts";
import type { ShipperName } from "../../src/shipper/running/program.ts";
import { type Authority, createAuthority, writeDomain } from "./certificates.ts";
import { sample200 } from "./collectorSamples.ts";
import { type DevoReceiver, startDevoReceiver } from "./devoReceiver.ts";
import { fluentBit, whyNoFluentBit } from "./forwarderFluentBit.ts";
import { findInstalled } from "./forwarderInstalled.ts";
import { fillWithAudits } from "./shipped.ts";
import { denoCommandLine, denoProgram, programCommand } from "./program.ts";
import { onDeno, projectFolder } from "./project.ts";
import { CONTOSO, openSite, type Site } from "./site.ts";

/** What starts `graphtap` on each runtime that is here. On Deno it may start others, and tell the host's name. */
export const RUNTIMES: readonly { readonly runtime: string; readonly command: readonly string[] }[] = [
  ...(onDeno ? [] : [{ runtime: "Node", command: programCommand }]),
  ...(denoProgram === null ? [] : [{ runtime: "Deno", command: denoCommand(denoProgram) }]),
];

function denoCommand(program: string): string[] {
  const [, ...words] = denoCommandLine.split(" ").slice(0, -1);
  return [
    program,
    ...words,
    "--no-prompt",
    "--allow-run",
    "--allow-sys=hostname",
    join(projectFolder, "src/main.ts"),
  ];
}

/** A shipper that `up` can be tried with. */
export interface TriedShipper {
  readonly shipper: ShipperName;
  /** Why it is not; `null` where it is. */
  readonly why: string | null;
  readonly path: string;
  /** Has it fail at its start, with a reason of its own: what it wants to write is a folder, or the other way round. */
  readonly ruin: (folder: string) => void;
}

const ofReceiver = onDeno ? "Deno's TLS server cannot ask for client certificates" : null;
const vector = findInstalled("vector", "GRAPHTAP_VECTOR");

export const SHIPPERS: readonly TriedShipper[] = [
  {
    shipper: "fluent-bit",
    why: whyNoFluentBit,
    path: fluentBit.path,
    ruin: (folder) => void mkdirSync(join(folder, "buffer", "fluent-bit-tail.db"), { recursive: true }),
  },
  {
    shipper: "vector",
    why: typeof vector === "string" ? vector : ofReceiver,
    path: typeof vector === "string" ? "" : vector.path,
    ruin(folder) {
      mkdirSync(join(folder, "buffer", "vector", "buffer"), { recursive: true });
      writeFileSync(join(folder, "buffer", "vector", "buffer", "v2"), "");
    },
  },
];

/** A folder as the old collector has it, with `certs/`, `config/` and `state/`. */
export interface Household {
  readonly site: Site;
  readonly authority: Authority;
  readonly receiver: DevoReceiver;
  readonly config: string;
  /** The shipper's folder. */
  readonly shipperFolder: (name: ShipperName) => string;
  /** Who runs as the shipper, by its record; 0 when nobody does. */
  readonly shipperPid: () => number;
  /** Changes the configuration. */
  rewrite(change: (config: SampleConfig) => void): void;
}

/** A configuration as it stands in its file. */
export interface SampleConfig {
  readonly inputs: Record<string, { services: Record<string, unknown> }>;
  readonly outputs: Record<string, unknown>;
}

/** An output of the household's, under any name. */
export function devoOutput(port: number) {
  const files = { chain: "chain.crt", cert: "domain.crt", key: "domain.key" };
  return { type: "devo_platform", config: { address: "127.0.0.1", port, ...files } };
}

/** @param records how many of the sample's audits Graph holds */
export async function openHousehold(records: number): Promise<Household> {
  const site = await openSite();
  const authority = createAuthority();
  const receiver = await startDevoReceiver({ authority });
  for (const name of ["certs", "config", "state"]) mkdirSync(join(site.folder, name));
  writeDomain(join(site.folder, "certs"), authority, authority.issue("domain"));
  fillWithAudits(site, records);
  const config = join(site.folder, "config", "config.yaml");
  const sample = sample200({ url: site.url, tenant: CONTOSO, start: formatInstant(site.start) });
  const { globals } = site.config([]);
  writeFileSync(
    config,
    JSON.stringify({ globals, ...sample, outputs: { devo_1: devoOutput(receiver.port) } }),
  );
  const shippers = join(site.folder, "state", ".shipper");
  return {
    site,
    authority,
    receiver,
    config,
    shipperFolder: (name) => join(shippers, name),
    shipperPid() {
      try {
        return (JSON.parse(readFileSync(join(shippers, "shipper.json"), "utf8")) as { pid: number }).pid;
      } catch {
        return 0;
      }
    },
    rewrite(change) {
      const read = JSON.parse(readFileSync(config, "utf8")) as SampleConfig;
      change(read);
      writeFileSync(config, JSON.stringify(read));
    },
  };
}
