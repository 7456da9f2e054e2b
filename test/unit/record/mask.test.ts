import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { ObfuscationRule } from "../../../src/config/config.ts";
import { createSecret } from "../../../src/config/credentials/secret.ts";
import { createMasks } from "../../../src/record/mask.ts";
import { shownEachWay } from "../../support/masked.ts";
import { pattern } from "../../support/patterns.ts";

const rule = (path: string[], rest: Partial<ObfuscationRule> = {}): ObfuscationRule => ({
  path,
  value: undefined,
  stringPatterns: [],
  pseudonymKey: null,
  ...rest,
});

function masked(record: string, ...rules: ObfuscationRule[]): string {
  const [plain, ...others] = shownEachWay([record], rules);
  for (const other of others) expect(other).toEqual(plain);
  return plain![0]!.record;
}

describe("obfuscation", () => {
  it.each([
    ['{"a":"secret"}', rule(["a"]), '{"a":"****SANITIZED****"}'],
    ['{"a":"secret"}', rule(["a"], { value: "*****" }), '{"a":"*****"}'],
    ['{"a":17}', rule(["a"]), '{"a":-1}'],
    ['{"a":1.0}', rule(["a"]), '{"a":-1.0}'],
    ['{"a":-84.445358276367188}', rule(["a"]), '{"a":-1.0}'],
    ['{"a":true}', rule(["a"]), '{"a":false}'],
    ['{"a":""}', rule(["a"]), '{"a":"****SANITIZED****"}'],
    ['{"a":0}', rule(["a"], { value: 99 }), '{"a":99}'],
    ['{"a":null}', rule(["a"]), '{"a":null}'],
    ['{"b":1}', rule(["a"]), '{"b":1}'],
    [
      '{"l":{"city":"Bonn","geo":{"lat":1.5},"x":null}}',
      rule(["l", "*"]),
      '{"l":{"city":"****SANITIZED****","geo":{"lat":-1.0},"x":null}}',
    ],
    [
      '{"t":[{"u":"a","v":1},{"u":"b"}]}',
      rule(["t", "*", "u"]),
      '{"t":[{"u":"****SANITIZED****","v":1},{"u":"****SANITIZED****"}]}',
    ],
    ['{"t":["a","b"]}', rule(["t", "*"]), '{"t":["****SANITIZED****","****SANITIZED****"]}'],
    ['{"@odata.type":"x"}', rule(["@odata.type"]), '{"@odata.type":"****SANITIZED****"}'],
    [
      '{"ip":"192.0.2.17"}',
      rule(["ip"], { value: "x", stringPatterns: [pattern("[0-9]+$")] }),
      '{"ip":"192.0.2.x"}',
    ],
    ['{"ip":"none"}', rule(["ip"], { stringPatterns: [pattern("[0-9]+$")] }), '{"ip":"none"}'],
    ['{"\\u0061":"escaped key"}', rule(["a"]), '{"\\u0061":"****SANITIZED****"}'],
    ['{"a":"first","a":"twice"}', rule(["a"]), '{"a":"****SANITIZED****","a":"****SANITIZED****"}'],
    ['{"a":{"b":"deep"}}', rule(["a"]), '{"a":{"b":"****SANITIZED****"}}'],
    ['{"a":"scalar"}', rule(["a", "b"]), '{"a":"scalar"}'],
    ["{}", rule(["a"]), "{}"],
  ])("%s under %j is %s", (record, one, expected) => expect(masked(record, one)).toBe(expected));

  it("changes no other byte, however odd", () => {
    const odd = '{ "n" : 1.0,\t"big":12345678901234567890,"u":"me","s":"\\u00e9\\/","e":1E+2,"n":-0 }';
    expect(masked(odd, rule(["u"]))).toBe(odd.replace('"me"', '"****SANITIZED****"'));
  });

  it("changes no byte outside the masked values under every kind of rule at once", () => {
    // Each masked value stands between brackets that no JSON has, with what becomes of it.
    const marked = String.raw`{ "id":"x","n":1.0,"whole":«"a\u00e9\/b"→"*"»,"type":«17→-1»,"real":«1.50→-1.0»,
      "yes":«true→false»,"none":null,"zero":«0→99»,"empty":«""→"****SANITIZED****"»,"ip":«"192.0.2.17"→"192.0.2.#"»,
      "all":{"city":«"B\u00f6nn"→"****SANITIZED****"»,"geo":{"lat":«5e1→-1.0»,"alt":null}},
      "list":[{"u":«"ada"→"****SANITIZED****"»,"v":1E+2},{"v":-0},[{"u":"too deep"}]],
      "mixed":[«"s"→"****SANITIZED****"», «1→-1» ,null,[«2→-1»]],"@odata.type":«"#t"→"****SANITIZED****"»,
      "a.b":{"c.d":«"dots"→"-"»,"c":{"d":"other"}},"twice":«"1"→7»,"twice":«"2"→7»,"big":12345678901234567890,
      "un\u0064er":«"escaped key"→"****SANITIZED****"»,"\ud83d":"\ud83d \u2028" }`;
    const side = (name: "before" | "after") =>
      marked.replaceAll(/«(.*?)→(.*?)»/g, (_, before: string, after: string) => ({ before, after })[name]);
    const rules = [
      rule(["whole"], { value: "*" }),
      rule(["type"]),
      rule(["real"]),
      rule(["yes"]),
      rule(["none"]),
      rule(["zero"], { value: 99 }),
      rule(["empty"]),
      rule(["ip"], { value: "#", stringPatterns: [pattern("[0-9]+$")] }),
      rule(["n"], { value: "#", stringPatterns: [pattern("1")] }),
      rule(["all", "*"]),
      rule(["missing", "*", "path"]),
      rule(["list", "*", "u"]),
      rule(["mixed"]),
      rule(["@odata.type"]),
      rule(["a.b", "c.d"], { value: "-" }),
      rule(["twice"], { value: 7 }),
      rule(["under"]),
    ];
    expect(masked(side("before"), ...rules)).toBe(side("after"));
  });

  it("applies every rule, whatever becomes of the one before", () => {
    expect(
      masked(
        '{"a":null,"c":"x","d":"y"}',
        rule(["a"]),
        rule(["missing", "b"]),
        rule(["c", "*"]),
        rule(["d"]),
      ),
    )
      .toBe('{"a":null,"c":"x","d":"****SANITIZED****"}');
  });

  it("applies all patterns for one value, and a whole replacement before them", () => {
    const first = rule(["a"], { value: "1", stringPatterns: [pattern("one")] });
    const second = rule(["a"], { value: "2", stringPatterns: [pattern("two")] });
    expect(masked('{"a":"one two"}', first, second)).toBe('{"a":"1 2"}');
    expect(masked('{"a":"one two"}', first, rule(["a"]))).toBe('{"a":"****SANITIZED****"}');
  });

  it("searches a text of any length", () => {
    const one = rule(["a"], { value: "#", stringPatterns: [pattern("[0-9]+$")] });
    const ones = "1".repeat(100_000);
    expect(masked(`{"a":"${ones}x","b":1.0}`, one)).toBe(`{"a":"${ones}x","b":1.0}`);
    expect(masked(`{"a":"x${ones}","b":1.0}`, one)).toBe('{"a":"x#","b":1.0}');
  });

  describe("by pseudonym", () => {
    const under = (key: string) => ({
      pseudonymKey: createSecret(key, { file: "config.yaml", env: {}, readFile: () => "" }),
    });
    const token = (record: string, key = "k".repeat(16)) =>
      (JSON.parse(masked(record, rule(["u"], under(key)))) as { u: unknown }).u;

    it("is the same for the same value under the same key", () => {
      expect(token('{"u":"ada@contoso.example"}')).toBe(
        createHmac("sha256", "k".repeat(16)).update("ada@contoso.example").digest("base64url").slice(0, 22),
      );
      expect(token('{"u":"ada@contoso.example"}')).toMatch(/^[A-Za-z0-9_-]{22}$/);
      expect(token('{"u":"\\u0061da@contoso.example"}')).toBe(token('{"u":"ada@contoso.example"}'));
    });

    it("differs for another value, and under another key", () => {
      const tokens = [token('{"u":"ada"}'), token('{"u":"Ada"}'), token('{"u":"ada"}', "x".repeat(16))];
      expect(new Set(tokens).size).toBe(3);
    });

    it("is a text for numbers too, and null stays null", () => {
      expect(token('{"u":17}')).toBe(token('{"u":"17"}'));
      expect(token('{"u":null}')).toBeNull();
    });

    it("stands for what a pattern matches, and for nothing else", () => {
      const one = rule(["u"], { ...under("k".repeat(16)), stringPatterns: [pattern("^[^@]+")] });
      expect(masked('{"n":1.0,"u":"ada@contoso.example"}', one)).toBe(
        `{"n":1.0,"u":"${token('{"u":"ada"}')}@contoso.example"}`,
      );
    });

    it("is not made without its key: the record is held back", () => {
      const source = createSecret({ env: "NOWHERE" }, { file: "config.yaml", env: {}, readFile: () => "" });
      expect(() => createMasks()([rule(["u"], { pseudonymKey: source })])).toThrow(/"NOWHERE" is not set/);
    });
  });

  it("shows id and time as they are in the masked record, wherever they stand", () => {
    const rules = [rule(["id"]), rule(["a"], { value: "a longer text" }), rule(["time"], { value: 7 })];
    const records = [
      '{"a":1,"id":"x","b":2,"time":"2026-11-22T16:00:00Z"}',
      '{"time":{"a":"0"},"a":"0","id":17}',
      '{"b":"0"}',
      '{"id":{"a":null},"a":"0","time":null}',
    ];
    for (const shown of shownEachWay(records, rules)) {
      expect(shown.map(({ id, time }) => [id, time])).toEqual([
        ['"****SANITIZED****"', "7"],
        ["-1", '{"a":7}'],
        [null, null],
        ['{"a":null}', "null"],
      ]);
    }
  });

  it("masks records of any size, many at once or one by one", () => {
    const record = (bytes: number) => `{"a":"0","text":"${"x".repeat(bytes)}","b":"0"}`;
    // Together, and the last by itself, they are larger than the room for masked records beside those of a page.
    const sizes = [100, 200_000, 200_000, 200_000, 0, 600_000, 100, 524_200, 524_300, 10];
    const rules = [rule(["a"]), rule(["b"], { value: "B".repeat(300) })];
    for (const shown of shownEachWay(sizes.map(record), rules)) {
      expect(shown.map(({ record }) => record)).toEqual(
        sizes.map((size) =>
          `{"a":"****SANITIZED****","text":"${"x".repeat(size)}","b":"${"B".repeat(300)}"}`
        ),
      );
    }
  });

  it("does not look into records when there is no rule", () => expect(createMasks()([])).toBeNull());
});
