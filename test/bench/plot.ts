/** The plot of the README: what a second of processor time yields, and how much memory it takes, for each program. */
import type { Pair, Point, Row } from "./figures.ts";
import type { Recorded } from "./recorded.ts";

const RECORDS = 100_000;
const WIDTH = 840;
const TOP = 74;
const ROW = 30;

interface Bar {
  readonly name: string;
  readonly eventsPerSecond: number;
  readonly peakMb: number;
}

interface Panel {
  readonly title: string;
  /** Where its bars begin, and how long the longest is. */
  readonly x: number;
  readonly room: number;
  readonly value: (bar: Bar) => number;
  readonly unit: string;
}

const PANELS: readonly Panel[] = [
  {
    title: "events per second of processor time",
    x: 272,
    room: 190,
    value: (bar) => bar.eventsPerSecond,
    unit: "",
  },
  {
    title: "most memory",
    x: 566,
    room: 190,
    value: (bar) => bar.peakMb,
    unit: " MB",
  },
];

/** An own background, since a page's theme need not be the one that the browser tells the picture. */
const STYLE = `
    text { font: 13px -apple-system, "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif; fill: #1f2328 }
    .head { font-weight: 600 }
    .quiet { fill: #59636e }
    .page { fill: #ffffff; stroke: #d1d9e0 }
    .bar { fill: #afb8c1 }
    .own { fill: #0969da }
    @media (prefers-color-scheme: dark) {
      text { fill: #f0f6fc }
      .quiet { fill: #9198a1 }
      .page { fill: #0d1117; stroke: #3d444d }
      .bar { fill: #59636e }
      .own { fill: #4493f8 }
    }
  `;

export function plot(recorded: Recorded): string {
  const rows = rowsOf(recorded);
  const bars = barsOf(rows);
  const height = TOP + bars.length * ROW + 14;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="title desc">
  <title id="title">Events per second of processor time, and most memory: graphtap and others</title>
  <desc id="desc">${escaped(bars.map(sentence).join(" "))}</desc>
  <style>${STYLE}</style>
  <rect class="page" x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="6"/>
  <text class="quiet" x="16" y="26">${
    escaped(rows[0]?.what.replace("CPU, ", "") ?? "")
  }, gzip, to a pipe</text>
${PANELS.map((panel) => drawn(panel, bars)).join("\n")}
${
    bars.map((bar, n) =>
      `  <text x="256" y="${TOP + n * ROW + 15}" text-anchor="end"${n === 0 ? ' class="head"' : ""}>${
        escaped(bar.name)
      }</text>`
    ).join("\n")
  }
</svg>
`;
}

/** Those of programs that did the same work as ours. */
function rowsOf(recorded: Recorded): (Row & { pair: Pair })[] {
  const rows = ["throughput", "peers"].flatMap((part) => recorded[part]?.rows ?? [])
    .flatMap((row) => row.pair === undefined ? [] : [{ ...row, pair: row.pair }]);
  return rows.filter(({ what }) => what === rows[0]?.what);
}

/** Of a program that was measured in another run than ours was, by its ratio to ours beside it. */
function barsOf(rows: readonly (Row & { pair: Pair })[]): Bar[] {
  const own = rows[0]?.pair.own;
  if (own === undefined) return [];
  const bar = (name: string, share: number, { peakMb }: Point): Bar => {
    return { name, eventsPerSecond: RECORDS / own.cpuSeconds * share, peakMb };
  };
  const others = rows.map(({ against, value, pair }) => bar(against, value, pair.other));
  return [
    bar("graphtap", 1, own),
    ...others.toSorted((a, b) => b.eventsPerSecond - a.eventsPerSecond),
  ];
}

function drawn(
  { title, x, room, value, unit }: Panel,
  bars: readonly Bar[],
): string {
  const longest = Math.max(...bars.map(value));
  const lines = bars.map((bar, n) => {
    const y = TOP + n * ROW;
    const length = Math.max(1, Math.round(value(bar) / longest * room));
    return `  <rect class="${
      n === 0 ? "own" : "bar"
    }" x="${x}" y="${y}" width="${length}" height="20" rx="2"/>
  <text x="${x + length + 8}" y="${y + 15}">${inWords(value(bar))}${unit}</text>`;
  });
  return [`  <text class="head" x="${x}" y="56">${title}</text>`, ...lines]
    .join("\n");
}

function sentence({ name, eventsPerSecond, peakMb }: Bar): string {
  return `${name}: ${inWords(eventsPerSecond)} events, ${inWords(peakMb)} MB.`;
}

/** In two digits where there are many. */
function inWords(value: number): string {
  const digits = value >= 1000 ? Number(value.toPrecision(2)) : Math.round(value);
  return digits.toLocaleString("en");
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
