/** Configurations of Vector, and the files in `vector/`: both from the pieces below, so they cannot drift. */
import { GraphtapError } from "../errors.ts";
import { refuse, shellCommand, yamlList, yamlText } from "./shipperQuote.ts";
import {
  EXAMPLE,
  graphtapWords,
  HEARTBEAT_SECONDS,
  INTERVAL_SECONDS,
  LONGEST_LINE_MIB,
  type ShipperSettings,
  type WayIn,
} from "./shipperSettings.ts";

/** The ways in that Vector has; its standard input keeps nothing that `exec` does not keep. */
type VectorWayIn = Exclude<WayIn, "stdin">;

interface Way {
  readonly about: string;
  /** What goes under `sources`, then under `transforms` and further `sinks`, where there are such. */
  readonly source: (settings: ShipperSettings) => string;
  readonly rest?: string;
}

const HTTP_PORT = 8088;
const TO_HTTP = `http://127.0.0.1:${HTTP_PORT}/ingest --body lines`;

// graphtap's log would go to /dev/null otherwise, and with it the reason for every failure.
const LOG_APART = `transforms:
  # graphtap's event lines. What it logs goes to Vector's own log instead of to Devo.
  graphtap:
    type: filter
    inputs: [graphtap_exec]
    condition: .stream == "stdout"
  graphtap_log:
    type: filter
    inputs: [graphtap_exec]
    condition: .stream == "stderr"

sinks:
  graphtap_log:
    type: console
    inputs: [graphtap_log]
    target: stderr
    encoding: {codec: text}
`;

const ways: Readonly<Record<VectorWayIn, Way>> = {
  exec: {
    about: `graphtap as a child of Vector that runs for as long as it does.
An exec source has no acknowledgement: what Vector holds in memory is lost when it is killed (some 3,100 lines).`,
    source: (settings) =>
      `graphtap_exec:
  type: exec
  mode: streaming
  command: ${yamlList(graphtapWords(settings, "exec", TO_HTTP))}
  streaming:
    # After any end, whatever the exit code.
    respawn_on_exit: true
    respawn_interval_secs: 30
  include_stderr: true
  # No framing.newline_delimited.max_length: a longer line would be dropped. maximum_buffer_size_bytes does nothing.
  decoding: {codec: bytes}
`,
    rest: LOG_APART,
  },
  interval: {
    about:
      `One pull every ${INTERVAL_SECONDS} s, of the services whose period has passed: no process stays between.
Vector kills a command that lasts longer than the interval, without warning: the deadline is below it.`,
    source: (settings) =>
      `graphtap_exec:
  type: exec
  mode: scheduled
  command: ${yamlList(graphtapWords(settings, "interval", TO_HTTP))}
  scheduled: {exec_interval_secs: ${INTERVAL_SECONDS}}
  include_stderr: true
  decoding: {codec: bytes}
# A scheduled pull has no heartbeat of its own, and the first lines after a silence would be lost: see to-devo.yaml.
graphtap_heartbeat:
  type: exec
  mode: scheduled
  scheduled: {exec_interval_secs: ${HEARTBEAT_SECONDS}}
  # PRI, date and host as Devo wants them; the date is a placeholder that Devo replaces.
  command: [/bin/echo, '<14>Jan  1 00:00:00 vector my.app.graphtap.heartbeat: {"heartbeat":{"program":"vector"}}']
  include_stderr: false
  decoding: {codec: bytes}
`,
    rest: LOG_APART.replace("inputs: [graphtap_exec]", "inputs: [graphtap_exec, graphtap_heartbeat]"),
  },
  http: {
    about: `graphtap on its own, pushing batches; the way in with an acknowledgement.
Vector answers 200 when a batch is in the sink's disk buffer, since the sink has acknowledgements on.`,
    source: (settings) =>
      `# Start graphtap beside it, by a unit or container of its own:
#   ${shellCommand(graphtapWords(settings, "http", TO_HTTP))}
graphtap:
  type: http_server
  # Whoever can reach the port can write to Devo; see \`auth\` in Vector's documentation, and graphtap's --to.
  address: 127.0.0.1:${HTTP_PORT}
  path: /ingest
  strict_path: true
  method: POST
  response_code: 200
  # No max_length: a longer line would be dropped and answered 200.
  framing: {method: newline_delimited}
  decoding: {codec: bytes}
`,
  },
  file: {
    about: `graphtap on its own, writing a spool; Vector follows it and remembers how far its sinks came.`,
    source: (settings) =>
      `# Start graphtap beside it, by a unit or container of its own:
#   ${shellCommand(graphtapWords(settings, "file", TO_HTTP))}
graphtap:
  type: file
  include: ${yamlList([`${settings.spool}*`])}
  read_from: beginning
  # By inode: two spools may begin with the same bytes.
  fingerprint: {strategy: device_and_inode}
  # The longest line. 100 KiB unless set, and a longer one is dropped.
  max_line_bytes: ${LONGEST_LINE_MIB * 1024 * 1024}
`,
  },
};

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

