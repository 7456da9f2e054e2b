import { latin1, utf8 } from "./framed.ts";

const records = [
  '{"a":"' + "\\\\".repeat(5) + '","b":"' + "\\\\".repeat(4) + '\\"}"}',
  '{"u":"\\u00e9\\uD83D\\uDE00\\n","\\u0069d":-12.50E+07,"t":true,"f":false,"n":null}',
  "{ }",
  '{"value":[{"value":[]}],\r\n  "s":"]},{[",\t"é":"ü 😀"}',
];
/** A page of everything that could be taken for something else. */
export const nasty = `\ufeff{"@odata.context":"x\\"value\\":[","n":{"value":[{}]},\r\n "value" : [` +
  records.join("\r\n, ") + ` ] ,"t":[{"value":[1]}],"@odata.nextLink":"https:\\/\\/x\\u002f"}\r\n`;
/** In bytes. */
export const length = utf8(nasty).length;
/** What is found in it. */
export const expected = {
  nextLink: "https://x/",
  records: 4,
  bytes: length,
  texts: records.map((record) => latin1(utf8(record))),
};
