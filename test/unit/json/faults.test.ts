import { describe, expect, it } from "vitest";
import { GraphtapError } from "../../../src/errors.ts";
import { createPageScanner } from "../../../src/json/scanner.ts";
import { cut, utf8 } from "../../support/framed.ts";

/** The error of a page, checked to be the same however the page is cut. */
function refusal(page: string | Uint8Array): string {
  const messages = [[], [1], [2, 5]].map((sizes) => {
    try {
      cut(page, sizes);
    } catch (error) {
      if (error instanceof GraphtapError) return `${error.code}: ${error.message}`;
      throw error;
    }
    return "accepted";
  });
  expect(new Set(messages).size, messages.join(" | ")).toBe(1);
  return messages[0] as string;
}

describe("a response without records", () => {
  it.each([
    ["", "response is empty: 0 bytes without JSON"],
    [" \r\n", "response is empty: 3 bytes without JSON"],
    ["\ufeff", "response is empty: 3 bytes without JSON"],
    ["{}", 'response has no "value" array'],
    ['{"values":[]}', 'response has no "value" array'],
    ['{"a":{"value":[{}]}}', 'response has no "value" array'],
    ['{"value":null}', 'response has no "value" array: its "value" is null'],
    ['{"value":{"a":[{}]}}', 'response has no "value" array: its "value" is an object'],
    ['{"value":"secret"}', 'response has no "value" array: its "value" is a string'],
    ['{"value":7}', 'response has no "value" array: its "value" is a number'],
    ['{"\\u0076alue":[{"a":1}]}', 'response has no "value" array: its key is spelled with an escape'],
    [
      '{"error":{"code":"UnknownError","message":"alice@contoso.com"}}',
      'response has no "value" array, found an "error" object with code "UnknownError"',
    ],
    [
      '{"error":{"code":"UnknownError","message":"The service is busy for alice@contoso.com"}}',
      'response has no "value" array, found an "error" object with code "UnknownError"; ' +
      'Graph says: "The service is busy for …"',
    ],
    ['{"error":{"code":"a b secret"}}', 'response has no "value" array, found an "error" object'],
    [`{"error":{"code":"${"x".repeat(81)}"}}`, 'response has no "value" array, found an "error" object'],
    ['{"error":{"code":7}}', 'response has no "value" array, found an "error" object'],
    ['{"error":{}}', 'response has no "value" array, found an "error" object'],
    ['{"error":"secret"}', 'response has no "value" array'],
    ["[{}]", 'response is an array, expected an object with a "value" array'],
    ["<!DOCTYPE html>", "response is markup (HTML or XML), expected JSON"],
    ["\ufeff <html>", "response is markup (HTML or XML), expected JSON"],
    ["upstream error", 'response is not a JSON object: byte 0 is 0x75, expected "{"'],
    ['"text"', 'response is not a JSON object: byte 0 is 0x22, expected "{"'],
    ["null", 'response is not a JSON object: byte 0 is 0x6e, expected "{"'],
    ["\ufeff\ufeff{}", 'response is not a JSON object: byte 3 is 0xef, expected "{"'],
  ])("%j is refused", (page, message) => {
    expect(refusal(page)).toBe(`page-invalid: ${message}`);
  });
});

describe("an element that is not a record", () => {
  it.each([
    ["1", 'element 1 of "value" is a number, expected an object'],
    ["{},-1", 'element 2 of "value" is a number, expected an object'],
    ['{},{},"x"', 'element 3 of "value" is a string, expected an object'],
    ["null", 'element 1 of "value" is true, false or null, expected an object'],
    ["{},true", 'element 2 of "value" is true, false or null, expected an object'],
    ["[{}]", 'element 1 of "value" is an array, expected an object'],
    [
      ",{}",
      'response is not valid JSON: byte 10, before element 1 of "value", is ",", expected an object or "]"',
    ],
    ["{}{}", 'response is not valid JSON: byte 12, before element 2 of "value", is "{", expected "," or "]"'],
    ["{},", 'response is not valid JSON: byte 13, before element 2 of "value", is "]", expected an object'],
    [
      "{},,{}",
      'response is not valid JSON: byte 13, before element 2 of "value", is ",", expected an object',
    ],
    ["{}}", 'response is not valid JSON: byte 12, before element 2 of "value", is "}", expected "," or "]"'],
  ])("%s is refused", (elements, message) => {
    expect(refusal(`{"value":[${elements}]}`)).toBe(`page-invalid: ${message}`);
  });
});

