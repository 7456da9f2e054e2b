import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Credentials } from "../../../src/config/config.ts";
import { createEmulator } from "../../../src/emulator/emulator.ts";
import { createExpiry } from "../../../src/graph/auth/expiry.ts";
import { resolveCloud } from "../../../src/graph/clouds.ts";
import { createLog } from "../../../src/telemetry/log.ts";
import { applicationOf, issuerOf } from "../../../src/wiring/credentials.ts";
import { plugins } from "../../../plugins/index.ts";
import { applicationCertificate } from "../../support/applicationCertificate.ts";
import { foreignIssuer } from "../../support/assertions.ts";
import { manualClock } from "../../support/manualClock.ts";
import { fileFolder } from "../../support/tempFolder.ts";
import { fetchFrom } from "../../support/tenant.ts";

const folder = fileFolder();
const made = applicationCertificate(join(folder, "registered"), { days: 20 });
/** Within the validity of what was just made. */
const NOW = Date.now();
const issuer = foreignIssuer();
const TENANT = {
  tenantId: "3f7c1e52-90ab-4d6e-8c21-5b0e7a94d210",
  clientId: "b81d6f04-2a7e-4c39-9e55-0c3f1d8a6e77",
};
const SUBJECT = "system:serviceaccount:logs:graphtap";
const fileAt = (path: string) => ({ path, read: () => readFileSync(path) });

/** Who gives tokens for the credentials, from an emulated Entra. */
function open(credentials: Credentials) {
  const clock = manualClock(NOW);
  const emulator = createEmulator({
    plugins,
    clock,
    tenants: [{
      ...TENANT,
      clientSecret: "s3cr3t",
      certificates: [{ pem: readFileSync(made.certificate, "utf8") }],
      federatedCredentials: [{ issuer: issuer.issuer, subject: SUBJECT }],
    }],
    issuers: [{ issuer: issuer.issuer, keys: issuer.keys }],
  });
  const said: string[] = [];
  const log = createLog({ write: (line) => said.push(line), format: "text", level: "info", now: clock.now });
  const expiry = createExpiry({ kind: credentials.kind, log, now: clock.now });
  const issue = issuerOf(credentials, {
    transport: (request) => fetchFrom(emulator, request),
    clock,
    cloud: resolveCloud({ topLevelDomain: "com", baseUrl: null, loginUrl: null, scope: null }),
    log,
    expiry,
  });
  return { issue, expiry, said, clock };
}

const byCertificate = (certificate: string, key: string | null = null): Credentials => ({
  ...TENANT,
  kind: "client_certificate",
  certificate: fileAt(certificate),
  key: key === null ? null : fileAt(key),
  password: null,
});
const token = () => issuer.token(SUBJECT, NOW);

describe("an application that proves itself", () => {
  it.each<[string, () => Credentials]>([
    ["by a command's secret", () => ({
      ...TENANT,
      kind: "client_secret",
      clientSecret: { command: ["echo", "s3cr3t"] },
    })],
    ["by a certificate", () => byCertificate(made.both)],
    ["by another's token in a file", () => ({
      ...TENANT,
      kind: "federated_token",
      from: { path: "token", read: () => new TextEncoder().encode(token()) },
    })],
    ["by another's token that a command prints", () => ({
      ...TENANT,
      kind: "federated_token",
      from: { command: ["echo", token()] },
    })],
  ])("%s gets tokens, one after the other", async (_, credentials) => {
    const { issue } = open(credentials());
    const tokens = [await issue(), await issue()];
    expect(new Set(tokens.map((one) => one.token)).size).toBe(2);
  });

  it("by a certificate learns when it ends, and is warned", async () => {
    const { issue, expiry, said, clock } = open(byCertificate(made.certificate, made.key));
    await issue();
    expect(Math.round((expiry.endsMs! - clock.now()) / 86_400_000)).toBe(20);
    expect(said).toEqual([expect.stringContaining("client_certificate ends at ")]);
  });

  it.each([
    [
      "another certificate",
      () => byCertificate(applicationCertificate(join(folder, "unknown")).both),
      "AADSTS700027",
    ],
  ])("by %s is refused with advice", async (_, credentials, number) => {
    await expect(open(credentials()).issue()).rejects.toMatchObject({
      code: "token-refused",
      message: expect.stringContaining(number),
    });
  });
});

describe("the application as Graph counts it", () => {
  const { tenantId } = TENANT;
  const host = { kind: "metadata-service", url: "http://169.254.169.254" } as never;
  it.each<[string, Credentials, string]>([
    ["its id", byCertificate("x"), TENANT.clientId],
    ["the identity's", {
      tenantId,
      clientId: null,
      kind: "managed_identity",
      identity: { by: "object_id", id: "o" },
      host,
    }, "o"],
    [
      "the host's",
      { tenantId, clientId: null, kind: "managed_identity", identity: null, host },
      "managed_identity",
    ],
    ["whoever signed in", { tenantId, clientId: null, kind: "azure_cli" }, "azure_cli"],
  ])("is %s", (_, credentials, clientId) => {
    expect(applicationOf(credentials)).toEqual({ tenantId, clientId });
  });
});
