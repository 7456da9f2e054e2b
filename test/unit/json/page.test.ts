/** What every scanner does with a page: `test/property/json/fuzz.test.ts` asks the same of many more. */
import { describe, expect, it } from "vitest";
import { deepPage, outcomeOf } from "../../support/pageOutcome.ts";
import { judgeSeed, scanners } from "../../support/scannerJudge.ts";
import { latin1, utf8 } from "../../support/framed.ts";

const SEEDS = 12;
const DEEP = 2_000;

it(`${SEEDS} random pages, each as it is and damaged, are taken as JSON.parse takes them`, () => {
  const tally = { pages: 0, accepted: 0, refused: 0 };
  for (let seed = 1; seed <= SEEDS; seed++) judgeSeed(seed, tally);
  // Otherwise the test would judge nothing.
  expect(Math.min(tally.accepted, tally.refused), JSON.stringify(tally)).toBeGreaterThan(SEEDS / 10);
});

describe.each(Object.keys(scanners))("%s", (name) => {
  it.each([
    ["objects", deepPage(DEEP, '{"a":', "1", "}")],
    ["arrays", deepPage(DEEP, "[", "", "]")],
    ["both", deepPage(DEEP, '[{"a":', "null", "}]")],
  ])(`hands out a record of ${DEEP} levels of %s`, (_, document) => {
    expect(outcomeOf(name, document).records.map(({ length }) => length)).toEqual([
      7,
      document.length - '{"value":[{"a":1},,{"c":1}]}'.length,
      7,
    ]);
  });

  it.each([
    ["one level too few", deepPage(DEEP, "[", "", "]").replace("]}", "}")],
    ["one level too many", deepPage(DEEP, "[", "", "]").replace("]}", "]]}")],
    ["a level that ends as another began", deepPage(DEEP, "[", "{]", "]")],
  ])(`refuses a record of ${DEEP} levels with %s, after the one before it`, (_, document) => {
    const { records, refusal } = outcomeOf(name, document);
    expect(records.map(latin1)).toEqual(['{"a":1}']);
    expect(refusal).toMatch(/^page-invalid: /);
  });

  it.each<[string, string | Uint8Array, string[]]>([
    ["CRLF in a pretty-printed page", '{\r\n  "value": [\r\n    {\r\n      "a": 1\r\n    }\r\n  ]\r\n}\r\n', [
      '{\r\n      "a": 1\r\n    }',
    ]],
    ["a byte order mark", '\ufeff{"value":[{}]}', ["{}"]],
    ["lone surrogates", '{"value":[{"a":"\\ud800","\\udfff":"\\udfff\\ud800"}]}', [
      '{"a":"\\ud800","\\udfff":"\\udfff\\ud800"}',
    ]],
    ["the same key twice, once escaped", '{"value":[{"id":1,"id":2,"\\u0069d":3}]}', [
      '{"id":1,"id":2,"\\u0069d":3}',
    ]],
    [
      "bytes that are not UTF-8, within text",
      Uint8Array.of(...utf8('{"value":[{"a":"'), 0xff, 0xc0, 0x80, 0xed, 0xa0, 0x80, ...utf8('"}]}')),
      ['{"a":"\xff\xc0\x80\xed\xa0\x80"}'],
    ],
    ["an escaped NUL", '{"value":[{"a":"\\u0000"}]}', ['{"a":"\\u0000"}']],
  ])("takes %s as it is", (_, document, records) => {
    const found = outcomeOf(name, document);
    expect({ records: found.records.map(latin1), refusal: found.refusal }).toEqual({
      records,
      refusal: null,
    });
  });

  it.each<[string, string | Uint8Array]>([
    ["a raw NUL within text", '{"value":[{"a":"\0"}]}'],
    ["a raw NUL between records", '{"value":[{},\0{}]}'],
    ["a raw line feed within text", '{"value":[{"a":"\n"}]}'],
    ["a byte order mark between records", '{"value":[{},\ufeff{}]}'],
    ["a byte that is not UTF-8 outside text", Uint8Array.of(...utf8('{"value":[{'), 0xff, ...utf8("}]}"))],
    ['"value" twice', '{"value":[{}],"value":[{}]}'],
    ['"value" twice, the second no array', '{"value":[{}],"value":null}'],
    ['"value" twice, one escaped', '{"value":[{}],"\\u0076alue":[{}]}'],
    ...[
      "01",
      "-",
      "+1",
      "1.",
      ".5",
      "1e",
      "1e+",
      "0x1",
      "NaN",
      "Infinity",
      "1_0",
      "-01",
      "--1",
      "1.e1",
      "1..1",
    ]
      .map((number): [string, string] => [`the number ${number}`, `{"value":[{"a":${number}}]}`]),
    ...["\\x", "\\u12", "\\u12g4", "\\", "\\'", "\\U0041"]
      .map((escape): [string, string] => [`the escape ${escape}`, `{"value":[{"a":"${escape}"}]}`]),
  ])("refuses %s", (_, document) => {
    expect(outcomeOf(name, document).refusal).toMatch(/^page-invalid: /);
  });
});
