import { describe, expect, it } from "vitest";
import { defaultTenant } from "../../../../src/emulator/options.ts";
import { askToken, emulate, goodForm, manualClock, ORIGIN } from "../setup.ts";

const OTHER = "11111111-2222-4333-8444-555555555555";

describe("the token endpoint", () => {
  it("gives a token with a number of seconds", async () => {
    const response = await askToken(emulate(), defaultTenant.tenantId, goodForm());
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      token_type: "Bearer",
      expires_in: 3599,
      ext_expires_in: 3599,
      access_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
    });
  });

  it("takes the credentials from a Basic header too, form-encoded", async () => {
    const tenant = { ...defaultTenant, clientSecret: "a:b+c %~é" };
    const emulator = emulate({ tenants: [tenant] });
    const encode = (part: string) => new URLSearchParams({ "": part }).toString().slice(1);
    const authorization = `Basic ${btoa(`${encode(tenant.clientId)}:${encode(tenant.clientSecret)}`)}`;
    const { client_id: _, client_secret: __, ...form } = goodForm();
    expect((await askToken(emulator, tenant.tenantId, form, { authorization })).status).toBe(200);
  });

  it("takes the scope of a real Graph when it stands in for one", async () => {
    const form = { ...goodForm(), scope: "https://graph.microsoft.com/.default" };
    expect((await askToken(emulate(), defaultTenant.tenantId, form)).status).toBe(200);
  });

  it.each([
    ["a wrong secret", defaultTenant.tenantId, { client_secret: "x" }, 401, "invalid_client", 7000215],
    ["no secret", defaultTenant.tenantId, { client_secret: "" }, 401, "invalid_client", 7000218],
    [
      "an unknown application",
      defaultTenant.tenantId,
      { client_id: OTHER },
      400,
      "unauthorized_client",
      700016,
    ],
    ["an unknown tenant", OTHER, {}, 400, "invalid_request", 90002],
    ["an unknown domain", "contoso.example", {}, 400, "invalid_request", 90002],
    ["a tenant that is neither", "nonsense", {}, 400, "invalid_request", 900023],
    [
      "a scope without .default",
      defaultTenant.tenantId,
      { scope: `${ORIGIN}/User.Read` },
      400,
      "invalid_scope",
      70011,
    ],
    [
      "a scope elsewhere",
      defaultTenant.tenantId,
      { scope: "https://x.example/.default" },
      400,
      "invalid_resource",
      500011,
    ],
    ["no scope", defaultTenant.tenantId, { scope: "" }, 400, "invalid_request", 900144],
    ["no grant type", defaultTenant.tenantId, { grant_type: "" }, 400, "invalid_request", 900144],
    [
      "another grant",
      defaultTenant.tenantId,
      { grant_type: "password" },
      400,
      "unsupported_grant_type",
      70003,
    ],
  ])("refuses %s", async (_, tenantId, change, status, error, aadsts) => {
    const response = await askToken(emulate({ clock: manualClock() }), tenantId, {
      ...goodForm(),
      ...change,
    });
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({
      error,
      error_description: expect.stringMatching(
        new RegExp(`^AADSTS${aadsts}: .+\r\nTrace ID: .+\r\nCorrelation ID: .+\r\nTimestamp: `),
      ),
      error_codes: [aadsts],
      timestamp: "2026-11-22 12:00:00Z",
      trace_id: expect.any(String),
      correlation_id: expect.any(String),
      error_uri: expect.stringContaining(String(aadsts)),
    });
  });

  it("refuses a form sent as something else", async () => {
    const response = await askToken(emulate(), defaultTenant.tenantId, goodForm(), {
      "content-type": "text/plain",
    });
    expect(response.status).toBe(400);
  });

  it.each([
    [7000222, 401, "invalid_client"],
    [90033, 503, "temporarily_unavailable"],
    [53003, 400, "invalid_request"],
  ])("answers AADSTS%i when a fault says so, once", async (aadsts, status, error) => {
    const emulator = emulate();
    emulator.faults.add({ match: { collection: "token" }, do: { kind: "tokenError", aadsts } });
    const response = await askToken(emulator, defaultTenant.tenantId, goodForm());
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error, error_codes: [aadsts] });
    expect((await askToken(emulator, defaultTenant.tenantId, goodForm())).status).toBe(200);
  });

  it("lists its requests without a secret", async () => {
    const emulator = emulate();
    await askToken(emulator, defaultTenant.tenantId, goodForm());
    expect(emulator.requests).toMatchObject([{
      collection: "token",
      method: "POST",
      status: 200,
      tokenId: "token-1",
    }]);
    expect(JSON.stringify(emulator.requests)).not.toContain(defaultTenant.clientSecret);
  });
});

describe("the discovery document", () => {
  const discover = (tenantId: string) =>
    emulate().fetch(new Request(`${ORIGIN}/${tenantId}/v2.0/.well-known/openid-configuration`));

  it("names the issuer and the token endpoint on the origin that was asked", async () => {
    const base = `${ORIGIN}/${defaultTenant.tenantId}`;
    expect(await (await discover(defaultTenant.tenantId)).json()).toMatchObject({
      issuer: `${base}/v2.0`,
      token_endpoint: `${base}/oauth2/v2.0/token`,
    });
  });

  it("does not exist for an unknown tenant", async () => {
    expect((await discover(OTHER)).status).toBe(400);
  });
});
