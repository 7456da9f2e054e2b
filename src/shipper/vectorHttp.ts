/** The way out of Vector to Devo's HTTP endpoint, and the tests that Vector itself runs on it. */
import { indent, yamlText } from "./quote.ts";
import type { DevoHttp, ShipperSettings } from "./settings.ts";
import { DISK_BUFFER, type VectorBlocks } from "./vectorBlocks.ts";

/** Takes each line apart, and sends the message to an address that holds its tag. */
export function devoHttpBlocks(
  { endpoint, secret }: DevoHttp,
  { buffer }: Pick<ShipperSettings, "buffer">,
): VectorBlocks {
  const uri = `https://${endpoint}/stream/SECRET[devo.domain]/token!SECRET[devo.token]/{{ host }}/{{ tag }}`;
  return {
    transforms: PARTS,
    secret: `devo:
  type: file
  # {"domain": "my-domain", "token": "32 characters, from Credentials, Authentication tokens"}
  path: ${yamlText(secret)}
`,
    sinks: `devo:
  type: http
  inputs: [devo_parts]
  method: post
  # By the domain's region: http-us, http-us3, http-eu, http-ca; collector-ap.devo.io:8443 in Asia.
  uri: "${uri}"
  encoding: {codec: text}
  framing: {method: newline_delimited}
  compression: gzip
  # Devo takes 32 MB a request. What is under way when Vector is killed comes again, so little of it.
  batch: {max_bytes: 1000000, timeout_secs: 1}
  # What Devo refuses waits, with all that is behind it, and is tried again. Unless set, lines are dropped for good that
  # are answered 401 or 403, as with a revoked token. Needs Vector 0.56 or later.
  retry_strategy: {type: all}
${indent(DISK_BUFFER, 2)}
dead_letter:
  type: file
  inputs: [devo_parts.dropped]
  path: ${yamlText(`${buffer}/vector-dead-letter.ndjson`)}
  encoding: {codec: json}
  acknowledgements: {enabled: true}
`,
  };
}

const PARTS =
  `# The tag stands in the address of a request, so the line is taken apart. Only its head is read as text: the message is
# the rest, by length, and keeps every byte. What is no such line goes to a file, since a dropped line would count as
# delivered. In an address, a host is letters, digits, ".", "_" and "-"; all else of it becomes "_".
devo_parts:
  type: remap
  inputs: [graphtap]
  drop_on_error: true
  drop_on_abort: true
  reroute_dropped: true
  source: |-
    parts = parse_regex!(slice!(.message, 0, 2048), r'^(?P<head><\\d{1,3}>[A-Za-z0-9:. -]{15,35}? (?P<host>[!-~]+) (?P<tag>[A-Za-z0-9_.-]+): ).')
    . = {
      "host": replace(parts.host, r'^\\.+$|[^A-Za-z0-9._-]', "_"),
      "tag": parts.tag,
      "message": slice!(.message, length(parts.head)),
    }
`;

/** For `vector test`. */
export const TESTS = `# vector test to-devo-http.yaml http.yaml tests.yaml
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

  - name: a message keeps bytes that are no text
    inputs:
      - insert_at: devo_parts
        type: vrl
        source: |-
          . = {"message": "<14>2026-11-22 16:00:00.123 host cloud.azure.ad.audit.2.msgraph: " + decode_base64!("eyJhIjoi/8OpwCJ9")}
    outputs:
      - extract_from: devo_parts
        conditions:
          - type: vrl
            source: |-
              assert_eq!(encode_base64(string!(.message)), "eyJhIjoi/8OpwCJ9")

  - name: a host cannot lead to another address
    inputs:
      - insert_at: devo_parts
        type: log
        log_fields:
          message: '<14>2026-11-22 16:00:00.123 ../a?b#c%2F:d cloud.azure.ad.audit.2.msgraph: {}'
    outputs:
      - extract_from: devo_parts
        conditions:
          - type: vrl
            source: |-
              assert_eq!(.host, ".._a_b_c_2F_d")
              assert_eq!(.message, "{}")

  - name: nor can one of dots alone
    inputs:
      - insert_at: devo_parts
        type: log
        log_fields:
          message: '<14>2026-11-22 16:00:00.123 .. cloud.azure.ad.audit.2.msgraph: {}'
    outputs:
      - extract_from: devo_parts
        conditions:
          - type: vrl
            source: assert_eq!(.host, "_")

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
