import { describe, expect, it } from "vitest";
import { expositionFor, openMetrics, prometheusText } from "../../../src/telemetry/exposition.ts";
import { createHistogram } from "../../../src/telemetry/histogram.ts";
import type { Sample } from "../../../src/telemetry/metrics.ts";

const NAME = "graphtap_polls_total";
const HELP = "Polls that read their stream to its end.";
const text = (...samples: Sample[]) => prometheusText.format({ [NAME]: samples });

describe("metrics as text", () => {
  it("name, explain and type a family before its samples", () => {
    expect(text({ labels: {}, value: 1 }, { labels: { a: "x", b: "y" }, value: 2.5 })).toBe(
      `# HELP ${NAME} ${HELP}\n# TYPE ${NAME} counter\n${NAME} 1\n${NAME}{a="x",b="y"} 2.5\n`,
    );
  });

  it.each([
    ['say "hi"', '{a="say \\"hi\\""}'],
    ["back\\slash", '{a="back\\\\slash"}'],
    ["two\nlines", '{a="two\\nlines"}'],
    ["é 漢", '{a="é 漢"}'],
  ])("escape the label value %j", (value, wanted) => {
    expect(text({ labels: { a: value }, value: 0 })).toContain(`${NAME}${wanted} 0\n`);
  });

  it.each([[Infinity, "+Inf"], [-Infinity, "-Inf"], [NaN, "NaN"], [1e21, "1e+21"], [0, "0"]])(
    "write %d as %s",
    (value, wanted) => expect(text({ labels: {}, value })).toContain(`${NAME} ${wanted}\n`),
  );

  it("leave out a family without samples", () => expect(text()).toBe(""));

  it("count in each bucket of a histogram what is in those below it, too", () => {
    const value = createHistogram([0.5, 2]);
    for (const seconds of [0.1, 1, 1, 9]) value.observe(seconds);
    expect(text({ labels: { a: "x" }, value }).split("\n").slice(2)).toEqual([
      `${NAME}_bucket{a="x",le="0.5"} 1`,
      `${NAME}_bucket{a="x",le="2.0"} 3`,
      `${NAME}_bucket{a="x",le="+Inf"} 4`,
      `${NAME}_sum{a="x"} 11.1`,
      `${NAME}_count{a="x"} 4`,
      "",
    ]);
  });
});

describe("OpenMetrics", () => {
  it("names a counter's family without its ending, and says where the text ends", () => {
    expect(openMetrics.format({ [NAME]: [{ labels: {}, value: 1 }] })).toBe(
      `# HELP graphtap_polls ${HELP}\n# TYPE graphtap_polls counter\n${NAME} 1\n# EOF\n`,
    );
  });

  it.each([
    [null, prometheusText],
    ["*/*", prometheusText],
    ["text/plain", prometheusText],
    ["application/json", prometheusText],
    ["application/openmetrics-text", openMetrics],
    // Prometheus 2 and 3.
    [
      "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
      openMetrics,
    ],
    ["text/plain;version=0.0.4;q=0.6, Application/OpenMetrics-Text; q=0.3", prometheusText],
    ["application/openmetrics-text;q=0", prometheusText],
  ])("is the answer to Accept: %s", (accept, wanted) => expect(expositionFor(accept)).toBe(wanted));
});
