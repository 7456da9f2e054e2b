import { describe, expect, it } from "vitest";
import { fromMillis } from "../../../../src/instant.ts";
import { bench, filtered, NOON } from "../setup.ts";

const HOUR_AGO = { from: fromMillis(NOON - 3_600_000), to: fromMillis(NOON) };

describe("the order", () => {
  const times = [
    "2026-11-22T10:00:01Z",
    "2026-11-22T10:00:00.9Z",
    "2026-11-22T10:00:00.1234567Z",
    "2026-11-22T10:00:00Z",
  ];

  it.each([
    ["", [0, 1, 2, 3]],
    ["?$orderby=activityDateTime desc", [0, 1, 2, 3]],
    ["?$orderby=activityDateTime", [3, 2, 1, 0]],
    ["?$orderby=activityDateTime asc", [3, 2, 1, 0]],
  ])("of audits with %j follows instants, not texts", async (query, order) => {
    const { emulator, page } = await bench();
    for (const i of [2, 0, 3, 1]) {
      emulator.put("directoryAudits", `{"id":"${i}","activityDateTime":"${times[i]}"}`);
    }
    expect((await page(`/v1.0/auditLogs/directoryAudits${query}`)).value.map(({ id }) => Number(id))).toEqual(
      order,
    );
  });

  it("of sign-ins stays newest first, even when beta is asked otherwise", async () => {
    const { emulator, page } = await bench();
    emulator.produce("signIns", 20, HOUR_AGO);
    const asked = (await page("/beta/auditLogs/signIns?$orderby=createdDateTime asc")).value.map(({ id }) =>
      id
    );
    expect(asked).toEqual((await page("/beta/auditLogs/signIns")).value.map(({ id }) => id));
  });
});

describe("the beta sign-ins", () => {
  const BETA = "/beta/auditLogs/signIns";

  it("are interactive only, unless a filter speaks of event types", async () => {
    const { emulator, page } = await bench();
    emulator.produce("signIns_beta", 16);
    const kinds = async (path: string) =>
      new Set((await page(path)).value.flatMap((record) => record.signInEventTypes));
    expect(await kinds(BETA)).toEqual(new Set(["interactiveUser"]));
    expect(await kinds(filtered(BETA, "createdDateTime ge 2026-11-01T00:00:00Z"))).toEqual(
      new Set(["interactiveUser"]),
    );
    expect(await kinds(filtered(BETA, "signInEventTypes/any(t: t eq 'servicePrincipal')"))).toEqual(
      new Set(["servicePrincipal"]),
    );
    expect(await kinds(filtered(BETA, "signInEventTypes/any(t: t ne 'interactiveUser')"))).toEqual(
      new Set(["nonInteractiveUser", "servicePrincipal", "managedIdentity"]),
    );
  });

  it("show the interactive ones of v1.0 under the same id, with more members", async () => {
    const { emulator, page } = await bench();
    emulator.produce("signIns", 3);
    emulator.produce("signIns_beta", 8);
    const v1 = (await page("/v1.0/auditLogs/signIns")).value;
    const beta = (await page(BETA)).value;
    expect(v1).toHaveLength(5);
    expect(beta.map(({ id }) => id)).toEqual(v1.map(({ id }) => id));
    expect(Object.keys(v1[0] ?? {})).toHaveLength(24);
    expect(Object.keys(beta[0] ?? {}).length).toBeGreaterThanOrEqual(47);
    expect(beta[0]?.correlationId).toBe(v1[0]?.correlationId);
  });
});
