/** `GET /`: how everything is doing, in words first. Every value is escaped by the template. */
import { html as markup, raw } from "hono/html";
import { shareInWords } from "../../config/shard.ts";
import { type Filter, filtered, shownName } from "../status/filter.ts";
import type { Status } from "../status/schema.ts";
import { type Verdict, VERDICTS } from "../status/verdict.ts";
import { inputList } from "./inputs.ts";
import { needList } from "./needs.ts";
import { SCRIPT } from "./script.ts";
import { STYLE } from "./style.ts";
import { relative } from "./words.ts";

/** What the icon in a browser's tab looks like, by verdict: a colour that is seen on light and dark. */
const ICON: Readonly<Record<Verdict, string>> = {
  failing: "#d93025",
  gap: "#b23bac",
  late: "#c77700",
  lost: "#9c5a48",
  waiting: "#6b7f9e",
  healthy: "#1e8e4e",
};

/**
 * Sent with the page: nothing runs and nothing colours but what came with it, it asks nobody but this server, and nobody
 * may put it into a frame.
 */
export function pagePolicy(nonce: string): string {
  return `default-src 'none'; script-src 'nonce-${nonce}'; style-src 'nonce-${nonce}'; img-src data:; ` +
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
}

/** @param nonce as {@linkcode pagePolicy} names it; new for each answer */
export function statusPage(status: Status, filter: Filter, nonce: string) {
  const { verdict, summary, version, shard, started, now } = status;
  const streams = filtered(status.streams, filter);
  return markup`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${titleOf(status)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" id="icon" data-live href="${iconOf(verdict)}">
<style nonce="${nonce}">${raw(STYLE)}</style></head>
<body><p id="stale" role="alert" hidden>This page is out of date: the server does not answer.</p>
<main><div id="news" data-live><h1 class="${verdict}">${summary}</h1>
<p class="old">graphtap ${version}${shard === null ? "" : `, ${shareInWords(shard)}`}, started ${
    relative(started, now)
  }; figures of ${now.slice(0, 19)}Z</p>
${needList(status)}</div>
${filterForm(filter)}
<div id="inputs" data-live><h2>Streams</h2>${chosenInput(filter)}
${inputList(streams, status)}</div></main>
<footer><p>The same for programs: <a href="v1/status">/v1/status</a>, <a href="metrics">/metrics</a>, <a href="readyz">/readyz</a></p></footer>
<script nonce="${nonce}">${raw(SCRIPT)}</script></body></html>`;
}

function titleOf({ counts }: Status): string {
  const troubled = counts.failing + counts.gap + counts.late + counts.lost;
  return troubled === 0 ? "graphtap" : `(${troubled}) graphtap`;
}

function iconOf(verdict: Verdict): string {
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><circle cx="8" cy="8" r="7" fill="${
      ICON[verdict]
    }"/></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

/** Works without a script; what is chosen stands in the address. */
function filterForm({ text, verdict }: Filter) {
  const options = VERDICTS.map((word) =>
    markup`<option value="${word}" ${word === verdict ? "selected" : ""}>${word}</option>`
  );
  return markup`<form method="get" role="search" aria-label="Streams"><label for="q">Input or service<input id="q" type="search" name="q" maxlength="100" value="${text}"></label>
<label for="state">State<select id="state" name="state"><option value="">all</option>${options}</select></label>
<button>Filter</button></form>`;
}

function chosenInput({ input }: Filter) {
  if (input === null) return "";
  return markup`<p>Only <bdi>${shownName(input)}</bdi>. <a href="./">Show all</a></p>`;
}
