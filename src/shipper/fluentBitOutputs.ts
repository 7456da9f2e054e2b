/** The ways of lines out of Fluent Bit. */
import { yamlText } from "./quote.ts";
import type { ShipperSettings } from "./settings.ts";

/** To Devo, one line for each record of Fluent Bit; `key` is where the line stands in it. */
export function devoOutput({ destination: { address, port, tls } }: ShipperSettings, key: string): string {
  return `- name: tcp
  alias: devo
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
  # With TLS 1.3 Fluent Bit counts lines as sent to a server that then refuses the certificate, and resets the
  # connection at its own stop: both lose what is in flight. Needs Fluent Bit 4.0 or later.
  tls.max_version: TLSv1.2
  tls.ca_file: ${yamlText(tls.chain)}
  tls.crt_file: ${yamlText(tls.cert)}
  tls.key_file: ${yamlText(tls.key)}
  # If OpenSSL finds the domain's certificate too weak ("ca md too weak", "ee key too small"):
  # tls.ciphers: DEFAULT@SECLEVEL=1
`
  }`;
}

/** To a file, for trying. */
export function fileOutput(key: string): string {
  return `- name: file
  alias: try
  match: graphtap
  path: /tmp
  file: graphtap.log
  format: template
  template: "{${key}}"
`;
}
