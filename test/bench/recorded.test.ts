/** A figure is written down once, in `recorded.json`; whatever quotes it is made from there. */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { amount, amountRow, type Row, targetText } from "./figures.ts";
import { judge } from "./judge.ts";
import { plot } from "./plot.ts";
import { readRecorded, type Recorded } from "./recorded.ts";
import { readmeTable } from "./render.ts";
import { RENDERED, renderedFile } from "./rendered.ts";

const row = (value: number, unit: string, target: number | null): Row =>
  amountRow("this", "that", [value], unit, target);

describe("the recorded figures", () => {
  it.each(RENDERED)("are what $path shows; if not, npm run bench -- --render", (rendered) => {
    const { now, wanted } = renderedFile(rendered);
    expect(now).toBe(wanted);
  });

  it("are each measured, within their own spread, and named once", () => {
    const rows = Object.values(readRecorded()).flatMap((part) => part.rows);
    for (const { value, least, most } of rows) expect(least <= value && value <= most).toBe(true);
    const names = rows.map(({ what, against }) => `${what} / ${against}`);
    expect(new Set(names).size).toBe(names.length);
  });

  it("have a command that measures each part", () => {
    const table = readFileSync(new URL("parts.ts", import.meta.url), "utf8");
    for (const part of Object.keys(readRecorded())) expect(table).toMatch(new RegExp(`^  ${part}: \\{`, "m"));
  });
});

describe("the quick form", () => {
  it.each([
    // measured, recorded, target, verdict
    [1.4, 1.3, 1.5, "met"],
    [1.6, 1.3, 1.5, "missed"],
    [2.2, 1.3, 1.5, "missed"],
    [2.3, 1.3, 1.5, "off"],
    [3.2, 2.2, 1.5, "missed"],
    [3.4, 2.2, 1.5, "off"],
    [3.4, null, 2.5, "missed"],
    [0.9, 0.5, null, "off"],
    [0.7, 0.5, null, null],
    [99, null, null, null],
  ])("judges %s, recorded %s, target %s, as %s", (measured, recorded, target, verdict) => {
    const record = recorded === null ? undefined : row(recorded, "×", target);
    expect(judge(row(measured, "×", target), record)).toBe(verdict);
  });

  it("does not fail for a time on the clock, nor for memory that shrank", () => {
    expect(judge({ ...row(9, "s", 1.5), clock: true }, row(0.7, "s", 1.5))).toBe("missed");
    expect(judge(row(9, "s", 1.5), row(0.7, "s", 1.5))).toBe("off");
    expect(judge(row(-3, "MB", 24), row(-9, "MB", 24))).toBe("met");
  });
});

describe("figures", () => {
  it.each([
    [2.234, "×", 1.5, "2.23 ×", "≤ 1.5 ×"],
    [0.25, "×", 1 / 6, "1/4.0", "≤ 1/6"],
    [-2.31, "MB", 24, "−2.3 MB", "≤ +24 MB"],
    [23.17, "bytes", 24, "23.2 bytes", "≤ 24 bytes"],
    [0.7049, "s", null, "0.705 s", ""],
    [123_456, "requests", null, "123,000 requests", ""],
  ])("%s in %s read as amounts and targets", (value, unit, target, text, condition) => {
    expect(amount(value, unit)).toBe(text);
    expect(targetText(row(value, unit, target))).toBe(condition);
  });
});

describe("the table of the README", () => {
  const recorded = (row: Row): Recorded => ({
    throughput: { date: "2026-11-22", machine: "any", rows: [row] },
  });

  it.each([
    ["met", row(1.3, "×", 1.4), "| this | that | 1.30 × |  |"],
    ["missed", row(1.5, "×", 1.4), "| this | that | 1.50 × | missed, ≤ 1.4 × |"],
    ["by the clock", { ...row(0.7, "s", 1.5), clock: true }, "| this | that | 0.7 s | by the clock |"],
    ["missed by the clock", { ...row(2, "s", 1.5), clock: true }, "| 2 s | missed, ≤ 1.5 s, by the clock |"],
  ])("says what is %s", (_, measured, line) => {
    expect(readmeTable(recorded(measured))).toContain(line);
  });

  it("leaves out what is detail", () => {
    expect(readmeTable(recorded({ ...row(1.3, "×", 1.4), detail: true }))).not.toContain("1.30 ×");
  });
});

describe("the plot", () => {
  const point = (cpuSeconds: number, peakMb: number) => ({ cpuSeconds, peakMb });
  const pair = { own: point(2, 120), other: point(5, 200) };
  const recorded: Recorded = {
    peers: {
      date: "2026-11-22",
      machine: "any",
      rows: [{ ...row(0.5, "×", null), against: "<other>", pair }],
    },
  };

  it("tells in words what it shows, and takes the ratio for what was measured elsewhere", () => {
    const drawn = plot(recorded);
    expect(drawn).toContain("graphtap: 50,000 events, 120 MB. &lt;other>: 25,000 events, 200 MB.</desc>");
    expect(drawn).toMatch(/prefers-color-scheme: dark/);
  });

  it("shows what did the same work, and says which", () => {
    const long = { ...row(1.3, "×", null), what: "CPU, 400 pages", against: "another", pair };
    const others = recorded.peers!.rows.map((peer) => ({ ...peer, what: "CPU, 100 pages" }));
    const drawn = plot({ peers: { ...recorded.peers!, rows: [...others, long] } });
    expect(drawn).toContain(">100 pages, gzip, to a pipe<");
    expect(drawn).not.toContain("another");
  });

  it("can be drawn of nothing", () => {
    expect(plot({})).toContain("</svg>");
  });
});

it("the peers are installed for a measurement only", () => {
  const peers = JSON.parse(readFileSync(new URL("peers/package.json", import.meta.url), "utf8"));
  const own = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  const named = Object.keys(peers.dependencies);
  expect(named).toContain("@microsoft/microsoft-graph-client");
  expect(Object.keys({ ...own.dependencies, ...own.devDependencies }).filter((name) => named.includes(name)))
    .toEqual([]);
  expect(readdirSync(new URL("peers", import.meta.url))).not.toContain("node_modules");
});
