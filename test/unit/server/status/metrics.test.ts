import { describe, expect, it } from "vitest";
import { addSeconds, fromMillis, parseInstant } from "../../../../src/instant.ts";
import { metrics } from "../../../../src/telemetry/metrics.ts";
import { type House, openHouse, produce, settle } from "../house.ts";

/** The samples as `name{labels}` and value. */
async function samplesOf(house: House): Promise<Map<string, number>> {
  const text = await house.fetch("/metrics").then((answer) => answer.text());
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(lines.map((line) => {
    const at = line.lastIndexOf(" ");
    return [line.slice(0, at), Number(line.slice(at + 1))];
  }));
}

const OF = '{input="contoso",service="signIns"}';

const at = (text: string) => parseInstant(text)!;

describe("/metrics", () => {
  it("have the labels that the table names, and no others", async () => {
    const house = openHouse();
    produce(house, "signIns", 7);
    house.emulator.faults.add({ match: { collection: "alerts_v2" }, do: { kind: "status", status: 403 } });
    await house.fetch("/v1/pull").then((answer) => answer.text());
    await house.poll();
    const wrong = [...(await samplesOf(house)).keys()].filter((sample) => {
      const [, name = "", labels = ""] = /^(\w+)(?:\{(.*)\})?$/.exec(sample)!;
      const family = name in metrics ? name : name.replace(/_(bucket|sum|count)$/, "");
      const wanted = [...metrics[family as keyof typeof metrics].labels];
      if (name.endsWith("_bucket")) wanted.push("le");
      return [...labels.matchAll(/(\w+)="/g)].map(([, label]) => label).join() !== wanted.join();
    });
    expect(wrong).toEqual([]);
  });

  it("are OpenMetrics for who asks for it", async () => {
    const house = openHouse();
    const answer = await house.fetch("/metrics", { headers: { accept: "application/openmetrics-text" } });
    expect(answer.headers.get("content-type")).toContain("application/openmetrics-text; version=1.0.0");
    expect(answer.headers.get("vary")).toBe("accept");
    expect(await answer.text()).toMatch(/\n# EOF\n$/);
  });

  it("count what was asked of Graph and of the login service", async () => {
    const house = openHouse();
    produce(house, "signIns", 7);
    house.emulator.faults.add({ match: { collection: "signIns" }, do: { kind: "status", status: 503 } });
    const polling = house.poll();
    await settle();
    house.clock.advance(1000);
    await polling;
    const samples = await samplesOf(house);
    expect(samples.get('graphtap_responses_total{input="contoso",service="signIns",status="5xx"}')).toBe(1);
    expect(samples.get('graphtap_responses_total{input="contoso",service="signIns",status="2xx"}')).toBe(1);
    expect(samples.get('graphtap_request_duration_seconds_bucket{service="signIns",le="0.1"}')).toBe(2);
    expect(samples.get(`graphtap_received_bytes_total${OF}`)).toBeGreaterThan(7 * 500);
    expect(samples.get('graphtap_tokens_total{input="contoso"}')).toBe(1);
    expect(samples.get('graphtap_token_failures_total{input="contoso"}')).toBe(0);
    expect(samples.get('graphtap_permits_total{input="contoso",budget="reports",priority="live"}')).toBe(2);
    expect(samples.get('graphtap_budget_used_ratio{input="contoso",budget="reports"}')).toBeGreaterThan(0);
    expect(samples.get("graphtap_sink_writes_total")).toBe(1);
    expect(samples.get("graphtap_sink_bytes_total")).toBe(
      house.lines.reduce((sum, line) => sum + new TextEncoder().encode(line).length + 1, 0),
    );
    expect(samples.get("process_cpu_seconds_total")).toBe(1.5);
    expect(samples.get('graphtap_build_info{version="1.2.3",runtime="node 20"}')).toBe(1);
  });

  it("tell how old the last whole read is, also of a stream that was never read", async () => {
    const house = openHouse();
    house.clock.advance(60_000);
    expect((await samplesOf(house)).get(`graphtap_freshness_seconds${OF}`)).toBe(60);
    await house.poll();
    house.clock.advance(5000);
    expect((await samplesOf(house)).get(`graphtap_freshness_seconds${OF}`)).toBe(5);
    house.restart();
    house.clock.advance(1000);
    expect((await samplesOf(house)).get(`graphtap_freshness_seconds${OF}`)).toBe(6);
  });

  it("name the failure of a stream until its next whole read", async () => {
    const house = openHouse();
    const error = 'graphtap_stream_error{input="contoso",service="signIns",code="graph-forbidden"}';
    house.emulator.faults.add({ match: { collection: "signIns" }, do: { kind: "status", status: 403 } });
    await house.poll();
    expect((await samplesOf(house)).get(error)).toBe(1);
    await house.poll();
    expect((await samplesOf(house)).has(error)).toBe(false);
  });

  it("name what requests meet while a poll still tries", async () => {
    const house = openHouse();
    house.emulator.faults.add({ match: { collection: "signIns" }, do: { kind: "status", status: 503 } });
    const polling = house.poll();
    await settle();
    const error = 'graphtap_stream_error{input="contoso",service="signIns",code="graph-unavailable"}';
    expect((await samplesOf(house)).get(error)).toBe(1);
    house.clock.advance(60_000);
    await polling;
    expect((await samplesOf(house)).has(error)).toBe(false);
  });

  it("count late records by their age", async () => {
    const house = openHouse();
    await house.poll();
    const late = fromMillis(house.clock.now());
    for (let polls = 0; polls < 140; polls++) {
      if (polls === 12) house.emulator.produce("signIns", 3, { from: addSeconds(late, -60), to: late });
      house.clock.advance(600_000);
      await house.poll();
    }
    const samples = await samplesOf(house);
    expect(samples.get(`graphtap_records_late_total${OF}`)).toBe(3);
    expect(samples.get('graphtap_records_late_age_seconds_bucket{service="signIns",le="3600.0"}')).toBe(0);
    expect(samples.get('graphtap_records_late_age_seconds_bucket{service="signIns",le="86400.0"}')).toBe(3);
  });

  it("tell when Graph drops what is still unread", async () => {
    const house = openHouse();
    await house.poll();
    // Sign-ins are kept for 30 days.
    const read = house.clock.now() / 1000;
    expect((await samplesOf(house)).get(`graphtap_unread_expiry_timestamp_seconds${OF}`)).toBe(
      read + 30 * 86_400,
    );
    expect((await samplesOf(house)).get(`graphtap_backfill_done_ratio${OF}`)).toBe(1);
  });

  it("count what happened, by stream", async () => {
    const house = openHouse();
    produce(house, "signIns", 7);
    await house.ids("/v1/pull");
    house.emulator.faults.add({
      match: { collection: "signIns", times: "always" },
      do: { kind: "status", status: 403, code: "Authorization_RequestDenied" },
    });
    house.clock.advance(90_000);
    await house.fetch("/v1/pull").then((response) => response.text());
    const response = await house.fetch("/metrics");
    expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    const lines = (await response.text()).split("\n");
    const of = '{input="contoso",service="signIns"}';
    for (
      const line of [
        "# TYPE graphtap_requests_total counter",
        `graphtap_requests_total${of} 4`,
        `graphtap_records_sent_total${of} 7`,
        `graphtap_polls_total${of} 1`,
        'graphtap_poll_errors_total{input="contoso",service="signIns",code="graph-forbidden"} 1',
        'graphtap_request_errors_total{input="contoso",service="signIns",code="graph-forbidden"} 3',
        `graphtap_last_success_timestamp_seconds${of} ${house.clock.now() / 1000 - 90}`,
        `graphtap_position_lag_seconds${of} 90`,
        'graphtap_info{version="1.2.3"} 1',
        "process_resident_memory_bytes 1000000",
      ]
    ) expect(lines).toContain(line);
  });

  it("tell gaps and the time that they cover", async () => {
    const house = openHouse();
    const { state } = house.server.streams[0]!;
    const moment = (seconds: number) => ({ seconds, nanos: 0 });
    const tried = { reason: "graph-timeout", sinceMs: 0, attempts: 0, nextTryMs: 0 };
    state.gaps().save([{ from: moment(0), to: moment(30), ...tried }, {
      from: moment(60),
      to: moment(120),
      ...tried,
    }]);
    state.lost().save([{
      from: moment(200),
      to: moment(300),
      reason: "retention",
      sinceMs: house.clock.now(),
    }]);
    const metrics = await (await house.fetch("/metrics")).text();
    expect(metrics).toContain('graphtap_lost_seconds{input="contoso",service="signIns"} 100\n');
    expect(metrics).toContain('graphtap_gaps{input="contoso",service="signIns"} 2\n');
    expect(metrics).toContain('graphtap_gap_seconds{input="contoso",service="signIns"} 90\n');
    expect(metrics).toContain('graphtap_gap_seconds{input="contoso",service="alerts_v2"} 0\n');
  });

  it("tell when the credential of an input ends, once for all of its streams", async () => {
    const house = openHouse();
    const metrics = async () => await (await house.fetch("/metrics")).text();
    expect(await metrics()).not.toContain("graphtap_credential_expiry");
    house.server.streams[0]!.expiry.learned(Date.UTC(2027, 0, 31));
    const lines = (await metrics()).split("\n").filter((line) =>
      line.startsWith("graphtap_credential_expiry")
    );
    expect(lines).toEqual([
      'graphtap_credential_expiry_timestamp_seconds{input="contoso",credential="client_secret"} 1801353600',
    ]);
  });

  it("count a batch as sent when it is confirmed", async () => {
    const house = openHouse();
    produce(house, "signIns", 7);
    const response = await house.fetch("/v1/pull?confirm=1");
    await response.text();
    const metrics = () => house.fetch("/metrics").then((answer) => answer.text());
    expect(await metrics()).toContain('sent_total{input="contoso",service="signIns"} 0\n');
    expect(await metrics()).toContain("graphtap_batches_waiting 1\n");
    await house.fetch(`/v1/confirm/${response.headers.get("graphtap-batch")}`, { method: "POST" });
    expect(await metrics()).toContain('sent_total{input="contoso",service="signIns"} 7\n');
    expect(await metrics()).toContain("graphtap_batches_waiting 0\n");
  });

  it("tell how much of a long start is still to be read, and how far re-reads are behind", async () => {
    const house = openHouse();
    const pull = () => house.fetch("/v1/pull").then((response) => response.text());
    await pull();
    const { state } = house.streams.find(({ service }) => service.name === "signIns")!;
    state.commitInFile({
      ...state.loadPosition()!,
      watermark: at("2026-11-22T16:00:00Z"),
      backfill: [{ from: at("2026-11-20T00:00:00Z"), to: at("2026-11-20T10:00:00Z") }],
      backfillEndsMs: Date.UTC(2026, 10, 22, 17, 30),
      // The deepest re-read, at an age of a day, is taken every twelve hours.
      rereads: Array.from({ length: 5 }, () => ({ readTo: at("2026-11-21T03:00:00Z"), idle: 0 })),
    });
    house.emulator.faults.add({
      match: { collection: "signIns", times: "always" },
      do: { kind: "status", status: 403, code: "Authorization_RequestDenied" },
    });
    await pull();
    const metrics = await (await house.fetch("/metrics")).text();
    const stream = 'input="contoso",service="signIns"';
    expect(metrics).toContain(`graphtap_backfill_seconds{${stream}} 36000\n`);
    expect(metrics).toContain(
      `graphtap_backfill_end_timestamp_seconds{${stream}} ${Date.UTC(2026, 10, 22, 17, 30) / 1000}\n`,
    );
    const unread = (house.clock.now() - Date.UTC(2026, 10, 20)) / 1000;
    expect(metrics).toContain(`graphtap_oldest_unread_seconds{${stream}} ${unread}\n`);
    expect(metrics).toContain(`graphtap_reread_lag_seconds{${stream}} 3600\n`);
  });
});
