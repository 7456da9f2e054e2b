import { Buffer } from "node:buffer";
import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { readPickle } from "../../../src/migrate/pickle.ts";

/** What Python writes for an expression, by protocol; `null` when there is no Python here. */
function pythonPickles(expression: string): Buffer[] | null {
  const script = `import pickle, datetime, collections, os
for protocol in range(6):
    print(pickle.dumps(${expression}, protocol).hex())`;
  const { status, stdout } = spawnSync("python3", ["-c", script], { encoding: "utf8" });
  return status === 0 ? stdout.trim().split("\n").map((line) => Buffer.from(line, "hex")) : null;
}

const hasPython = pythonPickles("None") !== null;
if (!hasPython) console.warn("python3 is not here: pickles are tested by the fixtures alone");

const STATE = {
  persistence_version: 1,
  last_polled_timestamp: "2026-11-20T10:00:00Z",
  last_ids: ["a", "é"],
  next_link: null,
};

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

  it.skipIf(!hasPython).each([
    [
      "{'persistence_version': 1, 'last_polled_timestamp': '2026-11-20T10:00:00Z', 'last_ids': ['a', '\\u00e9'], 'next_link': None}",
      STATE,
    ],
    ["[1, -1, 255, 65536, -2**31, 2**53, 2**70, True, False, None, 1.5, -0.25]", [
      1,
      -1,
      255,
      65536,
      -(2 ** 31),
      "9007199254740992",
      "1180591620717411303424",
      true,
      false,
      null,
      1.5,
      -0.25,
    ]],
    ["((), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4))", [[], [1], [1, 2], [1, 2, 3], [1, 2, 3, 4]]],
    ["{'a': {'b': [{'c': 'x' * 300}]}, 7: 'seven'}", { a: { b: [{ c: "x".repeat(300) }] }, 7: "seven" }],
    ["(lambda shared: [shared, shared])({'k': 'v\\n\\\\'})", [{ k: "v\n\\" }, { k: "v\n\\" }]],
    ["datetime.datetime(2026, 11, 20, 10, 0, 0, 123456)", "2026-11-20T10:00:00.123456Z"],
    ["{'t': datetime.datetime(2026, 11, 20, 10, tzinfo=datetime.timezone.utc)}", {
      t: "2026-11-20T10:00:00.000000Z",
    }],
    [
      "datetime.datetime(2026, 11, 20, 10, tzinfo=datetime.timezone(datetime.timedelta(hours=2)))",
      "2026-11-20T08:00:00.000000Z",
    ],
    ["'\\U0001F600 \\\\u0041 \\u2028'", "\u{1F600} \\u0041 \u2028"],
    ["[10**30, -10**30, 2**63, -2**63 - 1]", [
      "1000000000000000000000000000000",
      "-1000000000000000000000000000000",
      "9223372036854775808",
      "-9223372036854775809",
    ]],
    ["[1e300, -1e-07, 3.0]", [1e300, -1e-7, 3]],
    ["b'ids'", new Uint8Array([105, 100, 115])],
    ["datetime.datetime(2026, 10, 25, 2, 30, fold=1)", "2026-10-25T02:30:00.000000Z"],
    ["{'__proto__': 1}", JSON.parse('{"__proto__": 1}')],
  ])("of %s is read in every protocol", (expression, expected) => {
    for (const bytes of pythonPickles(expression)!) expect(readPickle(bytes)).toEqual(expected);
  });

  it.skipIf(!hasPython).each([
    ["os.system", /posix\.system/],
    ["collections.OrderedDict(a=1)", /collections\.OrderedDict/],
    ["collections.defaultdict(list)", /collections\.defaultdict/],
    ["range(3)", /range/],
    ["os.getcwd", /posix\.getcwd/],
    ["type('State', (), {'__reduce__': lambda self: (eval, ('1',))})()", /eval/],
    ["datetime.date(2026, 1, 1)", /datetime\.date/],
  ])("of %s is refused, and the function named", (expression, name) => {
    for (const bytes of pythonPickles(expression)!) {
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
