import { describe, expect, it } from "vitest";
import { createFramers } from "../../../src/json/framer.ts";
import { createPageScanner } from "../../../src/json/scanner.ts";
import { cut, latin1, utf8 } from "../../support/framed.ts";
import { expected, length, nasty } from "../../support/nastyPage.ts";

const asLatin1 = (text: string) => latin1(utf8(text));

describe("a record leaves as the bytes that arrived", () => {
  it.each([
    ["a trailing zero", '{"a":1.0}'],
    [
      "more digits than a double holds",
      '{"a":12345678901234567890,"b":0.1000000000000000055511151231257827}',
    ],
    ["an exponent", '{"a":1E+2,"b":1e400,"c":-0.5e-3}'],
    ["minus zero", '{"a":-0}'],
    ["equal keys", '{"a":1,"a":2}'],
    ["keys like integers", '{"b":1,"10":2,"9":3}'],
    ["escaped slashes", '{"a":"https:\\/\\/x"}'],
    ["escaped and plain letters", '{"a":"\\u00e9é\\ud83d\\ude00😀","\\u0069d":1}'],
    ["a lone surrogate", '{"a":"\\ud800"}'],
    ["brackets in strings", '{"a":"}{][","}":"{","]}]}":[]}'],
    ["escaped quotes", '{"a":"\\"}\\"","b\\"":"\\\\","c":"\\\\\\"}"}'],
    ["JSON inside a string", '{"a":"{\\"value\\":[{\\"b\\":\\"\\\\\\"}\\"}]}"}'],
    ['nested "value" keys', '{"value":[{"value":[1,"value"]}],"a":{"value":"value"}}'],
    ["nothing", "{}"],
    ["nothing but space", "{ \r\n\t }"],
    ["white space in every place", '{ "a" : [ 1 , { } , [ ] , true ] ,\r\n\t"b" : { "c" : null } }'],
    ["every literal", '{"a":true,"b":false,"c":null,"d":[true,false,null,0,-1,"",[],{}]}'],
    ["deep nesting", `{"a":${"[".repeat(500)}${'{"b":'.repeat(500)}0${"}".repeat(500)}${"]".repeat(500)}}`],
    ["DEL and U+2028", '{"a":"\x7f\u2028\u0080"}'],
  ])("with %s", (_, record) => {
    const page = `{"@odata.count":2,"value":[${record},{"id":"next"}]}`;
    const expected = [asLatin1(record), '{"id":"next"}'];
    for (const sizes of [[], [1], [7]]) expect(cut(page, sizes).texts).toEqual(expected);
  });

  it("with bytes that are no UTF-8", () => {
    const record = Uint8Array.of(...utf8('{"a":"'), 0xff, 0xc3, 0x28, 0xed, 0xa0, 0x80, ...utf8('"}'));
    const page = Uint8Array.of(...utf8('{"value":['), ...record, ...utf8("]}"));
    for (const sizes of [[], [1]]) expect(cut(page, sizes).texts).toEqual([latin1(record)]);
  });
});

