import { describe, expect, it } from "vitest";
import { parseInstant } from "../../../../src/instant.ts";
import { openHouse, produce } from "../house.ts";

const at = (text: string) => parseInstant(text)!;

const deny = (collection: "signIns" | "alerts_v2") => ({
  match: { collection, times: "always" as const },
  do: { kind: "status" as const, status: 403, code: "Authorization_RequestDenied" },
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
