/** The words of `graphtap up`: what it plans by, and what the tap is run with. */
import type { ShipperProgram } from "../shipper/running/program.ts";
import { planShipper, type ShipperPlan } from "../shipper/running/plan.ts";
import { shipperEnvironment } from "../shipper/running/environment.ts";
import { HEARTBEAT_SECONDS, type TlsVersion } from "../shipper/settings.ts";
import type { LoadedConfig } from "../wiring/configFile.ts";
import type { Runtime } from "../wiring/runtime.ts";
import { version } from "../wiring/version.ts";
import type { Given } from "./options.ts";
import { stateDirOf } from "./selection.ts";
import { KEEP_SECONDS } from "./sharedOptions.ts";

/** Plans by a configuration. @throws as {@linkcode planShipper} */
export function planFor(
  given: Given,
  program: ShipperProgram,
  loaded: LoadedConfig,
  env: Runtime["env"],
  nowMs: number,
): ShipperPlan {
  return planShipper({
    program,
    config: loaded.config,
    home: loaded.home,
    stateDir: stateDirOf(given, loaded),
    out: given.text("out") === "http" ? "http" : "tcp",
    output: given.text("output"),
    highestTls: (given.text("tls") ?? "1.2") as TlsVersion,
    env: shipperEnvironment(env),
    writtenBy: `graphtap up ${version}`,
    nowMs,
  });
}

/** The same words, with where lines go and what they look like; the log has lines, also on a terminal. */
export function tapWords(given: Given, { spool }: ShipperPlan, runtime: Runtime): Given {
  const texts: Readonly<Record<string, string>> = {
    "format": "devo",
    "to": `file:${spool}`,
    "heartbeat": given.text("heartbeat") ?? String(HEARTBEAT_SECONDS),
    "keep-seconds": given.text("keep-seconds") ?? String(KEEP_SECONDS),
    "log-format": given.text("log-format") ?? (runtime.stderrIsTerminal ? "text" : "json"),
  };
  return {
    ...given,
    text: (name) => texts[name] ?? given.text(name),
    all: (name) => texts[name] === undefined ? given.all(name) : [texts[name]],
    has: (name) => texts[name] !== undefined || given.has(name),
  };
}
