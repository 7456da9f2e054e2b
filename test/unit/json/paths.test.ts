import { describe, expect, it } from "vitest";
import { createRandom } from "../../../src/emulator/random.ts";
import { createFramers } from "../../../src/json/framer.ts";
import { createPathFinders, FOUND_WORDS, type Path, pathTable } from "../../../src/json/paths.ts";
import { createPageScanner } from "../../../src/json/scanner.ts";
import { withoutWebAssembly } from "../../support/withoutWebAssembly.ts";

const framers = createFramers(0);
const finders = createPathFinders();

/** What is found in each record of a page: the values, each with the numbers of the paths that end there; or "elsewhere". */
function foundIn(records: readonly string[], ...paths: Path[]): (string | string[])[] {
  const table = pathTable(paths)!;
  const scanner = createPageScanner({}, framers);
  const answers: (string | string[])[] = [];
  const page = new TextEncoder().encode(`{"value":[${records.join(",")}]}`);
  scanner.push(page, (bytes, start, end, _, lineBuffer) => {
    const finder = finders(lineBuffer!.memory, table)!;
    const count = finder.find(start, end);
    if (count < 0) return answers.push("elsewhere");
    const found = finder.found();
    answers.push(Array.from({ length: count }, (_, i) => {
      const [from, to, bits] = found.subarray(i * FOUND_WORDS);
      const ended = paths.flatMap((_, path) => (bits! & (1 << path)) === 0 ? [] : [path]);
      return `${new TextDecoder().decode(bytes.subarray(from, to))} ${ended}`;
    }));
  });
  scanner.close();
  return answers;
}

const nested = (depth: number, inner: string) => `{"a":${"[".repeat(depth)}${inner}${"]".repeat(depth)}}`;

describe("What stands at paths", () => {
  it.each<[string, Path[], string[]]>([
    ['{"a":1,"b":"x"}', [["b"]], ['"x" 0']],
    ['{"a":1,"b":"x"}', [["c"], ["b"], ["b"]], ['"x" 1,2']],
    ['{ "a" : [ 1 , true , null ] ,\n\t"b" : -1.5e3 }', [["a"], ["b"]], ["1 0", "true 0", "-1.5e3 1"]],
    ['{"a":{"b":{"c":7},"d":[]}}', [["a"]], ["7 0"]],
    ['{"a":{"b":1},"b":2}', [["a", "b"]], ["1 0"]],
    ['{"b":{"a":1},"a":2}', [["a"]], ["2 0"]],
    ['{"a":[{"u":1},{"u":"x"},[{"u":3}]]}', [["a", null, "u"]], ["1 0", '"x" 0']],
    ['{"a":{"x":1},"b":{"x":2}}', [[null, "x"], ["b", null]], ["1 0", "2 0,1"]],
    ['{"a":1,"a":2}', [["a"]], ["1 0", "2 0"]],
    ['{"a":"b","b":"\\"a\\":1"}', [["a"]], ['"b" 0']],
    ['{"text":"says \\"b\\" to you","c":{"b":1}}', [["b"]], []],
    ['{"é":1,"@odata.type":"t","":0}', [["é"], ["@odata.type"], [""]], ["1 0", '"t" 1', "0 2"]],
    ['{"a":"ends in \\\\","b":"}","c":3}', [["c"]], ["3 0"]],
    ['{"none":null,"no":false}', [["none"], ["no"]], ["false 1"]],
    ["{}", [["a"]], []],
    ['{"a":"s"}', [["a", "b"]], []],
  ])("of %s are found under %j", (record, paths, wanted) => {
    expect(foundIn([record], ...paths)).toEqual([wanted]);
    // Neighbours do not matter, nor where blocks of 64 bytes begin.
    for (let before = 0; before < 70; before += 3) {
      const neighbour = `{"z":"${"x".repeat(before)}"}`;
      expect(foundIn([neighbour, record, neighbour], ...paths)[1], `behind ${before}`).toEqual(wanted);
    }
  });

  it("is found by the last key of a path, wherever it stands", () => {
    const random = createRandom("keys in records");
    for (let turn = 0; turn < 300; turn++) {
      const pad = () =>
        Array.from({ length: random.int(0, 200) }, () => random.pick(["k", "e", "y", "ke"])).join("");
      const [one, two] = [pad(), pad()];
      const isThere = random.chance(0.5);
      const record = `{"p":"${one}",${isThere ? '"key":1,' : ""}"q":"${two}key"}`;
      expect(foundIn([record], ["key"]), record).toEqual([isThere ? ["1 0"] : []]);
    }
  });

  it("is left to others where a key is written with an escape, nesting is deep, or very much is found", () => {
    expect(foundIn(['{"\\u0061":1}', '{"b":{"\\u0061":1},"a":2}', '{"b":"\\u0061","a":2}'], ["a"]))
      .toEqual(["elsewhere", ["2 0"], ["2 0"]]);
    expect(foundIn([nested(150, "7"), nested(300, "7")], ["a"])).toEqual([["7 0"], "elsewhere"]);
    expect(
      foundIn([nested(1, Array(4_096).fill("7").join()), nested(1, Array(4_097).fill("7").join())], ["a"])
        .map((found) => found.length),
    ).toEqual([4_096, "elsewhere".length]);
  });

  it("is found for 32 paths of 16 keys, and more or longer ones are for others", () => {
    const long = Array.from({ length: 16 }, (_, depth) => `key ${depth}`);
    const record = long.reduceRight((inner, key) => `{"${key}":${inner}}`, "7");
    const paths = (
      count: number,
    ): Path[] => [...Array.from({ length: count - 1 }, (_, i) => [`p${i}`]), long];
    expect(foundIn([record, '{"p30":1,"p3":2}'], ...paths(32))).toEqual([["7 31"], ["1 30", "2 3"]]);
    expect(pathTable(paths(33))).toBeNull();
    expect(pathTable([[...long, "more"]])).toBeNull();
    expect(pathTable([["x".repeat(20_000)]])).toBeNull();
    expect(pathTable(Array(32).fill(["x".repeat(400), "y".repeat(400)]))).not.toBeNull();
  });

  it("is for others where there is no WebAssembly", () =>
    withoutWebAssembly(() => {
      const memory = { buffer: new ArrayBuffer(8) };
      expect(createPathFinders()(memory, pathTable([["a"]])!)).toBeNull();
    }));

  it("is found in each of many records, also after the memory grew", () => {
    const records = ['{"a":1}', `{"long":"${"x".repeat(3_000_000)}","a":2}`, '{"a":3}', '{"b":4}'];
    expect(foundIn(records, ["a"])).toEqual([["1 0"], ["2 0"], ["3 0"], []]);
  });
});
