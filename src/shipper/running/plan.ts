/** What `graphtap up` makes of a configuration before anything is written or started. */
import { dirname, join } from "node:path";
import type { Config } from "../../config/config.ts";
import { chooseOutputs, leftOut } from "../destination.ts";
import { fluentBitConfig } from "../fluentBit.ts";
import { OPENSSL_CONF } from "../opensslConf.ts";
import { type ShipperSettings, STOP_SECONDS, type TlsVersion } from "../settings.ts";
import type { Way } from "../tryOutputs.ts";
import { vectorConfig } from "../vector.ts";
import { waysByHttp, waysByTcp } from "../waysOut.ts";
import type { ShipperName, ShipperProgram } from "./program.ts";
import { digestOfRenewable } from "./renewable.ts";

/** What is to be planned. */
export interface PlanOptions {
  readonly program: ShipperProgram;
  readonly config: Pick<Config, "outputs" | "file">;
  readonly home: string;
  /** The state folder; absolute. */
  readonly stateDir: string;
  /** How lines leave. */
  readonly out: "tcp" | "http";
  /** The only output to serve. @default all that lines can be sent to */
  readonly output: string | undefined;
  readonly highestTls: TlsVersion;
  /** Of the environment what the shipper may have. */
  readonly env: Readonly<Record<string, string>>;
  /** Names this program in what it writes. */
  readonly writtenBy: string;
  readonly nowMs: number;
}

/** All that is done for a configuration. */
export interface ShipperPlan {
  readonly name: ShipperName;
  /** The shipper's own folder in the state folder: what it buffers, and how far it came. */
  readonly folder: string;
  /** What the names of the spool's files begin with. */
  readonly spool: string;
  /** Folders that the shipper wants to find. */
  readonly folders: readonly string[];
  readonly configuration: string;
  /** Other files, by their paths. */
  readonly files: Readonly<Record<string, string>>;
  /** Where the configuration is written; absolute. */
  readonly path: string;
  /** The words that have the shipper judge a configuration. */
  readonly judge: (path: string) => readonly string[];
  /** The words that start it. */
  readonly start: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Changes with the contents of certificates, keys and tokens. */
  readonly renewable: string;
  /** Outputs that are served, a line each, and where those over TCP lead. */
  readonly served: readonly string[];
  readonly ways: readonly Way[];
  /** Outputs that are not served, and what will not last, a line each. */
  readonly warnings: readonly string[];
}

/** In the state folder: all that belongs to shippers. Names with a leading dot are no input's. */
export const SHIPPER_FOLDER = ".shipper";

/**
 * @throws usage no output can be served; config-invalid an output, its files, or a path that the shipper cannot be told
 */
export function planShipper(options: PlanOptions): ShipperPlan {
  const { program, config, home, stateDir, nowMs } = options;
  const outputs = chooseOutputs(config.outputs, options.output);
  const places = { file: config.file, home };
  const { ways, warnings, ...waysOut } = options.out === "http"
    ? waysByHttp(program.name, outputs, places)
    : waysByTcp(outputs, places, nowMs);
  const folder = join(stateDir, SHIPPER_FOLDER, program.name);
  const settings: ShipperSettings = {
    program: [],
    config: "",
    buffer: join(folder, "buffer"),
    spool: join(folder, "spool", "events.log"),
    ...waysOut,
    highestTls: options.highestTls,
    isSupervised: true,
  };
  const head = `Written by ${options.writtenBy} at each start: what is changed here is lost.`;
  return {
    name: program.name,
    folder,
    spool: settings.spool,
    ...BY_SHIPPER[program.name](settings, head, folder, options),
    renewable: digestOfRenewable(settings),
    served: outputs.map(({ name, address, port }) =>
      `output "${name}" (${waysOut.devoHttp?.endpoint ?? `${address}:${port ?? 443}`})`
    ),
    ways,
    warnings: [...leftOut(config.outputs, outputs), ...warnings],
  };
}

/** Whether a shipper that runs by one plan would run otherwise by another. What is only told of a plan does not count. */
export function needsRestart(running: ShipperPlan, next: ShipperPlan): boolean {
  return readBy(running) !== readBy(next);
}

/** All that a shipper has read when it has started. */
function readBy({ configuration, files, path, start, env, renewable }: ShipperPlan): string {
  return JSON.stringify([configuration, files, path, start, env, renewable]);
}

type Own = Pick<ShipperPlan, "folders" | "configuration" | "files" | "path" | "judge" | "start" | "env">;

const BY_SHIPPER: Readonly<
  Record<ShipperName, (settings: ShipperSettings, head: string, folder: string, options: PlanOptions) => Own>
> = {
  "fluent-bit": (settings, head, folder, { program, env }) => {
    const path = join(folder, "fluent-bit.yaml");
    return {
      folders: [settings.buffer, dirname(settings.spool)],
      configuration: fluentBitConfig(settings, "file", head),
      files: {},
      path,
      judge: (other) => [program.path, "--dry-run", "-c", other],
      start: [program.path, "-c", path],
      env,
    };
  },
  "vector": (settings, head, folder, { program, env, highestTls }) => {
    const path = join(folder, "vector.yaml");
    const openssl = join(folder, "openssl.cnf");
    // Who has a file of his own for OpenSSL has a reason, and keeps it.
    const isPinned = highestTls === "1.2" && env["OPENSSL_CONF"] === undefined;
    return {
      folders: [join(settings.buffer, "vector"), dirname(settings.spool)],
      configuration: vectorConfig(settings, "file", head),
      files: isPinned ? { [openssl]: OPENSSL_CONF } : {},
      path,
      judge: (other) => [program.path, "validate", "--no-environment", other],
      start: [program.path, "--graceful-shutdown-limit-secs", String(STOP_SECONDS), "--config", path],
      env: isPinned ? { ...env, OPENSSL_CONF: openssl } : env,
    };
  },
};
