import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { OutputConfig } from "../../config/config.ts";
import { systemClock } from "../../clock.ts";
import { type ExitCode, GraphtapError } from "../../errors.ts";
import { readConfig } from "../../wiring/configFile.ts";
import { visibleLine } from "../../telemetry/visible.ts";
import { type Given, usage } from "../options.ts";
import type { Runtime } from "../../wiring/runtime.ts";
import { checkCertificates } from "../../shipper/certificates.ts";
import { chooseOutputs, destinationOf, leftOut } from "../../shipper/destination.ts";
import { devoHttpOf } from "../../shipper/devoHttp.ts";
import { fluentBitConfig } from "../../shipper/fluentBit.ts";
import { OPENSSL_CONF_NOTE } from "../../shipper/opensslConf.ts";
import {
  type Destination,
  foldersOf,
  type ShipperSettings,
  type TlsVersion,
  type WayIn,
} from "../../shipper/settings.ts";
import { tryOutputs, type Way } from "../../shipper/tryOutputs.ts";
import { vectorConfig } from "../../shipper/vector.ts";
import { stoppedBy } from "../../wiring/end.ts";
import { version } from "../../wiring/version.ts";

const writers = { "fluent-bit": fluentBitConfig, "vector": vectorConfig } as const;

/** `graphtap shipper`: a whole configuration of a shipper for this configuration, on standard output. */
export async function run(given: Given, runtime: Runtime): Promise<ExitCode> {
  const [name, ...others] = given.words;
  if ((name !== "fluent-bit" && name !== "vector") || others.length > 0) {
    throw usage("shipper", `"${given.words.join(" ")}" is not a shipper; there are fluent-bit and vector`);
  }
  const now = systemClock.now();
  const { config, home, stateDir } = await readConfig(given.all("config"), runtime, now);
  const named = given.all("config");
  if (config.file === "-" || named.length > 1) {
    const given = named.length > 1
      ? "given more than once, expected one file or folder"
      : "-, expected a file";
    throw usage("shipper", `-c is ${given}: the shipper starts graphtap with it`);
  }
  const outputs = chooseOutputs(config.outputs, given.text("output"));
  for (const line of leftOut(config.outputs, outputs)) runtime.writeStderr(`warning: ${visibleLine(line)}\n`);
  const ways = given.text("out") === "http" ? null : outputs.map((output) => {
    const destination = destinationOf(output, config.file, home);
    warnOfFiles(output.name, destination, now, runtime);
    return { output, destination };
  });
  if (given.has("probe")) await tellTrials(ways, runtime);
  const settings: ShipperSettings = {
    program: runtime.command,
    config: resolve(config.file),
    ...foldersOf(home, stateDir),
    ...ways === null
      ? byHttp(name, outputs, home, runtime)
      : { destinations: ways.map(({ destination }) => destination) },
    highestTls: (given.text("tls") ?? "1.2") as TlsVersion,
  };
  const names = outputs.map(({ name }) => JSON.stringify(name)).join(", ");
  const head = `Written by graphtap ${version} from ${resolve(config.file)}, output ${names}.${
    name === "vector" ? noteForVector(settings) : ""
  }`;
  const text = writers[name](settings, (given.text("via") ?? "exec") as WayIn, head);
  await runtime.writeStdout(new TextEncoder().encode(text));
  return 0;
}

/** The way out by HTTP. @throws usage this shipper has none, or there is none for these outputs */
function byHttp(
  shipper: string,
  outputs: readonly OutputConfig[],
  home: string,
  runtime: Runtime,
): Pick<ShipperSettings, "destinations" | "devoHttp"> {
  if (shipper !== "vector") throw usage("shipper", `--out is "http", which is for vector only`);
  const devoHttp = devoHttpOf(outputs, home);
  if (!existsSync(devoHttp.secret)) {
    const form = '{"domain": "my-domain", "token": "…"}';
    runtime.writeStderr(
      `warning: Vector reads ${form} from ${visibleLine(devoHttp.secret)}, which is not there yet\n`,
    );
  }
  return { destinations: [], devoHttp };
}

/** What the configuration cannot say itself. */
function noteForVector({ destinations, highestTls }: ShipperSettings): string {
  const isPinned = highestTls === "1.2" && destinations.some(({ tls }) => tls !== null);
  return isPinned ? `\n\n${OPENSSL_CONF_NOTE}` : "";
}

/** @throws usage there is no address to try; output-refused, output-unreachable: then no configuration is printed */
async function tellTrials(ways: readonly Way[] | null, runtime: Runtime): Promise<void> {
  if (ways === null) {
    throw usage("shipper", "--probe tries the address of an output, which --out http does not use");
  }
  const stop = new AbortController();
  const forget = runtime.onStopSignal((cause) => stop.abort(stoppedBy(cause)));
  try {
    const lines = await tryOutputs(ways, systemClock, stop.signal);
    for (const line of lines) runtime.writeStderr(`probe: ${visibleLine(line)}\n`);
  } finally {
    forget();
  }
}

/** Warns of certificates that will not last. @throws config-invalid files that cannot be used */
function warnOfFiles(name: string, { tls }: Destination, nowMs: number, runtime: Runtime): void {
  if (tls === null) return;
  const { errors, warnings } = checkCertificates(tls, nowMs);
  for (const warning of warnings) runtime.writeStderr(`warning: ${visibleLine(warning)}\n`);
  if (errors.length === 0) return;
  throw new GraphtapError(
    "config-invalid",
    `the files of output "${name}" cannot be used\n${errors.join("\n")}`,
  );
}
