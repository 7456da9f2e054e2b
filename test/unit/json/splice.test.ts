import { describe, expect, it } from "vitest";
import { createByteBuilder } from "../../../src/json/builder.ts";
import { appendRecord } from "../../../src/json/splice.ts";
import { latin1, utf8 } from "../../support/framed.ts";

/** The record with members added, whatever lies around it and wherever in memory it is. */
function spliced(record: string, members: string): string {
  const results = [0, 1, 2, 3, 4, 5].map((before) => {
    const out = createByteBuilder(8);
    const bytes = utf8("\n".repeat(before) + record + "\r\n\0");
    appendRecord(out, bytes, before, before + utf8(record).length, utf8(members));
    return latin1(out.bytes());
  });
  expect(new Set(results).size).toBe(1);
  return results[0] as string;
}

describe("added members", () => {
  const added = '"@devo_environment":"prod","@devo_pulling_id":"1"';

  it.each([
    ['{"a":1}', `{"a":1,${added}}`],
    ["{}", `{${added}}`],
    ["{ }", `{ ${added}}`],
    ['{"a":{}}', `{"a":{},${added}}`],
    ['{"a":1 }', `{"a":1 ,${added}}`],
    ['{\r\n  "a": "x\\n",\r\n\t"b": 2\r\n}', `{    "a": "x\\n",  \t"b": 2  ,${added}}`],
    ["{\r\n}", `{  ${added}}`],
  ])("go before the last brace of %j", (record, expected) => {
    expect(spliced(record, added)).toBe(expected);
  });

  it("may be none", () => {
    expect(spliced('{"a":1.0, "b":{} }', "")).toBe('{"a":1.0, "b":{} }');
    expect(spliced("{}", "")).toBe("{}");
    expect(spliced("{\n}", "")).toBe("{ }");
  });
});

describe("line breaks", () => {
  it.each([..."\r\n\0"])("%j becomes a space wherever it stands", (char) => {
    for (let length = 2; length < 24; length++) {
      for (let at = 0; at < length; at++) {
        const record = "x".repeat(at) + char + "x".repeat(length - at - 1);
        expect(spliced(record, "")).toBe(record.replace(char, " "));
      }
    }
  });

  it("alone are replaced: tabs, other control characters and high bytes stay", () => {
    const record = '{"a":\t"\x01\x1f\x7f\u0080é😀\u2028"}';
    expect(spliced(record, "")).toBe(latin1(utf8(record)));
  });
});

describe("a byte builder", () => {
  it("keeps what is appended while it grows", () => {
    const out = createByteBuilder(4);
    out.append(utf8("ab"));
    out.appendByte(0x63);
    out.appendSlice(utf8("__defghij__"), 2, 9);
    out.append(new Uint8Array(0));
    expect([latin1(out.bytes()), out.length]).toEqual(["abcdefghij", 10]);
    out.clear();
    out.append(utf8("z"));
    expect([latin1(out.bytes()), out.length]).toEqual(["z", 1]);
  });

  it("doubles, so that many small appends cost few copies", () => {
    const out = createByteBuilder(16);
    const buffers = new Set<ArrayBufferLike>();
    for (let i = 0; i < 100_000; i++) {
      out.appendByte(i & 0xff);
      buffers.add(out.bytes().buffer);
    }
    expect(buffers.size).toBeLessThan(20);
    expect(out.bytes()[99_999]).toBe(99_999 & 0xff);
  });

  it("keeps its memory for the next use, but not a giant's", () => {
    const out = createByteBuilder(1024);
    out.append(new Uint8Array(500_000));
    const usual = out.bytes().buffer;
    out.clear();
    out.appendByte(1);
    expect(out.bytes().buffer).toBe(usual);
    out.append(new Uint8Array(5_000_000));
    out.clear();
    out.appendByte(1);
    expect(out.bytes().buffer.byteLength).toBe(1024);
  });
});
