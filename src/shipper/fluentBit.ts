/** Configurations of Fluent Bit, and the files in `fluent-bit/`: both from the pieces below, so they cannot drift. */
import { fluentBitWays } from "./fluentBitInputs.ts";
import { comment, indent, refuse, yamlText } from "./quote.ts";
import {
  type Destination,
  EXAMPLE,
  type ShipperSettings,
  STOP_SECONDS,
  textsOf,
  type TlsVersion,
  type WayIn,
  wayOutName,
} from "./settings.ts";

/** Another user of the host could have the port, and Fluent Bit would not start. */
const COUNTERS = `  # Counters and health: curl -s 127.0.0.1:2020/api/v1/storage shows what waits on disk.
  http_server: on
  http_listen: 127.0.0.1
  http_port: 2020
`;

function service({ buffer, isSupervised }: ShipperSettings): string {
  return `service:
  flush: 1
  # Seconds for what is under way when Fluent Bit is told to stop; the rest waits on disk for the next start.
  grace: ${isSupervised ? STOP_SECONDS : 30}
  log_level: info
${isSupervised ? "" : COUNTERS}  # Seconds that a retry waits at most; 2000 unless set.
  scheduler.cap: 30
  storage.path: ${yamlText(`${buffer}/fluent-bit`)}
  storage.sync: full
  storage.metrics: on
`;
}

const TLS_1_2 =
  `  # With TLS 1.3 Fluent Bit counts lines as sent to a server that then refuses the certificate, and resets the
  # connection at its own stop: both lose what is in flight. Needs Fluent Bit 4.0 or later.
  tls.max_version: TLSv1.2
`;

/** To Devo, one line for each record of Fluent Bit; `key` is where the line stands in it. */
function devoOutput(
  { address, port, tls }: Destination,
  highestTls: TlsVersion,
  alias: string,
  key: string,
): string {
  return `- name: tcp
  alias: ${alias}
  match: graphtap
  host: ${yamlText(address)}
  port: ${port}
  # The line as it is and a line feed: nothing is parsed or printed again.
  raw_message_key: $${key}
  # One retry unless set, and then the whole chunk is thrown away.
  retry_limit: no_limits
  workers: 1
  # Devo closes a connection that was idle for 30 s, and what is written into it is lost: close it first.
  net.keepalive_idle_timeout: 20
  net.connect_timeout: 10
${
    tls === null ? "" : `  tls: on
  tls.verify: on
  tls.verify_hostname: on
  tls.vhost: ${yamlText(address)}
${highestTls === "1.2" ? TLS_1_2 : ""}  tls.ca_file: ${yamlText(tls.chain)}
  tls.crt_file: ${yamlText(tls.cert)}
  tls.key_file: ${yamlText(tls.key)}
  # If OpenSSL finds the domain's certificate too weak ("ca md too weak", "ee key too small"): start Fluent Bit with
  # OPENSSL_CONF=FILE, where README.md says what is in it. tls.ciphers comes too late for the own certificate.
`
  }`;
}

function devoOutputs({ destinations, highestTls }: ShipperSettings, key: string): string {
  return destinations.map((destination, index) => devoOutput(destination, highestTls, wayOutName(index), key))
    .join("");
}

/** To a file, for trying. */
function fileOutput(key: string): string {
  return `- name: file
  alias: try
  match: graphtap
  path: /tmp
  file: graphtap.log
  format: template
  template: "{${key}}"
`;
}

/** A user's whole configuration, to Devo. @throws config-invalid for paths that cannot be written down in it */
export function fluentBitConfig(settings: ShipperSettings, via: WayIn, head: string): string {
  for (const value of textsOf(settings)) refuse("it", value, /\$\{/, "Fluent Bit");
  // The shell has words for these, the list of files of a tail has not.
  if (via === "file") refuse("it", settings.spool, /[*?[\],\s]/, "Fluent Bit");
  const way = fluentBitWays[via];
  return `${comment(`${head}\n\n${way.about}`)}
${service(settings)}
${way.parsers === undefined ? "" : `${way.parsers}\n`}pipeline:
  inputs:
${indent(way.input(settings), 4)}
  outputs:
${indent(devoOutputs(settings, way.key), 4)}`;
}

const FILES: Readonly<Record<WayIn, string>> = {
  exec: "exec.yaml",
  interval: "exec-interval.yaml",
  stdin: "stdin.yaml",
  http: "http.yaml",
  file: "tail.yaml",
};

/** The files in `fluent-bit/` by their names. */
export function fluentBitFiles(): Readonly<Record<string, string>> {
  const ins = Object.entries(fluentBitWays).map(([via, way]) => [
    FILES[via as WayIn],
    `${comment(way.about)}
${service(EXAMPLE)}
# The key that holds the line, for the files of the ways out.
env:
  LINE: ${way.key}

# To Devo; or to-file.yaml, to try.
includes:
  - to-devo.yaml

${way.parsers === undefined ? "" : `${way.parsers}\n`}pipeline:
  inputs:
${indent(way.input(EXAMPLE), 4)}`,
  ]);
  const devo = `${comment("The way out to Devo, over TLS with a client certificate.")}
pipeline:
  outputs:
${indent(devoOutputs(EXAMPLE, "${LINE}"), 4)}`;
  const file = `${comment("A way out for trying: the lines as Devo would get them, in /tmp/graphtap.log.")}
pipeline:
  outputs:
${indent(fileOutput("${LINE}"), 4)}`;
  return Object.fromEntries([...ins, ["to-devo.yaml", devo], ["to-file.yaml", file]]);
}
