import { html } from "hono/html";
import { formatInstant, type Instant } from "../../instant.ts";
import type { Position } from "../../state/position.ts";
import type { ServedStream } from "../served.ts";

/** What the page says of the process. */
export interface PageFacts {
  readonly version: string;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
  readonly startedMs: number;
  /** Whether the server polls by itself. */
  readonly polls: boolean;
  /** Whether a batch of the stream waits to be confirmed. */
  readonly hasBatch: (served: ServedStream) => boolean;
}

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;margin:2rem;color:#1b1b1b;background:#fff}
table{border-collapse:collapse}th,td{text-align:left;padding:.3rem .8rem;border-bottom:1px solid #ccc;vertical-align:top}
.bad{color:#a40000}code{font-size:14px}`;

/** Sent with the page: no script runs, nothing is loaded from anywhere, nobody may put it into a frame. */
export const PAGE_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'";

/** `GET /`: the streams at a glance. Every value is escaped by the template. */
export function statusPage(streams: readonly ServedStream[], facts: PageFacts) {
  return html`
    <!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <title>graphtap</title>
        <meta name="viewport" content="width=device-width">
        <style>${STYLE}</style>
      </head>
      <body>
        <h1>graphtap ${facts.version}</h1>
        <p>Since ${time(facts.startedMs)}; now ${time(facts.nowMs)}. ${facts.polls
          ? "Every stream is polled at its period."
          : "Streams are read when they are pulled."}</p>
        <table>
          <thead>
            <tr>
              <th>Input</th>
              <th>Service</th>
              <th>Read to</th>
              <th>Newest record</th>
              <th>Sent</th>
              <th>Last poll</th>
              <th>State</th>
            </tr>
          </thead>
          <tbody>${streams.map((served) => row(served, facts.hasBatch(served)))}</tbody>
        </table>
        <p><code>/healthz</code> <code>/readyz</code> <code>/metrics</code> <code>/v1/pull</code> <code>/v1/events</code></p>
      </body>
    </html>
  `;
}

function row({ stream, figures }: ServedStream, hasBatch: boolean) {
  const { position, error } = figures;
  const state = error !== null ? `${error.code}: ${error.message}` : figures.polling ? "being read" : "";
  return html`
    <tr>
      <td>${stream.input.name}</td>
      <td>${stream.service.name}</td>
      <td>${moment(position?.watermark)}${position === null ? "" : behind(position)}</td>
      <td>${moment(position?.newest?.time)}</td>
      <td>${String(position?.records ?? 0)}</td>
      <td>${time(figures.lastEndedMs ?? position?.lastPollEndedMs ?? null)}</td>
      <td class="${error === null ? "" : "bad"}">${state}${hasBatch
        ? " a batch waits to be confirmed"
        : ""}</td>
    </tr>
  `;
}

/** What is still unread before the position. */
function behind({ backfill, backfillEndsMs }: Position): string {
  if (backfill.length === 0) return "";
  const from = `; older records from ${moment(backfill[0]!.from)} on are still being read`;
  return backfillEndsMs === null ? from : `${from}, until about ${time(backfillEndsMs)}`;
}

function moment(instant: Instant | null | undefined): string {
  return instant === null || instant === undefined ? "-" : formatInstant(instant);
}

function time(ms: number | null): string {
  return ms === null ? "-" : `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
