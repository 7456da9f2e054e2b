import { Buffer } from "node:buffer";
import { describe, expect, it } from "vitest";
import { readPickle } from "../../../src/migrate/pickle.ts";
import { readCases, refusedCases, writtenPickles } from "../../support/pickleCases.ts";

describe("a pickle", () => {
  // Written by Python 3.12.
  it.each([
    ["protocol 0", "(dp0\nVlast\np1\nV2026-11-20\np2\nsVn\np3\nI17\nsVok\np4\nI01\ns.", {
      last: "2026-11-20",
      n: 17,
      ok: true,
    }],
    [
      "protocol 2",
      "\x80\x02}q\x00(X\x04\x00\x00\x00lastq\x01]q\x02(K\x01M\x00\x01NeX\x01\x00\x00\x00fq\x03G?\xf8\x00\x00\x00\x00\x00\x00u.",
      {
        last: [1, 256, null],
        f: 1.5,
      },
    ],
    ["protocol 4", "\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00}\x94\x8c\x04last\x94\x8c\x01x\x94s.", {
      last: "x",
    }],
  ])("of %s is read without Python", (_, bytes, expected) => {
    expect(readPickle(Buffer.from(bytes, "latin1"))).toEqual(expected);
  });

  it.each(readCases)("of %s is read in every protocol", (expression, expected) => {
    for (const bytes of writtenPickles(expression)) expect(readPickle(bytes)).toEqual(expected);
  });

  it.each(refusedCases)("of %s is refused, and the function named", (expression, name) => {
    for (const bytes of writtenPickles(expression)) {
      expect(() => readPickle(bytes)).toThrow(name);
      expect(() => readPickle(bytes)).toThrow(/which is refused, at byte \d+/);
    }
  });

  it.each([
    ["a function in protocol 0", "cos\nsystem\n(S'id'\ntR.", /"os\.system", which is refused, at byte 11/],
    ["an object built", "}}b.", /opcode 0x62, which is refused, at byte 3/],
    ["a class instance", "(i__main__\nX\n.", /opcode 0x69/],
    ["an extension", "\x82\x01.", /opcode 0x82/],
    ["an end too early", "(dp0\nVlast", /the end of the file/],
    ["nothing", "", /the end of the file/],
    ["a call of a value", "K\x01)R.", /a call of what is no function/],
    [
      "a moment of other values",
      "cdatetime\ndatetime\n(I2026\nI1\nI1\ntR.",
      /with other values than its own/,
    ],
    ["a text beyond Unicode", "V\\U00110000\n.", /a wrong text/],
    ["a float of words", "Finfinity and beyond\n.", /a wrong number/],
    ["a number without end", `\x8b\x00\x00\x10\x00${"\x01".repeat(1 << 20)}.`, /a number that is too long/],
    ["a key without a value", "}(K\x01u.", /a key without a value/],
    ["a function that a list names", "]]\x93.", /a function without a name/],
    ["a mark where a value should be", "(.", /a mark or a function in the place of a value/],
  ])("with %s is refused", (_, bytes, message) => {
    expect(() => readPickle(Buffer.from(bytes, "latin1"))).toThrow(message);
  });

  it("never does worse than refuse, whatever the bytes", () => {
    let seed = 1;
    const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
    for (let round = 0; round < 3000; round++) {
      const bytes = Buffer.from(
        Array.from({ length: 1 + Math.floor(random() * 40) }, () => Math.floor(random() * 256)),
      );
      try {
        readPickle(bytes);
      } catch (error) {
        expect((error as Error).name).toBe("PickleError");
      }
    }
  });
});
