import { Buffer } from "node:buffer";
import { describe, expect, it } from "vitest";
import { defaultTenant, type TenantOptions } from "../../../../src/emulator/options.ts";
import { appCertificate } from "../../../support/assertions.ts";
import { bench, NOON } from "../setup.ts";

const { clientId } = defaultTenant;
const certificate = appCertificate({ name: "reader", from: NOON, to: NOON + 86_400_000 });
const reader: TenantOptions = {
  ...defaultTenant,
  secrets: [{ value: "old~secret", displayName: "of last year", endsAt: NOON - 1000 }],
  certificates: [{ pem: certificate.pem }],
  permissions: ["Application.Read.All"],
};
const PATH = `/v1.0/applications(appId='${clientId}')`;
const SELECT = "?$select=passwordCredentials,keyCredentials";

describe("an application that may read applications", () => {
  it("sees when its own credentials end, and not what they are", async () => {
    const { get } = await bench({ tenants: [reader] });
    const response = await get(PATH + SELECT);
    expect(response.status).toBe(200);
    const text = await response.text();
    expect(JSON.parse(text)).toEqual({
      "@odata.context": expect.stringMatching(
        /#applications\(passwordCredentials,keyCredentials\)\/\$entity$/,
      ),
      passwordCredentials: [
        {
          customKeyIdentifier: null,
          displayName: "secret",
          endDateTime: "2299-12-31T00:00:00Z",
          hint: "not",
          keyId: expect.stringMatching(/^[0-9a-f-]{36}$/),
          secretText: null,
          startDateTime: "1970-01-01T00:00:00Z",
        },
        expect.objectContaining({ displayName: "of last year", endDateTime: "2026-11-22T11:59:59Z" }),
      ],
      keyCredentials: [{
        customKeyIdentifier: Buffer.from(certificate.thumbprints.sha1, "base64url").toString("hex")
          .toUpperCase(),
        displayName: "CN=reader",
        endDateTime: "2026-11-23T12:00:00Z",
        key: null,
        keyId: expect.any(String),
        startDateTime: "2026-11-22T12:00:00Z",
        type: "AsymmetricX509Cert",
        usage: "Verify",
      }],
    });
    expect(text).not.toContain(defaultTenant.clientSecret);
  });

  it("is one that nobody said what it was granted", async () => {
    const { get } = await bench({ tenants: [defaultTenant] });
    expect((await get(PATH + SELECT)).status).toBe(200);
  });

  it("finds it in its home tenant alone", async () => {
    const { get } = await bench({ tenants: [{ ...reader, registeredElsewhere: true }] });
    const response = await get(PATH);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ error: { code: "Request_ResourceNotFound" } });
  });
});

describe("an application that may not", () => {
  it("is refused", async () => {
    const { get } = await bench({ tenants: [{ ...reader, permissions: ["AuditLog.Read.All"] }] });
    const response = await get(PATH + SELECT);
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({
      error: {
        code: "Authorization_RequestDenied",
        message: "Insufficient privileges to complete the operation.",
      },
    });
  });
});
