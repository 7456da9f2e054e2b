/** Tokens that end before a scan does, and an Entra that fails. */
import { afterEach, describe, expect, it } from "vitest";
import { pollOnce } from "../../src/tap/scheduler.ts";
import { poll } from "../../src/tap/poll.ts";
import { anHourAgo, expectAllOnce, fillAudits, tallied } from "../support/audits.ts";
import { faultTable } from "../support/faultTable.ts";
import { openRig, type Rig } from "../support/rig.ts";

const signal = new AbortController().signal;
const record = faultTable();
let rig: Rig;
afterEach(() => rig.close());

const requests = (collection: string) =>
  rig.emulator.requests.filter((request) => request.collection === collection);

describe("a token", () => {
  it("that is revoked in mid-scan is replaced once, and the scan goes on where it was", async () => {
    rig = openRig({ unevenPages: false });
    fillAudits(rig, 100);
    rig.emulator.faults.add({
      match: { collection: "directoryAudits", page: 2 },
      do: { kind: "tokenExpire" },
    });
    const report = await poll(rig.stream("directory_audits", anHourAgo(rig)), rig.engine, signal);
    expect(report.error).toBeNull();
    expect(requests("token").length).toBe(2);
    expect(requests("directoryAudits").map(({ status }) => status)).toEqual([200, 200, 401, 200, 200, 200]);
    expectAllOnce(rig);
  });

  it("that would expire in mid-scan is renewed before, so that Graph never refuses one", async () => {
    rig = openRig({ unevenPages: false, tokenSeconds: 900 });
    fillAudits(rig, 200);
    rig.emulator.faults.add({
      match: { collection: "directoryAudits", times: "always" },
      do: { kind: "delay", ms: 250_000 },
    });
    await poll(rig.stream("directory_audits", anHourAgo(rig)), rig.engine, signal);
    expect(requests("token").length).toBeGreaterThan(2);
    expect(requests("directoryAudits").filter(({ status }) => status !== 200)).toEqual([]);
    expectAllOnce(rig);
  });

  it("that Graph refuses twice ends the poll: it is not asked for without end", async () => {
    rig = openRig({ unevenPages: false });
    fillAudits(rig, 20);
    rig.emulator.faults.add({
      match: { collection: "directoryAudits", times: "always" },
      do: { kind: "status", status: 401 },
    });
    const report = await poll(rig.stream("directory_audits", anHourAgo(rig)), rig.engine, signal);
    expect(report.error?.code).toBe("graph-unauthorized");
    expect(requests("token").length).toBe(2);
    expect(requests("directoryAudits").length).toBe(2);
  });

  it("is shared by the streams of an input, also when all ask at once", async () => {
    rig = openRig({ unevenPages: false });
    fillAudits(rig, 40);
    const services = ["directory_audits", "signIns", "signIns_v2", "alerts_v2", "secure_scores"];
    const streams = rig.streams(services, anHourAgo(rig));
    await pollOnce(streams, rig.engine, new AbortController());
    expect(requests("token").length).toBe(1);
    rig.emulator.faults.add({ match: { collection: "directoryAudits" }, do: { kind: "tokenExpire" } });
    await pollOnce(streams, rig.engine, new AbortController());
    expect(requests("token").length, "one more after all were refused").toBe(2);
  });

  it("never goes into a URL, the log or an error", async () => {
    rig = openRig({ unevenPages: false });
    fillAudits(rig, 40);
    rig.emulator.faults.add({
      match: { collection: "directoryAudits", nth: 2, times: "always" },
      do: { kind: "status", status: 500, message: "Bearer and all" },
    });
    const report = await poll(rig.stream("directory_audits", anHourAgo(rig)), rig.engine, signal);
    const token = /^Bearer (.*)$/.exec(rig.sent[0]!.headers["authorization"]!)![1]!;
    const said = [...rig.log, String(report.error), ...rig.sent.map(({ url }) => url)].join("\n");
    expect(said).not.toContain(token.slice(0, 30));
    expect(said, "nor what Graph said in a body").not.toContain("Bearer and all");
  });
});

describe("Entra", () => {
  it("that is down for an hour is asked now and then, and nothing is lost", async () => {
    rig = openRig({ unevenPages: false });
    fillAudits(rig, 40);
    const stream = rig.stream("directory_audits", anHourAgo(rig));
    const fault = rig.emulator.faults.add({
      match: { collection: "token", times: "always" },
      do: { kind: "status", status: 503 },
    });
    const until = rig.clock.now() + 3_600_000;
    let said = "";
    while (rig.clock.now() < until) {
      const began = rig.clock.now();
      said = (await poll(stream, rig.engine, signal, began + 300_000)).error?.message ?? "";
      rig.clock.advance(Math.max(0, began + 300_000 - rig.clock.now()));
    }
    expect(requests("token").length).toBeLessThanOrEqual(12 * 6);
    expect(requests("directoryAudits")).toEqual([]);
    fault.remove();
    expect((await poll(stream, rig.engine, signal)).error).toBeNull();
    expectAllOnce(rig);
    record({ fault: "Entra: down for an hour", ...tallied(rig), said });
  });

  it.each(
    [
      ["is busy", { kind: "tokenError", aadsts: 90055 }],
      ["answers 500", { kind: "status", status: 500 }],
      ["answers 429", { kind: "status", status: 429, retryAfter: 3 }],
      ["answers with HTML", { kind: "html", status: 503 }],
      ["does not answer", { kind: "reset" }],
    ] as const,
  )("that %s for a moment is asked again", async (_, action) => {
    rig = openRig({ unevenPages: false });
    fillAudits(rig, 40);
    rig.emulator.faults.add({ match: { collection: "token", times: 2 }, do: action });
    const report = await poll(rig.stream("directory_audits", anHourAgo(rig)), rig.engine, signal);
    expect(report.error).toBeNull();
    expect(requests("token").length).toBe(3);
    expectAllOnce(rig);
  });

  it.each([
    [7000215, /AADSTS7000215; put the secret's "Value"/],
    [7000222, /AADSTS7000222; the client secret has expired/],
    [700016, /AADSTS700016; client_id names no application/],
    [90002, /AADSTS90002; tenant_id names no tenant/],
  ])("that refuses by AADSTS%i is asked once a poll, and says what to do", async (aadsts, said) => {
    rig = openRig({ unevenPages: false });
    fillAudits(rig, 20);
    const fault = rig.emulator.faults.add({
      match: { collection: "token", times: "always" },
      do: { kind: "tokenError", aadsts },
    });
    const stream = rig.stream("directory_audits", anHourAgo(rig));
    const report = await poll(stream, rig.engine, signal);
    expect(report.error?.code).toBe("token-refused");
    expect(report.error?.message).toMatch(said);
    expect(requests("token").length).toBe(1);
    fault.remove();
    await poll(stream, rig.engine, signal);
    expectAllOnce(rig);
  });
});
