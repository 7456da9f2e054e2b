/** Page links that must not be followed, or lead nowhere. */
import { afterEach, describe, expect, it } from "vitest";
import { plugins } from "../../plugins/index.ts";
import { createEmulator } from "../../src/emulator/emulator.ts";
import type { HttpRequest, HttpResponse, Transport } from "../../src/graph/transport.ts";
import { poll } from "../../src/tap/poll.ts";
import { anHourAgo, expectAllOnce, fillAudits, tallied } from "../support/audits.ts";
import { faultTable, firstTrouble } from "../support/faultTable.ts";
import { manualClock } from "../support/manualClock.ts";
import { GRAPH, openRig, type Rig, TENANT } from "../support/rig.ts";
import { fetchFrom } from "../support/tenant.ts";

const signal = new AbortController().signal;
const record = faultTable();
let rig: Rig;
afterEach(() => rig.close());

const origins = () => [...new Set(rig.sent.map(({ url }) => new URL(url).origin))];

describe("a page link", () => {
  it.each([
    "https://graph.example.net",
    "http://graph.microsoft.com",
    "https://graph.microsoft.com:8443",
    "https://graph.microsoft.com.example.net",
    "https://graph.microsoft.us",
  ])("to %s is not followed: nothing is sent there, and the log says so", async (origin) => {
    rig = openRig({ unevenPages: false });
    fillAudits(rig, 100);
    const fault = rig.emulator.faults.add({
      match: { collection: "directoryAudits", page: 1 },
      do: { kind: "foreignLink", origin },
    });
    const stream = rig.stream("directory_audits", anHourAgo(rig));
    const report = await poll(stream, rig.engine, signal);
    expect(report.error).toBeNull();
    const said = rig.log.filter((line) => line.includes("page-link-foreign"));
    expect(said.join()).toContain(new URL(origin).origin);
    expect(origins()).toEqual([GRAPH]);
    expect(fault.spent).toBe(true);
    expectAllOnce(rig);
    record({ fault: "Graph: a page link to another origin", ...tallied(rig), said: firstTrouble(rig.log) });
  });

  it("to another origin that stays costs no record that a smaller window brings", async () => {
    rig = openRig({ unevenPages: false });
    fillAudits(rig, 100);
    rig.emulator.faults.add({
      match: { collection: "directoryAudits", page: 1, times: "always" },
      do: { kind: "foreignLink", origin: "https://graph.example.net" },
    });
    const stream = rig.stream("directory_audits", anHourAgo(rig));
    expect((await poll(stream, rig.engine, signal)).error).toBeNull();
    expect(origins()).toEqual([GRAPH]);
    expectAllOnce(rig);
  });

  it.each([301, 302, 307, 308])("is not followed through a redirect either: %i", async (status) => {
    rig = openRig({ unevenPages: false });
    fillAudits(rig, 60);
    rig.emulator.faults.add({
      match: { collection: "directoryAudits", page: 1 },
      do: { kind: "redirect", status, location: "https://graph.example.net/v1.0/auditLogs/directoryAudits" },
    });
    const stream = rig.stream("directory_audits", anHourAgo(rig));
    expect((await poll(stream, rig.engine, signal)).error).toBeNull();
    const said = rig.log.filter((line) => line.includes("graph-refused"));
    expect(said.join()).toContain("redirects are not followed");
    expect(origins()).toEqual([GRAPH]);
    expectAllOnce(rig);
    record({ fault: "Graph: a redirect to another origin", ...tallied(rig), said: firstTrouble(rig.log) });
  });

  it.each(["self", "first"] as const)(
    "that always leads to %s ends after a bounded number of requests",
    async (to) => {
      rig = openRig({ unevenPages: false });
      fillAudits(rig, 60);
      const fault = rig.emulator.faults.add({
        match: { collection: "directoryAudits", page: 1, times: "always" },
        do: { kind: "loopLink", to },
      });
      const stream = rig.stream("directory_audits", anHourAgo(rig));
      expect((await poll(stream, rig.engine, signal)).error, "the stream goes on").toBeNull();
      expect(stream.state.gaps().list().every(({ reason }) => reason === "page-link-loop")).toBe(true);
      expect(rig.sent.length).toBeLessThan(200);
      expect(new Set(rig.lines).size, "no record twice").toBe(rig.lines.length);
      fault.remove();
      rig.clock.advance(2 * 86_400_000);
      await poll(stream, rig.engine, signal);
      expectAllOnce(rig);
    },
  );

  it("that leads back in every window leaves gaps, and no stream that stands still", async () => {
    rig = openRig({ unevenPages: false });
    fillAudits(rig, 60);
    const fault = rig.emulator.faults.add({
      match: { collection: "directoryAudits", page: 0, times: "always" },
      do: { kind: "loopLink" },
    });
    const stream = rig.stream("directory_audits", anHourAgo(rig));
    expect((await poll(stream, rig.engine, signal)).error).toBeNull();
    expect(stream.state.gaps().list()).toMatchObject([{ reason: "page-link-loop" }]);
    expect(rig.sent.length).toBeLessThan(200);
    fault.remove();
    rig.clock.advance(2 * 86_400_000);
    await poll(stream, rig.engine, signal);
    expectAllOnce(rig);
  });

  it("that has expired when a killed run is resumed costs a restart of its window, and nothing else", async () => {
    rig = openRig({ unevenPages: false });
    fillAudits(rig, 100);
    const settings = anHourAgo(rig);
    rig.emulator.faults.add({
      match: { collection: "directoryAudits", nth: 4, times: "always" },
      do: { kind: "status", status: 403 },
    });
    expect((await poll(rig.stream("directory_audits", settings), rig.engine, signal)).error).not.toBeNull();
    rig.emulator.faults.clear();
    rig.emulator.faults.add({ match: { collection: "directoryAudits" }, do: { kind: "skipTokenExpire" } });
    const resumed = await poll(rig.stream("directory_audits", settings), rig.engine, signal);
    expect(resumed.error).toBeNull();
    expectAllOnce(rig);
  });

  it("that names Graph's own host behind a reverse proxy leads to the proxy, with its path", async () => {
    const clock = manualClock();
    const emulator = createEmulator({ plugins, clock, quotas: "off", tenants: [TENANT], unevenPages: false });
    const proxy = "https://proxy.example/graph";
    const served = {
      emulator,
      clock,
      origin: proxy,
      // Links name whom the proxy asks.
      transport: (request: HttpRequest) =>
        fetchFrom(emulator, { ...request, url: request.url.replace(proxy, "https://graph.microsoft.com") }),
    };
    rig = openRig({ served });
    fillAudits(rig, 100);
    const report = await poll(rig.stream("directory_audits", anHourAgo(rig)), rig.engine, signal);
    expect(report.error).toBeNull();
    expect(report.pages).toBeGreaterThan(4);
    expect(rig.sent.every(({ url }) => url.startsWith(`${proxy}/v1.0/auditLogs/directoryAudits?`))).toBe(
      true,
    );
    expectAllOnce(rig);
  });

  it("of null ends the paging", async () => {
    const withNull = async (request: Parameters<Transport>[0], pass: Transport): Promise<HttpResponse> => {
      const response = await pass(request);
      return { ...response, body: request.method === "GET" ? addNullLink(response.body) : response.body };
    };
    rig = openRig({ unevenPages: false, between: withNull });
    rig.emulator.produce("directoryAudits", 10, {});
    const report = await poll(rig.stream("directory_audits", anHourAgo(rig)), rig.engine, signal);
    expect({ error: report.error, sent: report.sent }).toEqual({ error: null, sent: 10 });
  });
});

async function* addNullLink(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode('{"@odata.nextLink":null,');
  let first = true;
  for await (const chunk of body) {
    yield first ? chunk.subarray(1) : chunk;
    first = false;
  }
}
