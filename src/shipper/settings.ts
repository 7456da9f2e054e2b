/** What a shipper's configuration is made of: the same pieces make the shipped examples and a user's own. */
import { join } from "node:path";
import { shellCommand } from "../telemetry/shellCommand.ts";

/** Ways of a line from graphtap into a shipper. */
export const WAYS_IN = ["exec", "interval", "stdin", "http", "file"] as const;
export type WayIn = (typeof WAYS_IN)[number];

/** Versions of TLS that can be the highest one to Devo. */
export type TlsVersion = "1.2" | "1.3";

export interface ShipperSettings {
  /** The words that start graphtap. */
  readonly program: readonly string[];
  /** The configuration of graphtap, absolute. */
  readonly config: string;
  /** Folder for positions, absolute; left out where the configuration says it. */
  readonly state?: string;
  /** Folder for the shipper's buffers and positions, absolute. */
  readonly buffer: string;
  /** What the names of the files begin with that `--via file` writes, absolute. */
  readonly spool: string;
  /** Every one of them gets every line. */
  readonly destinations: readonly Destination[];
  /** Takes every line instead of them, where lines leave by HTTP. */
  readonly devoHttp?: DevoHttp;
  /**
   * 1.2 unless the user says otherwise: under 1.3 a server judges the client certificate after the handshake, so that
   * what is written meanwhile to one that refuses it is lost.
   */
  readonly highestTls: TlsVersion;
  /** Whether graphtap starts the shipper, and has it write, listen and last no more than it must. @default false */
  readonly isSupervised?: boolean;
}

/** Devo's HTTP endpoint. */
export interface DevoHttp {
  /** Host, and port where it is not 443. */
  readonly endpoint: string;
  /** The file that holds domain and token as JSON, absolute. */
  readonly secret: string;
}

/** Devo's end. */
export interface Destination {
  readonly address: string;
  readonly port: number;
  /** Files for mutual TLS; `null` for plain TCP, as an in-house relay takes it. */
  readonly tls: TlsFiles | null;
}

/** What Devo hands out for a domain: absolute paths of PEM files. */
export interface TlsFiles {
  readonly chain: string;
  readonly cert: string;
  readonly key: string;
}

/** Where a service of the system writes, and nowhere else: a unit with ProtectSystem=strict cannot write below /etc. */
export const SERVICE_FOLDER = "/var/lib/graphtap";

/** What is written to: beside the configuration's folder, or where a service may write, for one below /etc. */
export function foldersOf(
  home: string,
  stateDir: string,
): Pick<ShipperSettings, "state" | "buffer" | "spool"> {
  const isSystems = (folder: string) => `${folder}/`.startsWith("/etc/");
  const beside = isSystems(home) ? SERVICE_FOLDER : home;
  return {
    ...(isSystems(stateDir) ? { state: join(SERVICE_FOLDER, "state") } : {}),
    buffer: join(beside, "buffer"),
    spool: join(beside, "spool", "events.log"),
  };
}

/** The settings that the files in `fluent-bit/` and `vector/` show. */
export const EXAMPLE: ShipperSettings = {
  program: ["graphtap"],
  config: "/etc/graphtap/config/config.yaml",
  state: `${SERVICE_FOLDER}/state`,
  buffer: `${SERVICE_FOLDER}/buffer`,
  spool: `${SERVICE_FOLDER}/spool/events.log`,
  destinations: [{
    address: "collector-us.devo.io",
    port: 443,
    tls: {
      chain: "/etc/graphtap/certs/chain.crt",
      cert: "/etc/graphtap/certs/domain.crt",
      key: "/etc/graphtap/certs/domain.key",
    },
  }],
  highestTls: "1.2",
};

/** The same of the files that leave by HTTP. */
export const EXAMPLE_HTTP: DevoHttp = {
  endpoint: "http-us.devo.io",
  secret: "/etc/graphtap/certs/devo-http.json",
};

/** The name of a way out to Devo, the first being number 0. */
export function wayOutName(index: number): string {
  return index === 0 ? "devo" : `devo_${index + 1}`;
}

/** Seconds between heartbeats: Devo closes what was silent for 30. */
export const HEARTBEAT_SECONDS = 10;
/** Seconds from one interval pull to the next, and how long it may take: less than the time to the next. */
export const INTERVAL_SECONDS = 60;
export const DEADLINE_SECONDS = 45;

/** Seconds for what is under way when a shipper that graphtap started is told to stop: containers give ten for all. */
export const STOP_SECONDS = 5;

/** As an orphan it would hold on to the state folder, and to the ports that it inherited from the shipper. */
const CHILD = "--exit-with-parent";

/** The longest line that the configurations carry: one record of 60 MiB was tried. */
export const LONGEST_LINE_MIB = 64;

/** The words of the graphtap command that belongs to a way in. */
export function graphtapWords(
  { program, config, state, spool }: ShipperSettings,
  via: WayIn,
  to: string,
): string[] {
  const own = ["--format", "devo", "-c", config, ...(state === undefined ? [] : ["--state", state])];
  if (via === "interval") {
    return [...program, "pull", "--due", "--deadline", String(DEADLINE_SECONDS), ...own, CHILD];
  }
  const run = [...program, "run", ...own, "--heartbeat", String(HEARTBEAT_SECONDS)];
  if (via === "exec") return [...run, CHILD];
  if (via === "http") return [...run, "--to", ...to.split(" ")];
  if (via === "file") return [...run, "--to", `file:${spool}`];
  return run;
}

/** How graphtap is started beside the shipper, as comment lines; nothing where it is graphtap that starts the shipper. */
export function startNote(settings: ShipperSettings, via: WayIn, to: string): string {
  return settings.isSupervised ? "" : `# Start graphtap beside it, by a unit or container of its own:
#   ${shellCommand(graphtapWords(settings, via, to))}
`;
}

/** Every text of a user's own that is written down in the configuration of a shipper. */
export function textsOf(settings: ShipperSettings): string[] {
  const { program, config, state = "", buffer, spool, destinations, devoHttp, isSupervised } = settings;
  const ends = destinations.flatMap(({ address, tls }) => [address, ...Object.values(tls ?? {})]);
  const start = isSupervised ? [] : [...program, config, state];
  return [...start, buffer, spool, ...ends, ...Object.values(devoHttp ?? {})];
}
