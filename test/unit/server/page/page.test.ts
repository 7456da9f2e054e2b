import { describe, expect, it } from "vitest";
import { statusPage } from "../../../../src/server/page/page.ts";
import { filterOf } from "../../../../src/server/status/filter.ts";
import { needsOf } from "../../../../src/server/status/needs.ts";
import type { Status, StreamStatus } from "../../../../src/server/status/schema.ts";
import { NOW, statusOf, stream } from "../../../support/statuses.ts";
import { openHouse, produce } from "../house.ts";

function streamOf(input: string, service: string, more: Partial<StreamStatus> = {}): StreamStatus {
  return stream({
    input,
    service,
    next_poll: "2026-11-22T16:00:40.000Z",
    last_poll: NOW,
    last_success: NOW,
    read_to: "2026-11-22T15:58:00Z",
    lag_seconds: 120,
    newest_record: "2026-11-22T15:57:00Z",
    records: 1234,
    records_per_minute: 12.5,
    records_by_minute: Array.from({ length: 60 }, (_, minute) => minute % 5 === 0 ? 60 : 0),
    ...more,
  });
}

function pageOf(streams: readonly StreamStatus[], query = "", more: Partial<Status> = {}): string {
  const summary = "what the summary says";
  const status = statusOf(streams, { started: NOW, summary, needs: needsOf(streams), ...more });
  return String(statusPage(status, filterOf(new URLSearchParams(query)), "NONCE"));
}

/** What a person reads: without tags, style and script. */
const textOf = (page: string) =>
  page.replace(/<(style|script)\b.*?<\/\1>/gs, "").replace(/<[^>]+>/g, " ").replace(/\s+/g, " ");

const FAILING = {
  verdict: "failing",
  since: "2026-11-22T15:48:00.000Z",
  code: "graph-forbidden",
  detail: "Cannot read page: Graph answered 403",
} as const;
const GAP = {
  verdict: "gap",
  since: "2026-11-22T15:48:00.000Z",
  gaps: 1,
  gap_seconds: 30,
  gap_ranges: [{
    from: "2026-11-22T15:00:00Z",
    to: "2026-11-22T15:00:30Z",
    seconds: 30,
    reason: "graph-timeout",
    since: "2026-11-22T15:48:00.000Z",
    attempts: 0,
    next_try: "2026-11-22T16:48:00.000Z",
  }],
} as const;

