import { describe, expect, it } from "vitest";
import { defaultTenant } from "../../../src/emulator/options.ts";
import { inventedPlugins } from "../../support/inventedPlugins.ts";
import { bench } from "./setup.ts";

const REPORTS = [
  "/v1.0/auditLogs/signIns",
  "/beta/auditLogs/signIns",
  "/v1.0/auditLogs/directoryAudits",
  "/v1.0/auditLogs/provisioning",
];

describe("the budget for reports", () => {
  it("is five requests in ten seconds over all report collections together", async () => {
    const { get } = await bench({ quotas: {} });
    const statuses = [];
    for (const path of [...REPORTS, ...REPORTS]) statuses.push((await get(path)).status);
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429, 429, 429]);
  });

  it("says how long to wait, and keeps its word", async () => {
    const { get, clock } = await bench({ quotas: {} });
    for (let i = 0; i < 5; i++) await get(REPORTS[0] ?? "");
    clock.advance(3200);
    const refused = await get(REPORTS[0] ?? "");
    expect(refused.status).toBe(429);
    expect(refused.headers.get("retry-after")).toBe("7");
    expect(await refused.json()).toMatchObject({
      error: { code: "UnknownError", message: expect.stringContaining("throttled") },
    });
    clock.advance(7000);
    expect((await get(REPORTS[0] ?? "")).status).toBe(200);
  });

  it("is used up by refused requests too", async () => {
    const { get, clock } = await bench({ quotas: {} });
    for (let i = 0; i < 5; i++) await get(REPORTS[0] ?? "");
    for (let i = 0; i < 20; i++) {
      clock.advance(1000);
      await get(REPORTS[0] ?? "");
    }
    clock.advance(1000);
    expect((await get(REPORTS[0] ?? "")).status).toBe(429);
  });

  it("does not touch alerts", async () => {
    const { get } = await bench({ quotas: {} });
    for (let i = 0; i < 6; i++) await get(REPORTS[0] ?? "");
    expect((await get("/v1.0/security/alerts_v2")).status).toBe(200);
  });
});

describe("the budget for security", () => {
  it("is 150 requests a minute, refused in another form", async () => {
    const { get } = await bench({ quotas: {} });
    for (let i = 0; i < 150; i++) expect((await get("/v1.0/security/alerts_v2")).status).toBe(200);
    const refused = await get("/v1.0/security/secureScores");
    expect(refused.status).toBe(429);
    expect(await refused.json()).toMatchObject({
      error: { code: "TooManyRequests", innerError: { code: "429", status: "429" } },
    });
  });

  it("can be set", async () => {
    const { get } = await bench({ quotas: { scores: { requests: 1, seconds: 5 } } });
    const path = "/v1.0/security/secureScoreControlProfiles";
    expect([(await get(path)).status, (await get(path)).status]).toEqual([200, 429]);
  });
});

it("each tenant has budgets of its own", async () => {
  const tenants = [defaultTenant, { ...defaultTenant, tenantId: "11111111-2222-4333-8444-555555555555" }];
  const { emulator, get } = await bench({ quotas: {}, tenants });
  for (let i = 0; i < 6; i++) await get(REPORTS[0] ?? "");
  const { askToken, goodForm } = await import("./setup.ts");
  const token = (await (await askToken(emulator, tenants[1]?.tenantId ?? "", goodForm())).json() as {
    access_token: string;
  }).access_token;
  const response = await get(REPORTS[0] ?? "", { headers: { authorization: `Bearer ${token}` } });
  expect(response.status).toBe(200);
});

it("identity protection counts all applications of a tenant together", async () => {
  const other = { ...defaultTenant, clientId: "99999999-2222-4333-8444-555555555555" };
  const [, alarms] = inventedPlugins;
  const { emulator, get } = await bench({ quotas: {}, plugins: [alarms!], tenants: [defaultTenant, other] });
  expect((await get(alarms!.path)).status).toBe(200);
  const { askToken, goodForm } = await import("./setup.ts");
  const form = { ...goodForm(), client_id: other.clientId };
  const token = (await (await askToken(emulator, other.tenantId, form)).json() as { access_token: string })
    .access_token;
  const response = await get(alarms!.path, { headers: { authorization: `Bearer ${token}` } });
  expect(response.status).toBe(429);
});

it("identity protection is one request a second, and no word on how long to wait", async () => {
  const [, alarms] = inventedPlugins;
  const plugins = [{ ...alarms!, path: "/v1.0/identityProtection/doorAlarms" }];
  const { get, clock } = await bench({ quotas: {}, plugins });
  expect((await get(plugins[0]!.path)).status).toBe(200);
  const refused = await get(plugins[0]!.path);
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, null]);
  clock.advance(2000);
  expect((await get(plugins[0]!.path)).status).toBe(200);
});
