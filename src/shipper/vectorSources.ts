/** The ways of lines into Vector. */
import { yamlList } from "./quote.ts";
import type { VectorBlocks } from "./vectorBlocks.ts";
import {
  graphtapWords,
  HEARTBEAT_SECONDS,
  INTERVAL_SECONDS,
  LONGEST_LINE_MIB,
  type ShipperSettings,
  startNote,
  type WayIn,
} from "./settings.ts";

/** The ways in that Vector has; its standard input keeps nothing that `exec` does not keep. */
export type VectorWayIn = Exclude<WayIn, "stdin">;

/** What differs between the ways in. */
export interface VectorWay {
  readonly about: string;
  readonly blocks: (settings: ShipperSettings) => VectorBlocks;
}

const HTTP_PORT = 8088;
const TO_HTTP = `http://127.0.0.1:${HTTP_PORT}/ingest --body lines`;

/**
 * Takes apart what a child wrote: its log would go to /dev/null otherwise, and with it the reason for every failure.
 *
 * @param inputs the sources with event lines
 */
const logApart = (inputs: string): VectorBlocks => ({
  transforms: `# graphtap's event lines. What it logs goes to Vector's own log instead of to Devo.
graphtap:
  type: filter
  inputs: [${inputs}]
  condition: .stream == "stdout"
graphtap_log:
  type: filter
  inputs: [graphtap_exec]
  condition: .stream == "stderr"
`,
  sinks: `# No two components share a name, whatever they are.
graphtap_log_out:
  type: console
  inputs: [graphtap_log]
  target: stderr
  encoding: {codec: text}
`,
});

/** Every way of lines into Vector. */
export const vectorWays: Readonly<Record<VectorWayIn, VectorWay>> = {
  exec: {
    about: `graphtap as a child of Vector that runs for as long as it does.
An exec source has no acknowledgement: what Vector holds in memory is lost when it is killed.`,
    blocks: (settings) => ({
      ...logApart("graphtap_exec"),
      sources: `graphtap_exec:
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
    }),
  },
  interval: {
    about:
      `One pull every ${INTERVAL_SECONDS} s, of the services whose period has passed: no process stays between.
Vector kills a command that lasts longer than the interval, without warning: the deadline is below it.`,
    blocks: (settings) => ({
      ...logApart("graphtap_exec, graphtap_heartbeat"),
      sources: `graphtap_exec:
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
    }),
  },
  http: {
    about: `graphtap on its own, pushing batches; the way in with an acknowledgement.
Vector answers 200 when the sink's disk buffer has taken a batch, since the sink has acknowledgements on. Killed in the
moment after, it may not have written the batch yet.`,
    blocks: (settings) => ({
      sources: `${startNote(settings, "http", TO_HTTP)}graphtap:
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
    }),
  },
  file: {
    about: `graphtap on its own, writing a spool; Vector follows it and remembers how far its sinks came.`,
    blocks: (settings) => ({
      sources: `${startNote(settings, "file", TO_HTTP)}graphtap:
  type: file
  include: ${yamlList([`${settings.spool}*`])}
  read_from: beginning
  # A file is known by its first line, which begins with a millisecond of its own. Not by its inode: a new file that
  # gets the inode of a deleted one would be taken for it, and its lines for read.
  fingerprint: {strategy: checksum}
  # The longest line. 100 KiB unless set, and a longer one is dropped.
  max_line_bytes: ${LONGEST_LINE_MIB * 1024 * 1024}
`,
    }),
  },
};
