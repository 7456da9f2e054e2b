/** The way out of Vector to Devo's HTTP endpoint, and the tests that Vector itself runs on it. */

/** Takes each line apart, and sends the message to an address that holds its tag. */
export const DEVO_HTTP = `transforms:
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
