/** The ways of lines into Fluent Bit. */
import { shellCommand } from "../telemetry/shellCommand.ts";
import { yamlText } from "./quote.ts";
import {
  graphtapWords,
  INTERVAL_SECONDS,
  LONGEST_LINE_MIB,
  type ShipperSettings,
  startNote,
  type WayIn,
} from "./settings.ts";

/** What differs between the ways in. */
export interface FluentBitWay {
  /** What to know of it, as comment lines. */
  readonly about: string;
  /** The key under which the line stands in Fluent Bit's record. */
  readonly key: string;
  readonly input: (settings: ShipperSettings) => string;
  readonly parsers?: string;
}

const HTTP_PORT = 9880;
const TO_HTTP = `http://127.0.0.1:${HTTP_PORT}/ --body fluent-bit`;

const command = (settings: ShipperSettings, via: WayIn) =>
  shellCommand(graphtapWords(settings, via, TO_HTTP));

/** Every way of lines into Fluent Bit. */
export const fluentBitWays: Readonly<Record<WayIn, FluentBitWay>> = {
  exec: {
    about: `graphtap as a child of Fluent Bit that runs for as long as it does.
What is between graphtap and the disk is lost when Fluent Bit is killed; by http.yaml or tail.yaml nothing was.
Neither the official container image nor its debug variant has the exec plugin: use http.yaml there.
Stop graphtap first, or both at once as systemd does: what it prints last is then read to the end.`,
    key: "exec",
    input: (settings) =>
      `- name: exec
  alias: graphtap
  tag: graphtap
  # Started through sh -c: exec leaves no shell between, so that a signal reaches graphtap itself.
  command: ${yamlText(`exec ${command(settings, "exec")}`)}
  # In a thread of its own: a command that does not end holds up everything else in Fluent Bit's main thread.
  threaded: true
  # graphtap ends by itself only when it cannot go on. Fluent Bit then sends what it has and ends with the same
  # exit code, so that whoever starts Fluent Bit starts both again.
  oneshot: true
  exit_after_oneshot: true
  propagate_exit_code: true
  # The longest line. 4 KiB unless set, and a longer line is cut in pieces without a word.
  buf_size: ${LONGEST_LINE_MIB}M
  # The only kind of storage that loses nothing while Devo is away: an exec input cannot be held up.
  storage.type: filesystem
`,
  },
  interval: {
    about:
      `One pull every ${INTERVAL_SECONDS} s, of the services whose period has passed: no process stays between.
Neither the official container image nor its debug variant has the exec plugin.`,
    key: "exec",
    input: (settings) =>
      `- name: exec
  alias: graphtap
  tag: graphtap
  # Started through sh -c: exec leaves no shell between. A pull ends, position saved, before the next is due.
  command: ${yamlText(`exec ${command(settings, "interval")}`)}
  interval_sec: ${INTERVAL_SECONDS}
  # In a thread of its own: else everything else in Fluent Bit waits while a pull lasts.
  threaded: true
  # The longest line. 4 KiB unless set, and a longer line is cut in pieces without a word.
  buf_size: ${LONGEST_LINE_MIB}M
  # The only kind of storage that loses nothing while Devo is away: an exec input cannot be held up.
  storage.type: filesystem
`,
  },
  stdin: {
    about: `For pipes and for trying: graphtap run --format devo -c FILE | fluent-bit -c stdin.yaml
Fluent Bit ends when graphtap does; nothing starts graphtap again.`,
    key: "line",
    parsers: `# Without a parser this input takes JSON only.
parsers:
  - name: graphtap_line
    format: regex
    # The line feed belongs to it: without, whatever one read of the pipe brought is taken for a line.
    regex: "^(?<line>[^\\\\n]*)\\\\n"
`,
    input: () =>
      `- name: stdin
  alias: graphtap
  tag: graphtap
  parser: graphtap_line
  # The longest line. 16 KB unless set, and a longer one is taken for the end of input: Fluent Bit ends with code 0.
  buffer_size: ${LONGEST_LINE_MIB}M
  storage.type: filesystem
`,
  },
  http: {
    about: `graphtap on its own, pushing batches; the way in with an acknowledgement, and the one to take.
A batch counts as delivered when Fluent Bit has answered 201, which is after it is in the storage folder.`,
    key: "line",
    input: (settings) =>
      `${startNote(settings, "http", TO_HTTP)}- name: http
  alias: graphtap
  tag: graphtap
  # Whoever can reach the port can write to Devo: all interfaces unless set.
  listen: 127.0.0.1
  port: ${HTTP_PORT}
  # The longest request. graphtap's batches are of 1 MiB, but for a single line that is longer.
  buffer_max_size: ${LONGEST_LINE_MIB + 2}M
  # Leave threaded and workers as they are, off and 1: else the answer comes before the line is stored.
  storage.type: filesystem
`,
  },
  file: {
    about: `graphtap on its own, writing a spool; Fluent Bit follows it and remembers how far it came.
No line was lost when graphtap or Fluent Bit was killed, and either may be away for as long as the disk has room.`,
    key: "line",
    input: (settings) =>
      `${startNote(settings, "file", TO_HTTP)}- name: tail
  alias: graphtap
  tag: graphtap
  path: ${yamlText(settings.spool)}*
  key: line
  # A file is read from its start, whether it was there before Fluent Bit or not.
  read_from_head: true
  db: ${yamlText(`${settings.buffer}/fluent-bit-tail.db`)}
  db.sync: full
  # A file has its name for good, but disks give the inode of a deleted file to a new one: both must be the same.
  db.compare_filename: true
  refresh_interval: 5
  # The longest line. 32 KB unless set, and at a longer one the rest of the file is skipped.
  buffer_max_size: ${LONGEST_LINE_MIB}M
  buffer_chunk_size: 1M
  storage.type: filesystem
`,
  },
};
