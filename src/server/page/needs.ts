/** What needs somebody: what is wrong, since when, what to do, and the command that tells more. */
import { html as markup } from "hono/html";
import { durationInWords } from "../../telemetry/duration.ts";
import { visibleLine } from "../../telemetry/visible.ts";
import { cutText, shownName } from "../status/filter.ts";
import { mostTelling } from "../status/needs.ts";
import { clockInWords } from "../status/summary.ts";
import type { Need, Status } from "../status/schema.ts";
import { counted, grouped, relative } from "./words.ts";

/** More of them are only counted: nobody reads on, and one cause has often many victims. */
const MOST_SHOWN = 20;
const LONGEST_TEXT = 600;

export function needList(status: Status) {
  const { needs, now, sink_stalled_seconds, dead_letters, clock_ahead_seconds, configuration, state_damage } =
    status;
  const ofProcess = [
    ...(configuration.problem === null ? [] : [refusedConfiguration(configuration.problem, now)]),
    ...state_damage.map(damagedState),
    ...(sink_stalled_seconds === 0 ? [] : [stalledSink(sink_stalled_seconds)]),
    ...(dead_letters === null ? [] : [refusedLines(dead_letters)]),
    ...(clock_ahead_seconds === 0 ? [] : [wrongClock(clock_ahead_seconds)]),
  ];
  if (needs.length + ofProcess.length === 0) return "";
  const more = needs.length - MOST_SHOWN;
  return markup`<section aria-labelledby="needs"><h2 id="needs">What needs you</h2><ul class="needs">${ofProcess}${
    mostTelling(needs, MOST_SHOWN).map((need) => item(need, now))
  }</ul>${more > 0 ? markup`<p>And ${grouped(more)} more: filter by state below.</p>` : ""}</section>`;
}

function refusedConfiguration({ at, detail }: NonNullable<Status["configuration"]["problem"]>, now: string) {
  return markup`<li><h3><b class="late">late</b> The configuration that was read last is not used</h3><p><time datetime="${at}">${
    relative(at, now)
  }</time>. What ran before goes on, and a restart would not come up: mend it, and have it read again.</p><p class="detail">${
    text(detail)
  }</p></li>`;
}

function damagedState(note: string) {
  return markup`<li><h3><b class="late">late</b> Something in the state folder was damaged</h3><p>See to the disk, and in the log for what was kept in it; <code>graphtap replay</code> reads a range again. This is told until the program is started again.</p><p class="detail">${
    text(note)
  }</p></li>`;
}

function stalledSink(seconds: number) {
  return markup`<li><h3><b class="late">late</b> The sink takes nothing</h3><p>For ${
    durationInWords(seconds)
  }. Reading waits for who takes the lines: look at the shipper, the receiver, the disk.</p></li>`;
}

function refusedLines({ path, bytes }: NonNullable<Status["dead_letters"]>) {
  return markup`<li><h3><b class="late">late</b> Lines that the receiver refused are set aside</h3><p>${
    grouped(bytes)
  } bytes, each line with the answer. See to the reason, send the lines on, and delete the file.</p><p><code>${
    text(path)
  }</code></p></li>`;
}

function wrongClock(aheadSeconds: number) {
  return markup`<li><h3><b class="late">late</b> ${clockInWords(aheadSeconds)}</h3><p>${
    aheadSeconds < 0
      ? "New records come so much later. Nothing is skipped: set the clock."
      : "Nothing is skipped, for no stream is read beyond Graph's own time. Set the clock: what is shown in relation to now is wrong."
  }</p></li>`;
}

function item({ input, service, streams, verdict, cause, since, detail, todo, command }: Need, now: string) {
  const name = service === null
    ? markup`<bdi>${shownName(input)}</bdi>`
    : markup`<bdi>${shownName(input)}</bdi>/<bdi>${shownName(service)}</bdi>`;
  const many = streams > 1 ? ` (${counted(streams, "stream")})` : "";
  return markup`<li><h3><b class="${verdict}">${verdict}</b> ${name} ${cause}${many}</h3><p>${
    since === null ? "" : markup`Since <time datetime="${since}">${relative(since, now)}</time>. `
  }${todo}</p>${detail === null ? "" : markup`<p class="detail">${text(detail)}</p>`}<p><code>${
    text(command)
  }</code></p></li>`;
}

function text(from: string): string {
  return cutText(visibleLine(from), LONGEST_TEXT);
}
