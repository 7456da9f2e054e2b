/** Configurations of Vector, and the files in `vector/`: both from the pieces below, so they cannot drift. */
import { GraphtapError } from "../errors.ts";
import { comment, indent, refuse, yamlText } from "./quote.ts";
import {
  type Destination,
  EXAMPLE,
  EXAMPLE_HTTP,
  type ShipperSettings,
  textsOf,
  type WayIn,
  wayOutName,
} from "./settings.ts";
import { DISK_BUFFER, type VectorBlocks, writeBlocks } from "./vectorBlocks.ts";
import { devoHttpBlocks, TESTS } from "./vectorHttp.ts";
import { type VectorWayIn, vectorWays } from "./vectorSources.ts";

const dataDir = ({ buffer }: ShipperSettings) =>
  `# Disk buffers and positions.
data_dir: ${yamlText(`${buffer}/vector`)}
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
  }${indent(DISK_BUFFER, 2)}`;
}

/** To Devo, the way that the settings say. */
function waysOut(settings: ShipperSettings): VectorBlocks {
  const { destinations, devoHttp } = settings;
  if (devoHttp !== undefined) return devoHttpBlocks(devoHttp, settings);
  return {
    sinks: destinations.map((destination, index) => devoSink(destination, wayOutName(index))).join(""),
  };
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
  const { about, blocks } = vectorWays[via];
  return `${comment(`${head}\n\n${about}`)}
${dataDir(settings)}
${writeBlocks(blocks(settings), waysOut(settings))}`;
}

const FILES: Readonly<Record<VectorWayIn, string>> = {
  exec: "exec.yaml",
  interval: "exec-interval.yaml",
  http: "http.yaml",
  file: "file.yaml",
};

/** The files in `vector/` by their names. */
export function vectorFiles(): Readonly<Record<string, string>> {
  const ins = Object.entries(vectorWays).map(([via, { about, blocks }]) => {
    const name = FILES[via as VectorWayIn];
    const head = comment(`${about}\nTogether with a way out: vector -c ${name} -c to-devo-http.yaml`);
    return [name, `${head}\n${dataDir(EXAMPLE)}\n${writeBlocks(blocks(EXAMPLE))}`];
  });
  const wayOut = (about: string, blocks: VectorBlocks) => `${comment(about)}\n${writeBlocks(blocks)}`;
  return {
    ...Object.fromEntries(ins) as Record<string, string>,
    "to-devo-http.yaml": wayOut(
      "The way out to Devo's HTTP endpoint: each request is answered, and one that is not is sent again.",
      devoHttpBlocks(EXAMPLE_HTTP, EXAMPLE),
    ),
    "to-devo.yaml": wayOut(
      "The way out to Devo or a relay over TLS with a client certificate: nothing tells what has arrived.",
      waysOut(EXAMPLE),
    ),
    "to-file.yaml": wayOut(
      "A way out for trying: the lines as Devo would get them, in /tmp/graphtap.log.",
      { sinks: FILE_SINK },
    ),
    "tests.yaml": TESTS,
  };
}