describe("the array of records", () => {
  const link = '"@odata.nextLink":"https://graph.microsoft.com/v1.0/x?$skiptoken=a\\u0026b"';
  const found = {
    nextLink: "https://graph.microsoft.com/v1.0/x?$skiptoken=a&b",
    texts: ['{"id":1}', '{"id":2}'],
  };

  it.each([
    ["the link before it", `{${link},"value":[{"id":1},{"id":2}]}`],
    ["the link behind it", `{"value":[{"id":1},{"id":2}],${link}}`],
    ["a byte order mark", `\ufeff{"value":[{"id":1},{"id":2}],${link}}`],
    ["space around everything", ` \r\n{ "value"\t: \r\n[ {"id":1}\r\n,\r\n{"id":2} ] , ${link} } \r\n`],
    [
      '"value" below another key',
      `{"a":{"value":[{"id":0}]},"value":[{"id":1},{"id":2}],${link},"b":{"value":[{}]}}`,
    ],
    [
      '"value" in an array',
      `{"a":[{"value":[{"id":0}]},"value",["value"]],"value":[{"id":1},{"id":2}],${link}}`,
    ],
    ['"value" as a text', `{"a":"value","value":[{"id":1},{"id":2}],${link},"b":"value"}`],
    ['"value": [ inside a text', `{"a":"\\"value\\":[{}]","value":[{"id":1},{"id":2}],${link}}`],
    ["a key that ends like it", `{"a\\"value":[{"id":0}],"xvalue":[0],"value":[{"id":1},{"id":2}],${link}}`],
    ["a key that begins like it", `{"value2":[{"id":0}],"value":[{"id":1},{"id":2}],${link}}`],
    ["a key of another case", `{"Value":[{"id":0}],"value":[{"id":1},{"id":2}],${link}}`],
  ])("is found with %s", (_, page) => {
    for (const sizes of [[], [1], [3]]) {
      expect(cut(page, sizes)).toEqual({ ...found, records: 2, bytes: utf8(page).length });
    }
  });

  it("may be empty, and without a link the page is the last one", () => {
    expect(cut('{"value":[]}')).toEqual({ nextLink: null, records: 0, bytes: 12, texts: [] });
    expect(cut('{"value":[ ],"@odata.nextLink":null}').nextLink).toBeNull();
    expect(cut('{"value":[],"@odata.nextLink":""}').nextLink).toBeNull();
  });

  it.each(["@odata.nextlink", "@OData.NextLink", "@ODATA.NEXTLINK", "@nextLink"])(
    "has a link that is called %s",
    (name) => {
      expect(cut(`{"value":[],"${name}":"https://x/"}`).nextLink).toBe("https://x/");
      expect(cut(`{"${name}":null,"value":[]}`).nextLink).toBeNull();
      expect(cut(`{"${name}":"https://y/","value":[],"@odata.nextLink":"https://x/"}`).nextLink).toBe(
        "https://x/",
      );
    },
  );
});

describe("pieces", () => {
  // `test/property/json/scanner.test.ts` tries every size and every place.
  it("may end anywhere", () => {
    expect(JSON.parse(nasty.slice(1)).value).toHaveLength(4);
    for (const size of [1, 2, 3, 7, 16, 61, length - 1, length]) {
      expect(cut(nasty, [size]), `size ${size}`).toEqual(expected);
    }
    for (let first = 1; first < length; first += 5) {
      expect(cut(nasty, [first, length]), `first ${first}`).toEqual(expected);
    }
  });

  it("may be empty", () => {
    const scanner = createPageScanner();
    const texts: string[] = [];
    for (const byte of utf8(nasty)) {
      for (const chunk of [new Uint8Array(0), Uint8Array.of(byte)]) {
        scanner.push(chunk, (bytes, start, end) => texts.push(latin1(bytes.subarray(start, end))));
      }
    }
    expect({ ...scanner.end(), texts }).toEqual(expected);
  });

  it("are handed on without a copy when they hold a record whole", () => {
    const scanner = createPageScanner();
    const chunk = utf8('{"value":[{"a":1},{"b":');
    const seen: [boolean, number, number][] = [];
    const note = (bytes: Uint8Array, start: number, end: number) => {
      seen.push([bytes.buffer === chunk.buffer, start, end]);
    };
    scanner.push(chunk, note);
    scanner.push(utf8("2}]}"), note);
    expect(seen).toEqual([[true, 10, 17], [false, 0, 7]]);
  });
});

