import { describe, expect, it } from "vitest";
import { createFieldReader } from "../../../src/json/fields.ts";
import { type LineFormat, lineStyle } from "../../../src/record/line.ts";
import { createLines } from "../../../src/record/lines.ts";

const PULL = Date.UTC(2026, 10, 22, 16, 0, 0, 123);
const TAG = "cloud.azure.ad.signin.2.msgraph";

function lineOf(
  record: string,
  format: LineFormat,
  environment: string | null = "prod",
  hostname = "host-1",
): string {
  const bytes = new TextEncoder().encode(record);
  const lines = createLines(lineStyle({
    format,
    service: "signIns",
    input: 'my "input"',
    hostname,
    environment,
    pullStartedMs: PULL,
  }));
  const fields = createFieldReader(["id", "createdDateTime"]).read(bytes, 0, bytes.length);
  lines.add(TAG, bytes, 0, bytes.length, fields, false);
  return new TextDecoder().decode(lines.bytes());
}

const RECORD =
  '{"id":"66ea","createdDateTime":"2026-11-22T15:59:00.1234567Z","n":1.0,"big":12345678901234567890,"é":"\\u00e9\\/","id":"twice"}';
const EVENT = RECORD.slice(0, -1) + ',"@devo_environment":"prod","@devo_pulling_id":"1795363200123"}';

describe("an event line", () => {
  it("is one JSON object whose event is the record as it came, with the added fields at its end", () => {
    expect(lineOf(RECORD, "json")).toBe(
      `{"tag":"${TAG}","service":"signIns","input":"my \\"input\\"","id":"66ea","time":"2026-11-22T15:59:00.1234567Z","event":${EVENT}}\n`,
    );
  });

  it("is a finished Devo line, dated with the pull", () => {
    expect(lineOf(RECORD, "devo")).toBe(`<14>2026-11-22 16:00:00.123 host-1 ${TAG}: ${EVENT}\n`);
  });

  it.each([
    ["two words", "two_words"],
    ["line\r\nfeed", "line__feed"],
    ["", "localhost"],
  ])("has one word for the host %j", (hostname, expected) => {
    expect(lineOf(RECORD, "devo", null, hostname)).toContain(`16:00:00.123 ${expected} ${TAG}: {`);
  });

  it("is the event alone", () => {
    expect(lineOf(RECORD, "record")).toBe(`${EVENT}\n`);
  });

  it("has null for an id and a time that the record does not have", () => {
    expect(JSON.parse(lineOf('{"a":1}', "json"))).toMatchObject({ id: null, time: null, event: { a: 1 } });
  });

  it("leaves @devo_environment out when none is configured", () => {
    expect(lineOf('{"a":1}', "record", null)).toBe('{"a":1,"@devo_pulling_id":"1795363200123"}\n');
  });

  it("is valid JSON for a record without members", () => {
    expect(lineOf("{ }", "record", null)).toBe('{ "@devo_pulling_id":"1795363200123"}\n');
  });

  it.each(["json", "devo", "record"] as const)(
    "stays one line when the record was printed over several: %s",
    (format) => {
      const line = lineOf('{\r\n  "id": "1",\r\n  "createdDateTime": "2026-11-22T15:59:00Z"\r\n}', format);
      expect(line.slice(0, -1)).not.toMatch(/[\r\n\0]/);
      expect(line.endsWith("\n")).toBe(true);
    },
  );
});

it("is one line where the id itself goes over several", () => {
  expect(lineOf('{"id": {\r\n"a": 1}}', "json")).toContain(
    '"id":{  "a": 1},"time":null,"event":{"id": {  "a": 1},',
  );
});