describe("a record that is not JSON", () => {
  it.each([
    ['{"a":1]', 'byte 16, inside element 1 of "value", is "]", expected "," or "}"'],
    ['{"a":[1}', 'byte 17, inside element 1 of "value", is "}", expected "," or "]"'],
    ['{"a" 1}', 'byte 15, inside element 1 of "value", is 0x31, expected ":"'],
    ['{"a"}', 'byte 14, inside element 1 of "value", is "}", expected ":"'],
    ['{"a":}', 'byte 15, inside element 1 of "value", is "}", expected a value'],
    ["{a:1}", 'byte 11, inside element 1 of "value", is 0x61, expected a key or "}"'],
    ['{"a":1,}', 'byte 17, inside element 1 of "value", is "}", expected a key'],
    ['{"a":[1,]}', 'byte 18, inside element 1 of "value", is "]", expected a value'],
    ['{"a":[,1]}', 'byte 16, inside element 1 of "value", is ",", expected a value or "]"'],
    ['{"a":[1 2]}', 'byte 18, inside element 1 of "value", is 0x32, expected "," or "]"'],
    ['{"a":"b" "c"}', 'byte 19, inside element 1 of "value", is 0x22, expected "," or "}"'],
    ['{"a":tru}', 'byte 18, inside element 1 of "value", is "}", expected a number, true, false or null'],
    ['{"a":01}', 'byte 16, inside element 1 of "value", is 0x31, expected a number, true, false or null'],
    ['{"a":1.}', 'byte 17, inside element 1 of "value", is "}", expected a number, true, false or null'],
    ['{"a":+1}', 'byte 15, inside element 1 of "value", is 0x2b, expected a value'],
    ['{"a":NaN}', 'byte 15, inside element 1 of "value", is 0x4e, expected a value'],
    ['{"a":"\\x"}', 'byte 17, inside element 1 of "value", is 0x78, expected an escape that JSON knows'],
    ['{"a":"\\u00g0"}', 'byte 20, inside element 1 of "value", is 0x67, expected four hexadecimal digits'],
    [
      '{"a":"b\nc"}',
      'byte 17, inside element 1 of "value", is 0x0a, expected no control character inside a string',
    ],
    ['{"a":\u00a01}', 'byte 15, inside element 1 of "value", is 0xc2, expected a value'],
    ['{"a":1,\0"b":2}', 'byte 17, inside element 1 of "value", is 0x00, expected a key'],
  ])("%j is refused", (record, message) => {
    expect(refusal(`{"value":[${record}]}`)).toBe(`page-invalid: response is not valid JSON: ${message}`);
  });
});

describe("a page that contradicts itself", () => {
  it.each([
    ['{"value":[{}],"value":[{}]}', 'response has a second "value"'],
    ['{"value":[],"value":[]}', 'response has a second "value"'],
    ['{"value":[{}],"value":null}', 'response has a second "value"'],
    ['{"value":[{}],"\\u0076alue":[{}]}', 'response has a second "value"'],
    ['{"value":[],"@odata.nextLink":7}', 'response has an "@odata.nextLink" that is not a string'],
    [
      '{"value":[]}{}',
      'response is not valid JSON: byte 12, outside the "value" array, is "{", expected nothing after the closing "}"',
    ],
    [
      '{"value":[]}\0',
      'response is not valid JSON: byte 12, outside the "value" array, is 0x00, expected nothing after the closing "}"',
    ],
    [
      '{"value":[]]',
      'response is not valid JSON: byte 11, outside the "value" array, is "]", expected "," or "}"',
    ],
    [
      '{"a" 1,"value":[]}',
      'response is not valid JSON: byte 5, outside the "value" array, is 0x31, expected ":"',
    ],
  ])("%s is refused", (page, message) => {
    expect(refusal(page)).toBe(`page-invalid: ${message}`);
  });
});

describe("a page that is cut short", () => {
  const page = utf8('\ufeff{"a":"\\u00e9","value":[{"b":[tru');

  it.each([
    ['{"value":[{"a":1},{"b":', 'it ends after 23 bytes, inside element 2 of "value"'],
    ['{"value":[{"a":1}', 'it ends after 17 bytes, before element 2 of "value"'],
    ['{"value":[{"a":1},', 'it ends after 18 bytes, before element 2 of "value"'],
    ['{"value":[', 'it ends after 10 bytes, before element 1 of "value"'],
    ['{"value":[{"a":1}]', 'it ends after 18 bytes, outside the "value" array'],
    ['{"value":[],"@odata.nextLink":"x', 'it ends after 32 bytes, outside the "value" array'],
    ['{"error":{"code":"x"}', 'it ends after 21 bytes, outside the "value" array'],
  ])("%s is refused", (text, message) => {
    expect(refusal(text)).toBe(`page-invalid: response is cut short: ${message}`);
  });

  it("is refused wherever it was cut", () => {
    for (let length = 0; length < page.length; length++) {
      expect(refusal(page.subarray(0, length)), `cut at ${length}`).toMatch(
        /^page-invalid: response is (empty|cut short)/,
      );
    }
  });
});

describe("a scanner that has thrown", () => {
  it("throws the same error for ever", () => {
    const scanner = createPageScanner();
    const texts: number[] = [];
    const errors = [0, 1, 2].map((turn) => {
      try {
        if (turn < 2) scanner.push(utf8('{"value":[{},{]'), (_, start) => texts.push(start));
        else scanner.end();
      } catch (error) {
        return error;
      }
      return null;
    });
    expect(errors[0]).toBeInstanceOf(GraphtapError);
    expect(errors[1]).toBe(errors[0]);
    expect(errors[2]).toBe(errors[0]);
    expect(texts).toEqual([10]);
  });

  it("keeps an error of whoever took the record", () => {
    const scanner = createPageScanner();
    const full = new Error("full");
    const push = () =>
      scanner.push(utf8('{"value":[{}]}'), () => {
        throw full;
      });
    expect(push).toThrow(full);
    expect(() => scanner.end()).toThrow(full);
  });
});
