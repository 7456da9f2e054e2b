import { describe, expect, it } from "vitest";
import { openHouse, produce } from "../house.ts";

describe("/metrics", () => {
  it("count what happened, by stream", async () => {
    const house = openHouse();
    produce(house, "signIns", 7);
    await house.ids("/v1/pull");
    house.emulator.faults.add({
      match: { collection: "signIns" },
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
        `graphtap_requests_total${of} 2`,
        `graphtap_records_sent_total${of} 7`,
        `graphtap_polls_total${of} 1`,
        'graphtap_poll_errors_total{input="contoso",service="signIns",code="graph-forbidden"} 1',
        'graphtap_request_errors_total{input="contoso",service="signIns",code="graph-forbidden"} 1',
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
    const at = (seconds: number) => ({ seconds, nanos: 0 });
    const tried = { reason: "graph-timeout", sinceMs: 0, attempts: 0, nextTryMs: 0 };
    state.gaps().save([{ from: at(0), to: at(30), ...tried }, { from: at(60), to: at(120), ...tried }]);
    const metrics = await (await house.fetch("/metrics")).text();
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
});
