import { join, resolve } from "node:path";
import { systemClock } from "../../clock.ts";
import { type ExitCode, GraphtapError } from "../../errors.ts";
import { readConfig } from "../../wiring/configFile.ts";
import { type Given, usage } from "../options.ts";
import type { Runtime } from "../../wiring/runtime.ts";
import { checkCertificates } from "../../shipper/certificates.ts";
import { chooseOutput, destinationOf } from "../../shipper/destination.ts";
import { fluentBitConfig } from "../../shipper/fluentBit.ts";
import type { ShipperSettings, WayIn } from "../../shipper/settings.ts";
import { vectorConfig } from "../../shipper/vector.ts";
import { version } from "../../wiring/version.ts";

const writers = { "fluent-bit": fluentBitConfig, "vector": vectorConfig } as const;

/** `graphtap shipper`: a whole configuration of a shipper for this configuration, on standard output. */
export async function run(given: Given, runtime: Runtime): Promise<ExitCode> {
  const [name, ...others] = given.words;
  if ((name !== "fluent-bit" && name !== "vector") || others.length > 0) {
    throw usage("shipper", `"${given.words.join(" ")}" is not a shipper; there are fluent-bit and vector`);
  }
  const now = systemClock.now();
  const { config, home } = await readConfig(given.text("config"), runtime, now);
  if (config.file === "-") {
    throw usage("shipper", "-c is -, expected a file: the shipper starts graphtap with it");
  }
  const output = chooseOutput(config.outputs, given.text("output"));
  const destination = destinationOf(output, config.file, home);
  const problems = destination.tls === null ? null : checkCertificates(destination.tls, now);
  for (const warning of problems?.warnings ?? []) runtime.writeStderr(`warning: ${warning}\n`);
  if (problems !== null && problems.errors.length > 0) {
    throw new GraphtapError(
      "config-invalid",
      `the files of output "${output.name}" cannot be used\n${problems.errors.join("\n")}`,
    );
  }
  const settings: ShipperSettings = {
    program: runtime.command,
    config: resolve(config.file),
    buffer: join(home, "buffer"),
    spool: join(home, "spool", "events.log"),
    destination,
  };
  const head = `Written by graphtap ${version} from ${resolve(config.file)}, output "${output.name}".`;
  const text = writers[name](settings, (given.text("via") ?? "exec") as WayIn, head);
  await runtime.writeStdout(new TextEncoder().encode(text));
  return 0;
}
