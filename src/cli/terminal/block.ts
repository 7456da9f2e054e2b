/** A status as lines that fit into a terminal: how all is doing, then the streams that there is room for. */
import { shareInWords } from "../../config/shard.ts";
import { counted, grouped, relative } from "../../server/page/words.ts";
import type { Status, StreamStatus } from "../../server/status/schema.ts";
import { durationInWords } from "../../telemetry/duration.ts";
import { type Cell, type Column, tableLines, textLine } from "./columns.ts";
import type { Line, TerminalSize } from "./screen.ts";
import { stateCell } from "./state.ts";
import type { Paint, Tone } from "./style.ts";
import { cut, widthOf } from "./width.ts";

/** What a block shows. */
export interface BlockFacts {
  readonly status: Status;
  /** Records a second of each stream, in the order of the status. */
  readonly rates: readonly number[];
  /** Whether it is on its way to its end. */
  readonly isStopping: boolean;
  /** What reading older time is called. @default "backfill" */
  readonly word?: string | undefined;
}

const COLUMNS: readonly Column[] = [
  { title: "STREAM", least: 14 },
  { title: "READ TO", drop: 2 },
  { title: "RECORDS", side: "right" },
  { title: "RATE", side: "right", drop: 1 },
  { title: "STATE", least: 14 },
];
/** Two lines above the table, its heading, and the row of the cursor. */
const OTHER_ROWS = 4;
const TONES: Readonly<Record<Status["verdict"], Tone>> = {
  failing: "bad",
  gap: "warn",
  late: "warn",
  lost: "warn",
  waiting: "plain",
  healthy: "good",
};

/** Never more lines than the terminal has rows, less one; none as wide as it. */
export function blockLines(facts: BlockFacts, { columns, rows }: TerminalSize, paint: Paint): Line[] {
  const { status } = facts;
  const width = Math.max(1, columns - 1);
  const head = [
    textLine(title(facts), width, paint, "strong"),
    textLine(status.summary, width, paint, TONES[status.verdict]),
  ];
  const room = rows - OTHER_ROWS;
  const shown = room >= status.streams.length ? status.streams : mostTelling(status.streams, room - 1);
  if (shown.length === 0) return head.slice(0, Math.max(1, rows - 1));
  const cells = shown.map((stream) =>
    streamCells(stream, facts.rates[status.streams.indexOf(stream)] ?? 0, facts)
  );
  const left = status.streams.filter((stream) => !shown.includes(stream));
  return [
    ...head,
    ...tableLines(COLUMNS, cells, width, paint),
    ...(left.length === 0 ? [] : [textLine(`and ${othersInWords(left)}`, width, paint, "faint")]),
  ];
}

function title({ status, rates, isStopping }: BlockFacts): string {
  const records = status.streams.reduce((sum, stream) => sum + stream.sent, 0);
  const perSecond = rates.reduce((sum, rate) => sum + rate, 0);
  const uptime = (Date.parse(status.now) - Date.parse(status.started)) / 1000;
  return [
    `graphtap ${status.version}`,
    ...(status.shard === null ? [] : [shareInWords(status.shard)]),
    ...(isStopping ? ["stopping"] : []),
    durationInWords(uptime),
    counted(records, "record") + (perSecond === 0 ? "" : `, ${rateText(perSecond)}`),
  ].join(" · ");
}

function streamCells(stream: StreamStatus, perSecond: number, { status, word }: BlockFacts): Cell[] {
  return [
    nameCell(stream),
    { text: stream.read_to === null ? "" : relative(stream.read_to, status.now) },
    { text: grouped(stream.sent) },
    { text: perSecond === 0 ? "" : rateText(perSecond) },
    stateCell(stream, { ...status, word }),
  ];
}

/** "contoso/signIns"; where that is too long, the name of the input is cut, for its services are told apart by theirs. */
export function nameCell({ input, service }: Pick<StreamStatus, "input" | "service">): Cell {
  return {
    text: `${input}/${service}`,
    shorten(columns) {
      const room = columns - widthOf(`/${service}`);
      return room < 2 ? `${input}/${service}` : `${cut(input, room)}/${service}`;
    },
  };
}

function rateText(perSecond: number): string {
  return `${perSecond < 9.95 ? perSecond.toFixed(1) : grouped(perSecond)}/s`;
}

/** Those that somebody would look for first, in the order of the configuration. */
function mostTelling(streams: readonly StreamStatus[], count: number): readonly StreamStatus[] {
  const rank = (stream: StreamStatus) =>
    stream.verdict === "failing" ? 0 : stream.gaps + stream.lost > 0 ? 1 : stream.polling ? 2 : 3;
  const chosen = new Set(streams.toSorted((a, b) => rank(a) - rank(b)).slice(0, Math.max(0, count)));
  return streams.filter((stream) => chosen.has(stream));
}

function othersInWords(streams: readonly StreamStatus[]): string {
  const records = streams.reduce((sum, stream) => sum + stream.sent, 0);
  const reading = streams.filter(({ polling }) => polling).length;
  return `${grouped(streams.length)} more: ${counted(records, "record")}` +
    (reading === 0 ? "" : `, ${grouped(reading)} being read`);
}
