import { describe, expect, it } from "vitest";
import { parseInstant } from "../../../../src/instant.ts";
import { openHouse, produce } from "../house.ts";

const at = (text: string) => parseInstant(text)!;

const deny = (collection: "signIns" | "alerts_v2") => ({
  match: { collection, times: "always" as const },
  do: { kind: "status" as const, status: 403, code: "Authorization_RequestDenied" },
});

async function readiness(house: ReturnType<typeof openHouse>) {
  const response = await house.fetch("/readyz");
  const { missing = [] } = await response.json() as { missing?: { service: string; code: string }[] };
  return [response.status, ...missing.map(({ service, code }) => `${service}: ${code}`)];
}

describe("/readyz", () => {
  it("waits for the first answer from Graph when the server polls by itself", async () => {
    const house = openHouse({ polls: true });
    expect(await readiness(house)).toEqual([503, "null: token-unavailable"]);
    await house.poll();
    expect(await readiness(house)).toEqual([200]);
  });

  it("is ready to be pulled from the start", async () => {
    expect(await readiness(openHouse())).toEqual([200]);
  });

  it("names a stream that fails, at once if it never worked", async () => {
    const house = openHouse();
    house.emulator.faults.add(deny("alerts_v2"));
    await house.fetch("/v1/pull").then((response) => response.text());
    expect(await readiness(house)).toEqual([503, "alerts_v2: graph-forbidden"]);
  });

  it("gives a stream that worked two periods to do so again", async () => {
    const house = openHouse();
    const pull = () => house.fetch("/v1/pull").then((response) => response.text());
    await pull();
    const fault = house.emulator.faults.add(deny("signIns"));
    await pull();
    expect(await readiness(house)).toEqual([200]);
    house.clock.advance(601_000);
    expect(await readiness(house)).toEqual([503, "signIns: graph-forbidden"]);
    fault.remove();
    await pull();
    expect(await readiness(house)).toEqual([200]);
  });

  it("tells no names to who has no token", async () => {
    const house = openHouse({ polls: true, guard: { loopback: true, token: "a-token-of-length-24-abc" } });
    expect(await (await house.fetch("/readyz")).json()).toEqual({ ready: false });
    expect(await (await house.fetch("/healthz")).text()).toBe("ok\n");
  });
});

describe("a long start that is still being read", () => {
  it("is shown with its end, and so is how far re-reads are behind", async () => {
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
    house.emulator.faults.add(deny("signIns"));
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
    expect(await (await house.fetch("/")).text()).toContain(
      "older records from 2026-11-20T00:00:00Z on are still being read, until about 2026-11-22T17:30:00Z",
    );
  });
});

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

describe("the status page", () => {
  it("shows streams and errors, escaped, with nothing that runs or loads", async () => {
    const house = openHouse();
    produce(house, "signIns", 7);
    house.emulator.faults.add(deny("alerts_v2"));
    await house.ids("/v1/pull");
    house.server.streams.forEach((stream) => Object.assign(stream.input, { name: "<b>&contoso" }));
    const response = await house.fetch("/");
    const page = await response.text();
    expect(response.headers.get("content-type")).toMatch(/^text\/html/);
    expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    expect(page).toContain("&lt;b&gt;&amp;contoso");
    expect(page).toContain("2026-11-22T16:00:00Z");
    expect(page).toContain("graph-forbidden: ");
    expect(page).not.toMatch(/<script|<b>|src=|href=|url\(/);
  });
});

describe("the access log", () => {
  it("is for debugging, and has no query", async () => {
    const house = openHouse();
    await house.fetch("/v1/pull?service=signIns&input=contoso");
    const line = house.log.find((text) => text.includes("answered"));
    expect(line).toMatch(/ debug answered method=GET path=\/v1\/pull status=200 ms=0$/m);
  });
});