describe("limits", () => {
  const page = '{"value":[{"a":1},{"a":"0123456789"},{}]}';
  const recordTooLarge = {
    code: "record-too-large",
    message: 'element 2 of "value" is longer than 17 bytes, the most that is read',
  };

  it.each([[[]], [[1]], [[22, 100]]])("stop a record that is too large, in pieces of %j", (sizes) => {
    expect(() => cut(page, sizes, { maxRecordBytes: 17 })).toThrow(expect.objectContaining(recordTooLarge));
    expect(cut(page, sizes, { maxRecordBytes: 18 }).records).toBe(3);
  });

  it("stop a record that is too large before it ends", () => {
    const scanner = createPageScanner({ maxRecordBytes: 1000 });
    scanner.push(utf8('{"value":[{"a":"'), () => {});
    expect(() => {
      for (let i = 0; i < 11; i++) scanner.push(utf8("x".repeat(100)), () => {});
    }).toThrow(expect.objectContaining({ code: "record-too-large" }));
  });

  describe.each([["the lexer", null], ["the framer", createFramers(1)]])(
    "with somebody to tell, %s",
    (_, framers) => {
      const records = [
        '{"a":1}',
        `{"id":"b","a":"${"x".repeat(3000)}"}`,
        "{}",
        `{"c":[${"1,".repeat(900)}2]}`,
        '{"d":4}',
      ];
      const whole = utf8(`{"value":[${records.join(" , ")}],"@odata.nextLink":"https://x/"}`);

      it.each([whole.length, 1, 7, 64, 500, 1700])("leaves out what is too long, in pieces of %i", (size) => {
        const found: string[] = [];
        const told: string[] = [];
        const tell = (what: string, bytes: Uint8Array, start: number, end: number) => {
          told.push(what);
          const begun = latin1(bytes.subarray(start, end));
          expect(records.some((record) => record.startsWith(begun))).toBe(true);
          // What is known of it is all but the piece in which it became too long.
          expect(begun.length + size).toBeGreaterThan(1500);
        };
        const scanner = createPageScanner({ maxRecordBytes: 1500 }, framers, tell);
        for (let at = 0; at < whole.length; at += size) {
          scanner.push(
            whole.subarray(at, at + size),
            (bytes, start, end) => found.push(latin1(bytes.subarray(start, end))),
          );
        }
        expect(scanner.end()).toEqual({ nextLink: "https://x/", records: 3, bytes: whole.length });
        expect(found).toEqual([records[0], records[2], records[4]]);
        expect(told).toEqual(
          [2, 4].map((n) => `element ${n} of "value" is longer than 1500 bytes, the most that is read`),
        );
        scanner.close();
      });

      it("still sees that a page breaks off in it, or is wrong there", () => {
        for (const wrong of [whole.subarray(0, 2000), utf8(latin1(whole).replace(/x"}/, 'x"]'))]) {
          const scanner = createPageScanner({ maxRecordBytes: 1500 }, framers, () => {});
          expect(() => {
            scanner.push(wrong, () => {});
            scanner.end();
          }).toThrow(expect.objectContaining({ code: "page-invalid" }));
          scanner.close();
        }
      });
    },
  );

  it.each([[[]], [[1]]])("stop a page that is too large, in pieces of %j", (sizes) => {
    expect(() => cut(page, sizes, { maxPageBytes: page.length - 1 })).toThrow(expect.objectContaining({
      code: "page-too-large",
      message: "response is longer than 40 bytes, the most that is read",
    }));
    expect(cut(page, sizes, { maxPageBytes: page.length }).records).toBe(3);
  });

  it.each([
    ["before", `{"a":[${'"0123456789",'.repeat(90_000)}0],"value":[]}`],
    ["behind", `{"value":[],"a":[${'"0123456789",'.repeat(90_000)}0]}`],
    ["instead of", `{"error":{"code":"X","message":"${"x".repeat(1_100_000)}"}}`],
  ])("stop an endless envelope %s the array", (_, envelope) => {
    expect(() => cut(envelope, [65_536])).toThrow(expect.objectContaining({
      code: "page-invalid",
      message: 'response has more than 1 MiB outside a "value" array',
    }));
  });
});

describe("the answer to a hunting query", () => {
  const answer = '{"schema":[{"name":"value","type":"String"}],"results":[{"value":[{"a":1.0}]},{"b":2}]}';

  it("gives the elements of its own array, byte for byte, and no others", () => {
    const records: string[] = [];
    const scanner = createPageScanner({ array: "results" });
    for (const piece of [answer.slice(0, 30), answer.slice(30, 70), answer.slice(70)]) {
      scanner.push(utf8(piece), (bytes, start, end) => records.push(latin1(bytes.slice(start, end))));
    }
    expect(scanner.end()).toMatchObject({ nextLink: null, records: 2 });
    expect(records).toEqual(['{"value":[{"a":1.0}]}', '{"b":2}']);
  });

  it("is refused by the name of that array where it is not there", () => {
    const scanner = createPageScanner({ array: "results" });
    scanner.push(utf8('{"value":[]}'), () => {});
    expect(() => scanner.end()).toThrow('response has no "results" array');
  });
});
