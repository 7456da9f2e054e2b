/** The ways of lines out of Vector. */
import { yamlText } from "./quote.ts";
import type { ShipperSettings } from "./settings.ts";

const BUFFER = `  # Turns the source's acknowledgements on, where it has them.
  acknowledgements: {enabled: true}
  buffer:
    type: disk
    # When it is full, Vector stops reading.
    max_size: 1073741824
    when_full: block
`;

/** To Devo over TCP. */
export function devoSink({ destination: { address, port, tls } }: ShipperSettings): string {
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

/** To a file, for trying. */
export const FILE_SINK = `try:
  type: file
  inputs: [graphtap]
  path: /tmp/graphtap.log
  encoding: {codec: text}
  acknowledgements: {enabled: true}
`;
