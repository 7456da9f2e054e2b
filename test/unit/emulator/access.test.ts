import { describe, expect, it } from "vitest";
import { defaultTenant } from "../../../src/emulator/options.ts";
import { bench } from "./setup.ts";

const SIGN_INS = "/v1.0/auditLogs/signIns";
const BETA = "/beta/auditLogs/signIns";
const AUDITS = "/v1.0/auditLogs/directoryAudits";
const PROVISIONING = "/v1.0/auditLogs/provisioning";
const ALERTS = "/v1.0/security/alerts";
const ALERTS_V2 = "/v1.0/security/alerts_v2";
const SCORES = "/v1.0/security/secureScores";

describe("a caller that Graph refuses", () => {
  it.each([
    ["without a token", { authorization: "" }],
    ["with an unknown token", { authorization: "Bearer eyJ0eXAi.unknown" }],
    ["with another scheme", { authorization: "Basic eDp5" }],
  ])("comes %s: 401", async (_, headers) => {
    const { get } = await bench();
    const response = await get(SIGN_INS, { headers });
    expect(response.status).toBe(401);
    expect(await response.json()).toHaveProperty("error.code", "InvalidAuthenticationToken");
  });

  it("comes with a token that has expired: 401", async () => {
    const { get, clock } = await bench({ tokenSeconds: 60 });
    expect((await get(AUDITS)).status).toBe(200);
    clock.advance(60_000);
    expect((await get(AUDITS)).status).toBe(401);
  });

  it("comes with a token for another Graph: 401", async () => {
    const { get } = await bench();
    expect((await get(`http://elsewhere.test${AUDITS}`)).status).toBe(401);
  });

  it.each([
    [SIGN_INS, "Authentication_MSGraphPermissionMissing"],
    [AUDITS, "Authentication_MSGraphPermissionMissing"],
    [ALERTS_V2, "Forbidden"],
    [ALERTS, ""],
    [SCORES, ""],
  ])("lacks the permission for %s: 403 %s", async (path, code) => {
    const { get } = await bench({ tenants: [{ ...defaultTenant, permissions: ["Directory.Read.All"] }] });
    const response = await get(path);
    expect(response.status).toBe(403);
    expect(await response.json()).toHaveProperty("error.code", code);
  });

  it("may read provisioning with either of two permissions", async () => {
    const { get } = await bench({
      tenants: [{ ...defaultTenant, permissions: ["ProvisioningLog.Read.All"] }],
    });
    expect((await get(PROVISIONING)).status).toBe(200);
    expect((await get(AUDITS)).status).toBe(403);
  });

  it("has no premium licence: 403 on sign-ins, not on audits", async () => {
    const { get } = await bench({ tenants: [{ ...defaultTenant, premium: false }] });
    const response = await get(SIGN_INS);
    expect(response.status).toBe(403);
    expect(await response.json()).toHaveProperty(
      "error.code",
      "Authentication_RequestFromNonPremiumTenantOrB2CTenant",
    );
    expect((await get(BETA)).status).toBe(403);
    expect((await get(AUDITS)).status).toBe(200);
  });

  it("posts to a collection: 405", async () => {
    const { get } = await bench();
    expect((await get(SIGN_INS, { method: "POST" })).status).toBe(405);
  });
});
