import { resolve } from "node:path";
import { systemClock } from "../../clock.ts";
import type { ExitCode } from "../../errors.ts";
import { readConfig } from "../../wiring/configFile.ts";
import { visibleLine } from "../../telemetry/visible.ts";
import { type Given, usage } from "../options.ts";
import type { Runtime } from "../../wiring/runtime.ts";
import { chooseOutputs, leftOut } from "../../shipper/destination.ts";
import { fluentBitConfig } from "../../shipper/fluentBit.ts";
import { OPENSSL_CONF_NOTE } from "../../shipper/opensslConf.ts";
import { foldersOf, type ShipperSettings, type TlsVersion, type WayIn } from "../../shipper/settings.ts";
import { tryOutputs, type Way } from "../../shipper/tryOutputs.ts";
import { vectorConfig } from "../../shipper/vector.ts";
import { waysByHttp, waysByTcp } from "../../shipper/waysOut.ts";
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
  const places = { file: config.file, home };
  const { ways, warnings, ...waysOut } = given.text("out") === "http"
    ? waysByHttp(name, outputs, places)
    : waysByTcp(outputs, places, now);
  for (const warning of warnings) runtime.writeStderr(`warning: ${visibleLine(warning)}\n`);
  if (given.has("probe")) await tellTrials(ways, runtime);
  const settings: ShipperSettings = {
    program: runtime.command,
    config: resolve(config.file),
    ...foldersOf(home, stateDir),
    ...waysOut,
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

/** What the configuration cannot say itself. */
function noteForVector({ destinations, highestTls }: ShipperSettings): string {
  const isPinned = highestTls === "1.2" && destinations.some(({ tls }) => tls !== null);
  return isPinned ? `\n\n${OPENSSL_CONF_NOTE}` : "";
}

/** @throws usage there is no address to try; output-refused, output-unreachable: then no configuration is printed */
async function tellTrials(ways: readonly Way[], runtime: Runtime): Promise<void> {
  if (ways.length === 0) {
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