function devoSink({ destination: { address, port, tls } }: ShipperSettings): string {
  return `devo:
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

const FILE_SINK = `try:
  type: file
  inputs: [graphtap]
  path: /tmp/graphtap.log
  encoding: {codec: text}
  acknowledgements: {enabled: true}
`;

const DEVO_HTTP = `transforms:
  # The tag stands in the address of a request, so the line is taken apart. The message is a slice of it: the record
  # is not parsed. What is no such line goes to a file, since a dropped line would count as delivered.
  devo_parts:
    type: remap
    inputs: [graphtap]
    drop_on_error: true
    drop_on_abort: true
    reroute_dropped: true
    source: |-
      parts = parse_regex!(.message, r'^<\\d{1,3}>[A-Za-z0-9:. -]{15,35}? (?P<host>\\S+) (?P<tag>[A-Za-z0-9_.-]+): (?P<message>.+)$')
      . = {"host": parts.host, "tag": parts.tag, "message": parts.message}

secret:
  devo:
    type: file
    # {"domain": "my-domain", "token": "32 characters, from Credentials, Authentication tokens"}
    path: /etc/graphtap/devo-http.json

sinks:
  devo:
    type: http
    inputs: [devo_parts]
    method: post
    # Also http-eu, http-us3, http-ca; collector-ap.devo.io:8443 in Asia.
    uri: "https://http-us.devo.io/stream/SECRET[devo.domain]/token!SECRET[devo.token]/{{ host }}/{{ tag }}"
    encoding: {codec: text}
    framing: {method: newline_delimited}
    compression: gzip
    # Devo takes 32 MB a request.
    batch: {max_bytes: 8000000, timeout_secs: 5}
    acknowledgements: {enabled: true}
    buffer:
      type: disk
      max_size: 1073741824
      when_full: block

  dead_letter:
    type: file
    inputs: [devo_parts.dropped]
    path: /var/lib/graphtap/buffer/vector-dead-letter.ndjson
    encoding: {codec: json}
    acknowledgements: {enabled: true}
`;

const TESTS = `# vector test to-devo-http.yaml http.yaml tests.yaml
tests:
  - name: a Devo line is taken apart and its message keeps every byte
    inputs:
      - insert_at: devo_parts
        type: log
        log_fields:
          message: '<14>2026-11-22 16:00:00.123 host cloud.azure.ad.audit.2.msgraph: {"b": 1.0,"a":"x: y","b":12345678901234567890}'
    outputs:
      - extract_from: devo_parts
        conditions:
          - type: vrl
            source: |-
              assert_eq!(.host, "host")
              assert_eq!(.tag, "cloud.azure.ad.audit.2.msgraph")
              assert_eq!(.message, s'{"b": 1.0,"a":"x: y","b":12345678901234567890}')

  - name: what is no Devo line is set aside
    inputs:
      - insert_at: devo_parts
        type: log
        log_fields:
          message: '{"tag":"cloud.azure.ad.audit.2.msgraph"}'
    outputs:
      - extract_from: devo_parts.dropped
        conditions:
          - type: vrl
            source: assert_eq!(.message, s'{"tag":"cloud.azure.ad.audit.2.msgraph"}')
`;

/** A user's whole configuration, to Devo. @throws usage, config-invalid for what cannot be written down in it */
export function vectorConfig(settings: ShipperSettings, via: WayIn, head: string): string {
  if (via === "stdin") {
    throw new GraphtapError("usage", `--via is "stdin", which is for fluent-bit only; take exec for vector`);
  }
  const { tls, address } = settings.destination;
  const values = [
    ...settings.program,
    settings.config,
    settings.buffer,
    settings.spool,
    address,
    ...Object.values(tls ?? {}),
  ];
  // Vector replaced variables in all texts up to 0.56; the files source reads patterns.
  for (const value of values) refuse("it", value, /\$|\{\{|SECRET\[/, "Vector");
  if (via === "file") refuse("it", settings.spool, /[*?[\]{}\\]/, "Vector");
  const way = ways[via];
  const [own = "", sinks = ""] = (way.rest ?? "").split("\nsinks:\n");
  return `${comment(`${head}\n\n${way.about}`)}
${dataDir(settings)}
sources:
${indent(way.source(settings))}
${own === "" ? "" : `${own}\n`}sinks:
${sinks === "" ? "" : `${sinks}\n`}${indent(devoSink(settings))}`;
}

const FILES: Readonly<Record<VectorWayIn, string>> = {
  exec: "exec.yaml",
  interval: "exec-interval.yaml",
  http: "http.yaml",
  file: "file.yaml",
};

/** The files in `vector/` by their names. */
export function vectorFiles(): Readonly<Record<string, string>> {
  const ins = Object.entries(ways).map(([via, way]) => [
    FILES[via as VectorWayIn],
    `${
      comment(`${way.about}\nTogether with a way out: vector -c ${FILES[via as VectorWayIn]} -c to-devo.yaml`)
    }
${dataDir(EXAMPLE)}
sources:
${indent(way.source(EXAMPLE))}${way.rest === undefined ? "" : `\n${way.rest}`}`,
  ]);
  return Object.fromEntries([
    ...ins,
    [
      "to-devo.yaml",
      `${comment("The way out to Devo, over TLS with a client certificate.")}
sinks:
${indent(devoSink(EXAMPLE))}`,
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
${indent(FILE_SINK)}`,
    ],
    ["tests.yaml", TESTS],
  ]);
}

function comment(text: string): string {
  return text.split("\n").map((line) => `# ${line}`.trimEnd() + "\n").join("");
}

function indent(block: string): string {
  return block.replace(/^(?=.)/gm, "  ");
}
