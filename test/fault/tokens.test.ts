/** Tokens that end before a scan does, and an Entra that fails. */
import { afterEach, describe, expect, it } from "vitest";
import type { FaultAction } from "../../src/emulator/faults.ts";
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
    expect(said, "nor what follows its scheme in a message").not.toContain("Bearer and");
  });
});

describe("Graph that asks for claims in a token, as after a revocation", () => {
  const CLAIMS = '{"access_token":{"nbf":{"essential":true,"value":"1764464400"}}}';
  const challenge = `Bearer realm="", error="insufficient_claims", claims="${btoa(CLAIMS)}"`;

  /** What each token request asked for, where Graph lets `isEnough` in. */
  function openChallenging(isEnough: (claims: string | null) => boolean): (string | null)[] {
    const asked: (string | null)[] = [];
    rig = openRig({
      unevenPages: false,
      between(request, direct) {
        if (request.method === "POST") {
          asked.push(new URLSearchParams(request.body).get("claims"));
          return direct(request);
        }
        if (isEnough(asked.at(-1) ?? null)) return direct(request);
        const header = (name: string) => name === "www-authenticate" ? challenge : null;
        return Promise.resolve({ status: 401, header, body: new Blob([]).stream() });
      },
    });
    fillAudits(rig, 20);
    return asked;
  }

  it("gets one with them, and is read on", async () => {
    const asked = openChallenging((claims) => claims === CLAIMS);
    const report = await poll(rig.stream("directory_audits", anHourAgo(rig)), rig.engine, signal);
    expect(report.error).toBeNull();
    expect(asked).toEqual([null, CLAIMS]);
    expectAllOnce(rig);
  });

  it("and is not content with them gets them once, for all streams of an input", async () => {
    const asked = openChallenging(() => false);
    const streams = rig.streams(["directory_audits", "signIns", "alerts_v2"], anHourAgo(rig));
    const outcomes = await pollOnce(streams, rig.engine, new AbortController());
    expect(outcomes.map(({ report }) => report.error?.message)).toEqual(
      Array(3).fill(expect.stringContaining("Conditional Access")),
    );
    expect(asked).toEqual([null, CLAIMS]);
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

  describe("before eight services", () => {
    const services = [
      "signIns",
      "signIns_v2",
      "directory_audits",
      "provisioning_audits",
      "alerts",
      "alerts_v2",
      "secure_scores",
      "secure_score_control_profiles",
    ];
    const fail = (action: FaultAction, times: number | "always" = "always") =>
      rig.emulator.faults.add({ match: { collection: "token", times }, do: action });
    const troubles = () => rig.log.filter((line) => /^\S+ (warn|error) /.test(line));
    const seconds = () => (rig.clock.now() - began) / 1000;
    let began = 0;

    function pullAll(action: FaultAction, times: number | "always" = "always") {
      rig = openRig({ unevenPages: false });
      fillAudits(rig, 40);
      const streams = rig.streams(services, anHourAgo(rig));
      fail(action, times);
      began = rig.clock.now();
      rig.log.length = 0;
      return pollOnce(streams, rig.engine, new AbortController());
    }

    it.each<[string, FaultAction, number]>([
      ["429 with a pause of a minute", {
        kind: "status",
        status: 429,
        body: "Too Many Requests",
        retryAfter: 60,
      }, 60],
      ["503 with a pause of a minute", { kind: "status", status: 503, retryAfter: 60 }, 60],
      ["AADSTS50196, a loop", { kind: "tokenError", aadsts: 50196 }, 300],
    ])("that answers %s is left alone so long, for all of them together", async (_, action, pause) => {
      const outcomes = await pullAll(action);
      expect(outcomes.every(({ report }) => report.error?.code === "token-unavailable")).toBe(true);
      expect(requests("token").length).toBeLessThanOrEqual(1 + seconds() / pause);
      expect(requests("token").length, "each stream tries six times").toBeGreaterThanOrEqual(6);
    });

    it.each<[string, FaultAction]>([
      ["answers 503", { kind: "status", status: 503 }],
      ["does not answer", { kind: "reset" }],
      ["is busy", { kind: "tokenError", aadsts: 90055 }],
      ["answers 429", { kind: "status", status: 429, retryAfter: 5 }],
      ["refuses the secret", { kind: "tokenError", aadsts: 7000215 }],
    ])("that %s is told in one line", async (_, action) => {
      const outcomes = await pullAll(action);
      expect(outcomes.every(({ report }) => report.error !== null)).toBe(true);
      expect(troubles().filter((line) => !line.includes("stops returning data"))).toHaveLength(1);
      expect(troubles()[0]).toContain("Cannot get a token from");
    });

    it("that is down for a moment is asked a few times, and its end is told in one line, too", async () => {
      const outcomes = await pullAll({ kind: "status", status: 503 }, 3);
      expect(outcomes.filter(({ report }) => report.error !== null)).toEqual([]);
      expect(requests("token").length).toBe(4);
      const told = rig.log.filter((line) => /token/.test(line)).map((line) =>
        line.split(" ").slice(1).join(" ")
      );
      expect(told).toHaveLength(3);
      expect(told[0]).toMatch(/^warn {2}Cannot get a token/);
      expect(told[1]).toMatch(/^info {2}the login service gives tokens again/);
      expect(told[2]).toMatch(/^info {2}ready/);
      expectAllOnce(rig);
    });

    it("whose tokens Graph refuses, each of them, is asked for two", async () => {
      rig = openRig({ unevenPages: false });
      for (const path of ["/v1.0/", "/beta/"]) {
        rig.emulator.faults.add({ match: { path, times: "always" }, do: { kind: "status", status: 401 } });
      }
      const outcomes = await pollOnce(
        rig.streams(services, anHourAgo(rig)),
        rig.engine,
        new AbortController(),
      );
      expect(outcomes.every(({ report }) => report.error?.code === "graph-unauthorized")).toBe(true);
      expect(requests("token").length).toBe(2);
    });
  });
});

describe("Graph that", () => {
  it.each<[string, FaultAction]>([
    ["cannot be reached", { kind: "reset" }],
    ["answers 503", { kind: "status", status: 503 }],
    ["answers 500 with an error of its own", { kind: "status", status: 500, code: "InternalServerError" }],
    ["stands behind a gateway that answers 502 with HTML", { kind: "html", status: 502 }],
    ["stands behind a filter that answers 403 with HTML", { kind: "html", status: 403 }],
  ])("%s is told in one line for all streams of an input, and so is its end", async (_, action) => {
    rig = openRig({ unevenPages: false });
    fillAudits(rig, 40);
    const streams = rig.streams(["directory_audits", "signIns", "alerts_v2"], anHourAgo(rig));
    rig.emulator.faults.add({ match: { path: "/v1.0/", times: 12 }, do: action });
    const outcomes = await pollOnce(streams, rig.engine, new AbortController());
    expect(outcomes.filter(({ report }) => report.error !== null)).toEqual([]);
    expect(rig.log.filter((line) => /^\S+ warn /.test(line))).toHaveLength(1);
    expect(rig.log.filter((line) => line.includes("Graph answers again"))).toHaveLength(1);
    expectAllOnce(rig);
  });
});
