/** All services of a tenant share Microsoft's budgets, and keep them before Graph has to say so. */
import { afterEach, expect, it } from "vitest";
import { addSeconds, fromMillis } from "../../src/instant.ts";
import { pollOnce } from "../../src/tap/scheduler.ts";
import { anHourAgo, delivered, expectAllOnce, fillAudits, shortPages } from "../support/audits.ts";
import { EIGHT_SERVICES as SERVICES } from "../support/eightServices.ts";
import { openRig, type Rig } from "../support/rig.ts";

let rig: Rig;
afterEach(() => rig.close());

it("eight services with many pages never meet a 429, and all their records leave", async () => {
  rig = openRig({ unevenPages: false, quotas: {}, budgets: {} });
  fillAudits(rig, 200);
  const now = fromMillis(rig.clock.now());
  rig.emulator.produce("signIns", 200, { from: addSeconds(now, -3000), to: addSeconds(now, -10) });
  rig.emulator.produce("alerts_v2", 100, { from: addSeconds(now, -3000), to: addSeconds(now, -10) });
  rig.emulator.produce("secureScoreControlProfiles", 430, {});
  shortPages(rig, "signIns");
  shortPages(rig, "alerts_v2");

  const outcomes = await pollOnce(rig.streams(SERVICES, anHourAgo(rig)), rig.engine, new AbortController());
  expect(outcomes.map(({ report }) => report.error)).toEqual(SERVICES.map(() => null));
  const { requests } = rig.emulator;
  expect(requests.filter(({ status }) => status === 429)).toEqual([]);
  // Twenty-odd requests of the four reports' services at five in ten seconds.
  expect(requests.at(-1)!.at - requests[0]!.at).toBeGreaterThanOrEqual(40_000);
  expect(requests.at(-1)!.at - requests[0]!.at, "and no slower than needed").toBeLessThan(120_000);
  expectAllOnce(rig);
  expect(delivered(rig, "signIns").length).toBe(200);
  expect(delivered(rig, "alerts_v2").length).toBe(100);
  expect(delivered(rig, "secure_score_control_profiles").length).toBe(430);
});

it("a 429 of one service holds the others of its budget back, too", async () => {
  rig = openRig({ unevenPages: false });
  fillAudits(rig, 20);
  rig.emulator.faults.add({
    match: { collection: "directoryAudits" },
    do: { kind: "status", status: 429, retryAfter: 60 },
  });
  const before = rig.emulator.requests.length;
  const [audits, signIns] = rig.streams(["directory_audits", "signIns"], anHourAgo(rig));
  const first = pollOnce([audits!], rig.engine, new AbortController());
  while (!rig.emulator.requests.slice(before).some(({ status }) => status === 429)) {
    await new Promise((resolve) => setTimeout(resolve));
  }
  await Promise.all([first, pollOnce([signIns!], rig.engine, new AbortController())]);
  const [throttled] = rig.emulator.requests.slice(before).filter(({ status }) => status === 429);
  const [sibling] = rig.emulator.requests.slice(before).filter(({ collection }) => collection === "signIns");
  expect(sibling!.at - throttled!.at).toBeGreaterThanOrEqual(60_000);
});
