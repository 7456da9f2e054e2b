import { Buffer } from "node:buffer";
import { describe, expect, it } from "vitest";
import { ofTenant } from "../../../../src/graph/auth/ofTenant.ts";

const TENANT = "3f7c1e52-90ab-4d6e-8c21-5b0e7a94d210";
const OTHER = "7b2f9c10-1e4d-4a83-b6f5-2c9d8e7f6a51";

const issuing = (claims: unknown) => () =>
  Promise.resolve({
    token: `eyJ0.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.x`,
    lifetimeSeconds: 60,
  });

describe("a token", () => {
  it.each([
    ["of the input's tenant", { tid: TENANT }, TENANT.toUpperCase()],
    ["that does not say whose it is", {}, TENANT],
    ["of a tenant that is named by its domain", { tid: OTHER }, "contoso.example"],
  ])("%s is good", async (_, claims, tenantId) => {
    expect((await ofTenant(issuing(claims), tenantId)()).lifetimeSeconds).toBe(60);
  });

  it("is asked for with the claims that Graph wants", async () => {
    const asked: unknown[] = [];
    const issue = (...given: unknown[]) => {
      asked.push(given);
      return issuing({ tid: TENANT })();
    };
    const { signal } = new AbortController();
    await ofTenant(issue, TENANT)(signal, "{}");
    expect(asked).toEqual([[signal, "{}"]]);
  });

  it("of another tenant is refused", async () => {
    await expect(ofTenant(issuing({ tid: OTHER }), TENANT)()).rejects.toMatchObject({
      code: "token-refused",
      message:
        `Cannot use the token: it is for the tenant ${OTHER}, and tenant_id is ${TENANT}; correct tenant_id, or ` +
        "use credentials of that tenant",
    });
  });
});
