/** Expressions of Python, what their pickles mean here, and those pickles as Python 3.11 wrote them. */
import { Buffer } from "node:buffer";
import { readFileSync } from "node:fs";

const STATE = {
  persistence_version: 1,
  last_polled_timestamp: "2026-11-20T10:00:00Z",
  last_ids: ["a", "é"],
  next_link: null,
};

/** Expressions, and what is read from their pickles. */
export const readCases: readonly [expression: string, value: unknown][] = [
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
];

/** Expressions whose pickles are refused, and the function that is named. */
export const refusedCases: readonly [expression: string, name: RegExp][] = [
  ["os.system", /posix\.system/],
  ["collections.OrderedDict(a=1)", /collections\.OrderedDict/],
  ["collections.defaultdict(list)", /collections\.defaultdict/],
  ["range(3)", /range/],
  ["os.getcwd", /posix\.getcwd/],
  ["type('State', (), {'__reduce__': lambda self: (eval, ('1',))})()", /eval/],
  ["datetime.date(2026, 1, 1)", /datetime\.date/],
];

const file = new URL("../fixtures/pickles.json", import.meta.url);

/** What Python wrote for an expression, by protocol. */
export function writtenPickles(expression: string): Buffer[] {
  const written = JSON.parse(readFileSync(file, "utf8")) as Record<string, string[]>;
  return written[expression]!.map((base64) => Buffer.from(base64, "base64"));
}