describe("the status page", () => {
  it("says first how all is, then what needs somebody, then each stream", () => {
    const page = pageOf([
      streamOf("contoso", "signIns"),
      streamOf("contoso", "alerts_v2", FAILING),
      streamOf("fabrikam", "signIns", { ...GAP, gap_ranges: [...GAP.gap_ranges] }),
    ]);
    const text = textOf(page);
    const order = [
      "what the summary says",
      "What needs you",
      "failing contoso / alerts_v2 lacks a permission",
      "Since 12 min ago",
      "Cannot read page: Graph answered 403",
      "graphtap doctor --input contoso --service alerts_v2",
      "gap fabrikam / signIns has 1 gap of 30 s",
      "graphtap gaps --input fabrikam --service signIns",
      "Streams",
      "contoso failing 2 streams, 2 min behind",
      "alerts_v2 failing since 12 min ago, graph-forbidden",
      "signIns healthy",
      "fabrikam gap 1 stream, 2 min behind, 30 s missing",
    ];
    expect(order.map((part) => [part, text.indexOf(part) >= 0])).toEqual(order.map((part) => [part, true]));
    const places = order.map((part) => text.indexOf(part));
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });

  it("tells of a stream lag, rate, backfill, late records, gaps and the next poll", () => {
    const text = textOf(pageOf([streamOf("contoso", "signIns", {
      backfill: { seconds_left: 36_000, share: 0.755, ends: "2026-11-22T17:30:00.000Z" },
      late_records: 7,
      late_by_seconds: 3900,
    })]));
    expect(text).toContain("2 min newest record 3 min ago");
    expect(text).toContain("13 1,234 in all");
    expect(text).toContain("75 % 10 h left, done in 1 h 30 min");
    expect(text).toContain("7 up to 1 h 5 min late");
    expect(text).toContain("in 40 s every 5 min");
  });

  it("tells of a sink that takes nothing, though no stream is to blame", () => {
    const text = textOf(pageOf([streamOf("contoso", "signIns")], "", { sink_stalled_seconds: 90 }));
    expect(text).toContain("What needs you late The sink takes nothing For 1 min 30 s.");
  });

  it("tells of lines that the receiver refused, and where they are", () => {
    const dead_letters = { path: "/var/lib/<tap>/dead-letter.ndjson", bytes: 12_345 };
    const page = pageOf([streamOf("contoso", "signIns")], "", { dead_letters });
    expect(textOf(page)).toContain("Lines that the receiver refused are set aside 12,345 bytes");
    expect(page).toContain("<code>/var/lib/&lt;tap&gt;/dead-letter.ndjson</code>");
  });

  it("tells of a clock that is wrong, and what it does", () => {
    const of = (clock_ahead_seconds: number) =>
      textOf(pageOf([streamOf("contoso", "signIns")], "", { clock_ahead_seconds }));
    expect(of(-3600)).toContain(
      "late This host&#39;s clock is 1 h behind Graph&#39;s New records come so much later.",
    );
    expect(of(3600)).toContain("late This host&#39;s clock is 1 h ahead of Graph&#39;s Nothing is skipped");
  });

  it("tells of a configuration that is not used, and why", () => {
    const detail = "config.yaml has 1 error\nconfig.yaml:1:9: inputs: found a text, expected a map of inputs";
    const configuration = { read: NOW, problem: { at: NOW, code: "config-invalid", detail } };
    const text = textOf(pageOf([streamOf("contoso", "signIns")], "", { configuration }));
    expect(text).toContain("late The configuration that was read last is not used");
    expect(text).toContain("config.yaml:1:9: inputs: found a text");
  });

  it("has a picture of the last hour that says what it shows", () => {
    expect(pageOf([streamOf("contoso", "signIns")])).toContain(
      'aria-label="720 records in the last hour, at most 60 in a minute"',
    );
    expect(pageOf([streamOf("contoso", "signIns", { records_by_minute: [] })])).not.toContain("<svg");
  });

  it("shows what a filter in the address asks for, and keeps it in the form", () => {
    const streams = [streamOf("contoso", "signIns"), streamOf("fabrikam", "alerts_v2", FAILING)];
    const bySearch = pageOf(streams, "q=CONTOSO");
    expect(bySearch).toContain('value="CONTOSO"');
    expect(textOf(bySearch)).not.toContain("alerts_v2 failing since");
    expect(pageOf(streams, "state=failing")).toMatch(/<option value="failing" selected\s*>/);
    expect(textOf(pageOf(streams, "q=nothing+like+it"))).toContain("No stream fits the filter");
  });

  it("is harmless whatever names and messages are", () => {
    const name = `<img src=x onerror=alert(1)>"'&\u202e${"x".repeat(10_000)}`;
    const page = pageOf([
      streamOf(name, "</td><script>alert(2)</script>", { ...FAILING, detail: `<b>${"y".repeat(10_000)}` }),
    ], "q=%22%3E%3Cscript%3Ealert(3)%3C/script%3E");
    expect(page).not.toMatch(/<img|<script>|<b>y|\u202e/);
    expect(page.match(/<script/g)).toHaveLength(1);
    expect(page.length).toBeLessThan(20_000);
  });

  it("leads from the line of an input to its streams, however its name is", () => {
    const odd = `& ? # % + \u{1f600} ${"n".repeat(100)}`;
    const many = Array.from({ length: 200 }, (_, index) => streamOf(`tenant-${index}`, "signIns"));
    const streams = [...many, streamOf(odd, "alerts_v2")];
    const hrefs = [...pageOf(streams).matchAll(/<li><a href="\?([^"]+)">/g)].map(([, query]) => query!);
    expect(hrefs).toHaveLength(201);
    const page = textOf(pageOf(streams, hrefs.at(-1)!.replaceAll("&amp;", "&")));
    expect(page).toContain("alerts_v2 healthy");
    expect(page).not.toContain("tenant-1 ");
  });

  it("is under 300 KB for a thousand tenants with five services each, failing first", () => {
    const streams = Array.from(
      { length: 5000 },
      (_, index) =>
        streamOf(`customer-${String(Math.floor(index / 5)).padStart(4, "0")}`, `service_${index % 5}`, {
          ...(index === 4321 ? FAILING : {}),
        }),
    );
    const page = pageOf(streams);
    expect(new TextEncoder().encode(page).length).toBeLessThan(300_000);
    expect(/<li><a href="[^"]+"><bdi>([^<]+)/.exec(page)?.[1]).toBe("customer-0864");
  });

  it("is served with a policy that lets nothing in but what came with it", async () => {
    const house = openHouse();
    produce(house, "signIns", 7);
    await house.ids("/v1/pull");
    const [first, second] = [await house.fetch("/"), await house.fetch("/")];
    const policy = first.headers.get("content-security-policy")!;
    const [, nonce] = /script-src 'nonce-([^']+)'/.exec(policy)!;
    expect(policy).toBe(
      `default-src 'none'; script-src 'nonce-${nonce}'; style-src 'nonce-${nonce}'; img-src data:; ` +
        "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    );
    expect(second.headers.get("content-security-policy")).not.toBe(policy);
    const page = await first.text();
    expect(first.headers.get("content-type")).toMatch(/^text\/html/);
    expect(page).toContain(`<script nonce="${nonce}">`);
    expect(page).not.toMatch(/ style=| on[a-z]+=|https?:\/\/(?!www\.w3\.org)/);
  });
});
