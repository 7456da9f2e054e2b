/** The streams of an input as a table; on a narrow screen a row is a block, and each cell says what it is. */
import { html as markup } from "hono/html";
import { shownName } from "../status/filter.ts";
import type { StreamStatus } from "../status/schema.ts";
import { durationInWords } from "../../telemetry/duration.ts";
import { sparkline } from "./sparkline.ts";
import { counted, grouped, rate, relative } from "./words.ts";

const COLUMNS = [
  "Service",
  "State",
  "Behind",
  "Records a minute",
  "Older records",
  "Found late",
  "Gaps",
  "Next poll",
];

/** What a cell says that has nothing to say; a narrow screen leaves it out. */
const NOTHING = "none";

/** What a row needs to know beside its stream. */
export interface RowFacts {
  /** RFC 3339. */
  readonly now: string;
  /** Whether the server polls by itself. */
  readonly polls: boolean;
}

// Where a table is laid out as blocks, browsers forget that it is one unless the roles say so.
/** @param caption names the table for who hears it */
export function streamTable(caption: string, streams: readonly StreamStatus[], facts: RowFacts) {
  return markup`<table role="table"><caption>${caption}</caption><thead role="rowgroup"><tr role="row">${
    COLUMNS.map((name) => markup`<th role="columnheader" scope="col">${name}</th>`)
  }</tr></thead><tbody role="rowgroup">${streams.map((stream) => row(stream, facts))}</tbody></table>`;
}

function row(stream: StreamStatus, facts: RowFacts) {
  const cells = [
    state(stream, facts),
    behind(stream, facts),
    records(stream),
    older(stream, facts),
    late(stream),
    gaps(stream),
    next(stream, facts),
  ];
  return markup`<tr role="row"><th role="rowheader" scope="row"><bdi>${shownName(stream.service)}</bdi></th>${
    cells.map((cell, index) =>
      markup`<td role="cell"${
        cell === NOTHING ? markup` class="nil"` : ""
      } data-of="${COLUMNS[index + 1]!}"><span>${cell}</span></td>`
    )
  }</tr>`;
}

/** The word, since when, and what is under way. */
function state({ verdict, since, code, polling, batch_waiting }: StreamStatus, { now }: RowFacts) {
  const notes = [
    ...(since === null ? [] : [`since ${relative(since, now)}`]),
    ...(code === null ? [] : [code]),
    ...(polling ? ["being read"] : []),
    ...(batch_waiting ? ["a batch waits to be confirmed"] : []),
  ];
  return markup`<b class="${verdict}">${verdict}</b>${notes.length === 0 ? "" : ` ${notes.join(", ")}`}`;
}

function behind({ lag_seconds, read_to, newest_record }: StreamStatus, { now }: RowFacts) {
  if (lag_seconds === null || read_to === null) return "not read yet";
  const newest = newest_record === null ? "no records yet" : `newest record ${relative(newest_record, now)}`;
  return markup`<time datetime="${read_to}">${durationInWords(lag_seconds)}</time> <small>${newest}</small>`;
}

function records({ records_per_minute, records_by_minute, records: all }: StreamStatus) {
  return markup`${rate(records_per_minute)} ${sparkline(records_by_minute)} <small>${
    grouped(all)
  } in all</small>`;
}

function older({ backfill, service }: StreamStatus, { now }: RowFacts) {
  if (backfill === null) return NOTHING;
  const { share, seconds_left, ends } = backfill;
  const end = ends === null || Date.parse(ends) <= Date.parse(now) ? "" : `, done ${relative(ends, now)}`;
  const percent = Math.floor(share * 100);
  return markup`<progress max="100" value="${percent}" aria-label="older records of ${
    shownName(service)
  }">${percent} %</progress> <small>${durationInWords(seconds_left)} left${end}</small>`;
}

function late({ late_records, late_by_seconds }: StreamStatus) {
  if (late_records === 0) return NOTHING;
  const by = late_by_seconds === null ? "" : ` up to ${durationInWords(late_by_seconds)} late`;
  return markup`${grouped(late_records)} <small>${by}</small>`;
}

function gaps({ gaps, gap_seconds, lost, lost_seconds }: StreamStatus) {
  if (gaps + lost === 0) return NOTHING;
  const open = gaps === 0
    ? ""
    : markup`<b class="gap">${grouped(gap_seconds)} s</b> <small>in ${counted(gaps, "range")}</small>`;
  const gone = lost === 0
    ? ""
    : markup`<b class="lost">${grouped(lost_seconds)} s lost</b> <small>in ${counted(lost, "range")}</small>`;
  return markup`${open} ${gone}`;
}

function next({ next_poll, polling, period_seconds }: StreamStatus, { now, polls }: RowFacts) {
  if (!polls) return "when a client pulls";
  const when = polling ? "now" : next_poll === null ? "soon" : relative(next_poll, now);
  return markup`${when} <small>every ${durationInWords(period_seconds)}</small>`;
}
