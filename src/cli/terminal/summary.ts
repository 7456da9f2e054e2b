/** What came of a command, when it is over. */
import { counted, grouped } from "../../server/page/words.ts";
import { causeOf } from "../../server/status/causes.ts";
import type { Status, StreamStatus } from "../../server/status/schema.ts";
import { durationInWords } from "../../telemetry/duration.ts";
import { nameCell } from "./block.ts";
import { type Cell, type Column, tableLines, textLine } from "./columns.ts";
import type { Line } from "./screen.ts";
import type { Paint, Tone } from "./style.ts";

/** More streams than these are told together: those that somebody should look at come first. */
const MOST_ROWS = 40;

const COLUMNS: readonly Column[] = [
  { title: "STREAM", least: 14 },
  { title: "READ TO", drop: 2 },
  { title: "RECORDS", side: "right" },
  { title: "LATE", side: "right", drop: 1 },
  { title: "RESULT", least: 14 },
];

/** @param reason why it ended, such as "done" or "stopped by SIGINT" */
export function summaryLines(status: Status, reason: string, columns: number, paint: Paint): Line[] {
  const width = Math.max(1, columns - 1);
  const { streams } = status;
  const shown = streams.length <= MOST_ROWS
    ? streams
    : streams.toSorted((a, b) => rank(a) - rank(b)).slice(0, MOST_ROWS);
  const left = streams.filter((stream) => !shown.includes(stream));
  const records = (some: readonly StreamStatus[]) =>
    counted(some.reduce((sum, stream) => sum + stream.sent, 0), "record");
  const lasted = (Date.parse(status.now) - Date.parse(status.started)) / 1000;
  return [
    ...(shown.length === 0
      ? []
      : tableLines(COLUMNS, shown.map((stream) => summaryCells(stream, status.started)), width, paint)),
    ...(left.length === 0
      ? []
      : [textLine(`and ${grouped(left.length)} more: ${records(left)}`, width, paint, "faint")]),
    textLine(
      `${reason} after ${durationInWords(lasted)}: ${records(streams)} of ${
        counted(streams.length, "stream")
      }`,
      width,
      paint,
      "strong",
    ),
  ];
}

function rank(stream: StreamStatus): number {
  return stream.code !== null ? 0 : stream.gaps + stream.lost > 0 ? 1 : stream.backfill !== null ? 2 : 3;
}

function summaryCells(stream: StreamStatus, started: string): Cell[] {
  const { read_to, sent, late_records } = stream;
  return [
    nameCell(stream),
    { text: read_to === null ? "" : `${read_to.slice(0, 19)}Z` },
    { text: grouped(sent) },
    { text: late_records === 0 ? "" : grouped(late_records) },
    resultCell(stream, started),
  ];
}

function resultCell(stream: StreamStatus, started: string): Cell {
  const { code, gaps, gap_seconds, lost, lost_seconds, backfill, last_success } = stream;
  const left = backfill === null ? "" : `, ${durationInWords(backfill.seconds_left)} of older time left`;
  if (code !== null) return cell(causeOf(code).says, "bad");
  if (gaps > 0) return cell(`${counted(gaps, "gap")} of ${durationInWords(gap_seconds)}${left}`, "warn");
  if (lost > 0) return cell(`${durationInWords(lost_seconds)} lost for good${left}`, "warn");
  const isRead = last_success !== null && last_success >= started;
  return isRead ? cell(`read${left}`, "good") : cell(`not read to its end${left}`, "warn");
}

function cell(text: string, tone: Tone): Cell {
  return { text, tone };
}
