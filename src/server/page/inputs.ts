/** All inputs, the worst first: with their streams where these are few, else a line each, which leads to them. */
import { html as markup } from "hono/html";
import { durationInWords } from "../../telemetry/duration.ts";
import type { StreamStatus } from "../status/schema.ts";
import { type Group, groupsOf } from "./groups.ts";
import { type RowFacts, streamTable } from "./streams.ts";
import { counted, grouped, rate } from "./words.ts";

/** With more streams an input is a line, and its streams are a page of their own. */
const MOST_STREAMS = 100;
/** With fewer, those that are well lie open, too. */
const FEW_STREAMS = 25;
/** More lines are only counted. */
const MOST_LINES = 1000;

export function inputList(streams: readonly StreamStatus[], facts: RowFacts) {
  const groups = groupsOf(streams);
  if (groups.length === 0) return markup`<p>No stream fits the filter. <a href="./">Show all</a></p>`;
  if (streams.length <= MOST_STREAMS) {
    return groups.map((group) => unfolding(group, streams.length <= FEW_STREAMS, facts));
  }
  const more = groups.length - MOST_LINES;
  return markup`<ul class="lines">${groups.slice(0, MOST_LINES).map(line)}</ul>${
    more > 0 ? markup`<p>${grouped(more)} more inputs: use the filter.</p>` : ""
  }`;
}

function unfolding(group: Group, isOpen: boolean, facts: RowFacts) {
  const { id, name, verdict, streams } = group;
  const open = isOpen || verdict !== "healthy" ? "open" : "";
  return markup`<details id="${id}" ${open}><summary id="${id}-line"><bdi>${name}</bdi> ${
    about(group)
  }</summary>${streamTable(`Streams of ${name}`, streams, facts)}</details>`;
}

function line(group: Group) {
  const query = new URLSearchParams({ input: group.name });
  return markup`<li><a href="?${query.toString()}"><bdi>${group.name}</bdi></a> ${about(group)}</li>`;
}

function about({ verdict, streams }: Group) {
  return markup`<b class="${verdict}">${verdict}</b> ${figuresOf(streams)}`;
}

/** "5 streams, 2 min behind, 30 s missing, 12 a minute". */
function figuresOf(streams: readonly StreamStatus[]): string {
  const lags = streams.map(({ lag_seconds }) => lag_seconds).filter((lag) => lag !== null);
  const missing = streams.reduce((sum, { gap_seconds }) => sum + gap_seconds, 0);
  const lost = streams.reduce((sum, { lost_seconds }) => sum + lost_seconds, 0);
  const perMinute = streams.reduce((sum, { records_per_minute }) => sum + records_per_minute, 0);
  return [
    counted(streams.length, "stream"),
    ...(lags.length === 0 ? [] : [`${durationInWords(Math.max(...lags))} behind`]),
    ...(missing === 0 ? [] : [`${grouped(missing)} s missing`]),
    ...(lost === 0 ? [] : [`${grouped(lost)} s lost`]),
    `${rate(perMinute)} a minute`,
  ].join(", ");
}
