import { describe, expect, it } from "vitest";
import { decodeString, decodeStrings } from "../../../src/json/decode.ts";
import { createFieldReader } from "../../../src/json/fields.ts";
import { latin1, utf8 } from "../../support/framed.ts";

/** The raw values that a reader finds, read in the middle of other bytes. */
function read(record: string, paths: string[], reader = createFieldReader(paths)): (string | null)[] {
  const bytes = utf8(`{"id":"before"},${record},{"id":"after"}`);
  const start = 16;
  const slices = reader.read(bytes, start, start + utf8(record).length);
  return paths.map((_, i) => {
    const [from, to] = [slices[2 * i] as number, slices[2 * i + 1] as number];
    return from === -1 && to === -1 ? null : latin1(bytes.subarray(from, to));
  });
}

describe("fields", () => {
  it.each<[string, string, string[], (string | null)[]]>([
    ["a string, with its quotes", '{"id":"x","a":1}', ["id"], ['"x"']],
    [
      "any kind of value",
      '{"a":1.0,"b":null,"c":[1,"]"],"d":{"e":"}"},"f":true}',
      ["f", "d", "c", "b", "a"],
      ["true", '{"e":"}"}', '[1,"]"]', "null", "1.0"],
    ],
    ["a value amid white space", '{ "id"\r\n:\t"x" , "a" : 7 }', ["a", "id"], ["7", '"x"']],
    ["a nested value", '{"v":{"a":1,"p":"x"},"p":"top"}', ["v/p", "p"], ['"x"', '"top"']],
    ["values three levels down", '{"a":{"b":{"c":1},"d":2}}', ["a/b/c", "a/d"], ["1", "2"]],
    ["an object and what is in it", '{"a":{"b":1}}', ["a", "a/b"], ['{"b":1}', "1"]],
    ["the same path twice", '{"id":1}', ["id", "id"], ["1", "1"]],
    ["the asked depth only", '{"a":{"id":1},"b":[{"id":2}],"id":3}', ["id"], ["3"]],
    ["nothing where there is nothing", '{"a":1}', ["id", "a", "x/y"], [null, "1", null]],
    ["nothing in an empty record", "{ }", ["id"], [null]],
    ["nothing below a missing object", '{"b":{"p":1}}', ["v/p"], [null]],
    ["nothing below null", '{"v":null,"p":1}', ["v/p", "p"], [null, "1"]],
    ["nothing below an array", '{"v":[{"p":1}],"p":2}', ["v/p", "p"], [null, "2"]],
    ["nothing below a string", '{"v":"{\\"p\\":1}"}', ["v/p"], [null]],
    ["the first of equal keys", '{"id":1,"id":2}', ["id"], ["1"]],
    ["the first of equal objects", '{"v":{"a":1},"v":{"p":2},"x":3}', ["v/p", "x"], [null, "3"]],
    ["a key with an escape", '{"\\u0069d":1}', ["id"], ["1"]],
    ["a key with a quote", '{"a\\"b":1,"a":2}', ["a", 'a"b'], ["2", "1"]],
    ["a key of other letters", '{"é":1,"\\u00fc":2}', ["ü", "é"], ["2", "1"]],
    ["no key that only begins alike", '{"idx":1,"i":2,"Id":3}', ["id"], [null]],
    ["no value that looks like a key", '{"a":"id","b":["id",":",5]}', ["id"], [null]],
    ["strings that end in backslashes", '{"a":"\\\\","b":"\\\\\\"","id":"x\\\\"}', ["id"], ['"x\\\\"']],
  ])("are %s", (_, record, paths, expected) => {
    expect(JSON.parse(record)).toBeDefined();
    expect(read(record, paths)).toEqual(expected);
  });

  it("do not linger from one record to the next", () => {
    const paths = ["id", "v/p"];
    const reader = createFieldReader(paths);
    expect(read('{"id":1,"v":{"p":2}}', paths, reader)).toEqual(["1", "2"]);
    expect(read('{"v":{}}', paths, reader)).toEqual([null, null]);
    expect(read('{"v":{"p":3}}', paths, reader)).toEqual([null, "3"]);
  });

  it("are not looked for once all were found", () => {
    // What follows is no JSON: nobody looked.
    expect(read('{"id":1,"v":{"p":2},"x":"', ["v/p", "id"])).toEqual(["2", "1"]);
  });

  it("end in time in bytes that are no record", () => {
    for (
      const record of [
        "",
        "{",
        '{"',
        '{"id',
        '{"id"',
        '{"id":',
        '{"id":"',
        '{"id":"\\',
        '{"id":[{"',
        "[1]",
        '{"a":,,"id":1}',
        '{"a"}',
      ]
    ) {
      const bytes = utf8(record);
      const slices = createFieldReader(["id", "a/b"]).read(bytes, 0, bytes.length);
      expect(Math.max(...slices), record).toBeLessThanOrEqual(bytes.length);
    }
  });
});

describe("decoding", () => {
  const decode = (slice: string) => decodeString(utf8(`[${slice}]`), 1, utf8(slice).length + 1);

  it.each([
    ['"abc"', "abc"],
    ['""', ""],
    ['"é😀\\u00e9"', "é😀é"],
    ['"a\\"b\\\\c\\/d\\n\\ud83d\\ude00"', 'a"b\\c/d\n😀'],
    ['"\\ud800"', "\ud800"],
    ['"\ufeffa"', "\ufeffa"],
    ["null", null],
    ["1.0", null],
    ["true", null],
    ['["a"]', null],
    ['{"a":"b"}', null],
    ["", null],
    ['"', null],
    ['"\\"', null],
    ['"\\x"', null],
    ['"a"b"', null],
  ])("the text of %s is %j", (slice, text) => {
    expect(decode(slice)).toBe(text);
  });

  it("puts U+FFFD for bytes that are no UTF-8", () => {
    expect(decodeString(Uint8Array.of(0x22, 0x61, 0xff, 0x22), 0, 4)).toBe("a\ufffd");
  });

  it.each([
    ['["a","b\\u0063"]', ["a", "bc"]],
    ['[ "a" , 1 , null , ["x"] , {"y":"z"} , "]" , "b" ]', ["a", "]", "b"]],
    ["[]", []],
    ["[ ]", []],
    ['"a"', ["a"]],
    ["null", []],
    ['{"a":"b"}', []],
    ["", []],
  ])("the texts in %s are %j", (slice, texts) => {
    expect(decodeStrings(utf8(`,${slice},`), 1, utf8(slice).length + 1)).toEqual(texts);
  });
});

describe("the beginning of a record", () => {
  it("gives what is whole in it, and at worst a value that reaches its end", () => {
    const text =
      '{"nested":{"id":[1,{"a":"b"}]},"x":"\\u0041\\"}","id":"the id","time":"2026-11-22T16:00:00Z","z":[1,2]}';
    const bytes = new TextEncoder().encode(text);
    const reader = createFieldReader(["id", "time"]);
    const whole = [...reader.read(bytes, 0, bytes.length)];
    for (let end = 1; end < bytes.length; end++) {
      const found = [...reader.read(bytes.slice(0, end), 0, end)];
      for (const slot of [0, 2]) {
        if (found[slot]! >= 0 && found[slot + 1]! < end) {
          expect(found.slice(slot, slot + 2), `of ${end} bytes`).toEqual(whole.slice(slot, slot + 2));
        }
      }
    }
  });
});
