import { describe, expect, it } from "vitest";
import { formatMetrics, type Sample } from "../../../src/telemetry/metrics.ts";

const format = (samples: Sample[], help = "Some things.") =>
  formatMetrics([{ name: "things_total", type: "counter", help, samples }]);

describe("metrics as text", () => {
  it("name, explain and type a family before its samples", () => {
    const samples: Sample[] = [{ labels: {}, value: 1 }, { labels: { a: "x", b: "y" }, value: 2.5 }];
    expect(format(samples)).toBe(
      '# HELP things_total Some things.\n# TYPE things_total counter\nthings_total 1\nthings_total{a="x",b="y"} 2.5\n',
    );
  });

  it.each([
    ['say "hi"', '{a="say \\"hi\\""}'],
    ["back\\slash", '{a="back\\\\slash"}'],
    ["two\nlines", '{a="two\\nlines"}'],
    ["é 漢", '{a="é 漢"}'],
  ])("escape the label value %j", (value, wanted) => {
    expect(format([{ labels: { a: value }, value: 0 }])).toContain(`things_total${wanted} 0\n`);
  });

  it("escape a help text, which may hold quotes", () => {
    expect(format([{ labels: {}, value: 0 }], 'a "b"\n\\c')).toContain('# HELP things_total a "b"\\n\\\\c\n');
  });

  it.each([[Infinity, "+Inf"], [-Infinity, "-Inf"], [NaN, "NaN"], [1e21, "1e+21"], [0, "0"]])(
    "write %d as %s",
    (value, text) => expect(format([{ labels: {}, value }])).toContain(`things_total ${text}\n`),
  );

  it("leave out a family without samples", () => expect(format([])).toBe(""));
});
