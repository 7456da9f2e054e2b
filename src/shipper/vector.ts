/** Configurations of Vector, and the files in `vector/`: both from the pieces below, so they cannot drift. */
import { GraphtapError } from "../errors.ts";
import { comment, indent, refuse, yamlText } from "./quote.ts";
import {
  type Destination,
  EXAMPLE,
  type ShipperSettings,
  textsOf,
  type WayIn,
  wayOutName,
} from "./settings.ts";
import { DEVO_HTTP, TESTS } from "./vectorHttp.ts";
import { type VectorWayIn, vectorWays } from "./vectorSources.ts";

const dataDir = ({ buffer }: ShipperSettings) =>
  `# Disk buffers and positions.
data_dir: ${yamlText(`${buffer}/vector`)}
`;

const BUFFER = `  # Turns the source's acknowledgements on, where it has them.
  acknowledgements: {enabled: true}
  buffer:
    type: disk
    # When it is full, Vector stops reading.
    max_size: 1073741824
    when_full: block
`;

/** To Devo over TCP. */
function devoSink({ address, port, tls }: Destination, name: string): string {
  return `${name}:
  type: socket
  inputs: [graphtap]
  mode: tcp
  address: ${yamlText(`${address.includes(":") ? `[${address}]` : address}:${port}`)}
  # The line as it is and a line feed: nothing is parsed or printed again.
  encoding: {codec: text}
  framing: {method: newline_delimited}
  # Devo closes a connection that was idle for 30 s, and this sink notices only after it has written into it: those
  # lines are lost. graphtap's heartbeat keeps the connection from going idle; do not turn it off.
  keepalive: {time_secs: 10}
  # What is here when Devo's end breaks is lost, so little of it.
  send_buffer_bytes: 65536
${
    tls === null ? "" : `  tls:
    enabled: true
    ca_file: ${yamlText(tls.chain)}
    crt_file: ${yamlText(tls.cert)}
    key_file: ${yamlText(tls.key)}
    verify_certificate: true
    verify_hostname: true
`
  }${BUFFER}`;
}

function devoSinks({ destinations }: ShipperSettings): string {
  return destinations.map((destination, index) => devoSink(destination, wayOutName(index))).join("");
}

/** To a file, for trying. */
const FILE_SINK = `try:
  type: file
  inputs: [graphtap]
  path: /tmp/graphtap.log
  encoding: {codec: text}
  acknowledgements: {enabled: true}
`;

/** A user's whole configuration, to Devo. @throws usage, config-invalid for what cannot be written down in it */
export function vectorConfig(settings: ShipperSettings, via: WayIn, head: string): string {
  if (via === "stdin") {
    throw new GraphtapError("usage", `--via is "stdin", which is for fluent-bit only; take exec for vector`);
  }
  // Vector replaced variables in all texts up to 0.56; the files source reads patterns.
  for (const value of textsOf(settings)) refuse("it", value, /\$|\{\{|SECRET\[/, "Vector");
  if (via === "file") refuse("it", settings.spool, /[*?[\]{}\\]/, "Vector");
  const way = vectorWays[via];
  const [own = "", sinks = ""] = (way.rest ?? "").split("\nsinks:\n");
  return `${comment(`${head}\n\n${way.about}`)}
${dataDir(settings)}
sources:
${indent(way.source(settings), 2)}
${own === "" ? "" : `${own}\n`}sinks:
${sinks === "" ? "" : `${sinks}\n`}${indent(devoSinks(settings), 2)}`;
}

const FILES: Readonly<Record<VectorWayIn, string>> = {
  exec: "exec.yaml",
  interval: "exec-interval.yaml",
  http: "http.yaml",
  file: "file.yaml",
};

/** The files in `vector/` by their names. */
export function vectorFiles(): Readonly<Record<string, string>> {
  const ins = Object.entries(vectorWays).map(([via, way]) => [
    FILES[via as VectorWayIn],
    `${
      comment(`${way.about}\nTogether with a way out: vector -c ${FILES[via as VectorWayIn]} -c to-devo.yaml`)
    }
${dataDir(EXAMPLE)}
sources:
${indent(way.source(EXAMPLE), 2)}${way.rest === undefined ? "" : `\n${way.rest}`}`,
  ]);
  return Object.fromEntries([
    ...ins,
    [
      "to-devo.yaml",
      `${comment("The way out to Devo, over TLS with a client certificate.")}
sinks:
${indent(devoSinks(EXAMPLE), 2)}`,
    ],
    [
      "to-devo-http.yaml",
      `${comment("The way out to Devo's HTTP endpoint, where TCP or client certificates are not possible.")}
${DEVO_HTTP}`,
    ],
    [
      "to-file.yaml",
      `${comment("A way out for trying: the lines as Devo would get them, in /tmp/graphtap.log.")}
sinks:
${indent(FILE_SINK, 2)}`,
    ],
    ["tests.yaml", TESTS],
  ]);
}
