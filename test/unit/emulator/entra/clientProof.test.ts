import { Buffer } from "node:buffer";
import { describe, expect, it } from "vitest";
import type { TenantOptions } from "../../../../src/emulator/options.ts";
import { defaultTenant } from "../../../../src/emulator/options.ts";
import { appCertificate, assertionOf, foreignIssuer } from "../../../support/assertions.ts";
import { askToken, emulate, goodForm, manualClock, NOON, ORIGIN } from "../setup.ts";

const DAY_MS = 86_400_000;
const { tenantId, clientId } = defaultTenant;
const ENDPOINT = `${ORIGIN}/${tenantId}/oauth2/v2.0/token`;
const SUBJECT = "system:serviceaccount:siem:graphtap";
const OTHER_GUID = "11111111-2222-4333-8444-555555555555";
const THUMBPRINT = /Thumbprint of key used by client: '[0-9A-F]{40,64}'/;

const certificate = appCertificate({ from: NOON - 30 * DAY_MS });
const stranger = appCertificate({ from: NOON - 30 * DAY_MS });
const ended = appCertificate({ from: NOON - 30 * DAY_MS, to: NOON - DAY_MS });
const issuer = foreignIssuer();
const unreachable = foreignIssuer("https://oidc.private.example/");

const tenant: TenantOptions = {
  ...defaultTenant,
  name: "graphtap reader",
  secrets: [{ value: "old~secret", endsAt: NOON - 1 }, { value: "new~secret", endsAt: NOON + DAY_MS }],
  certificates: [{ pem: certificate.pem }, { pem: ended.pem }],
  federatedCredentials: [
    { issuer: issuer.issuer, subject: SUBJECT },
    { issuer: unreachable.issuer, subject: SUBJECT },
  ],
};

type Changes = Parameters<typeof assertionOf>[1];
const asserting = (changes: Changes = {}, by = certificate) =>
  assertionOf({ certificate: by, clientId, audience: ENDPOINT, nowMs: NOON }, changes);
const foreign = (changes: Parameters<typeof issuer.token>[2] = {}, by = issuer) =>
  by.token(SUBJECT, NOON, changes);

/** Asks for a token with an assertion in the place of a secret. */
async function ask(assertion: string, options: Parameters<typeof emulate>[0] = {}) {
  return await present(
    emulate({ clock: manualClock(), tenants: [tenant], issuers: [issuer], ...options }),
    assertion,
  );
}

async function present(
  emulator: ReturnType<typeof emulate>,
  assertion: string,
  form: Record<string, string> = {},
) {
  const { client_secret: _, ...rest } = goodForm();
  const response = await askToken(emulator, tenantId, {
    ...rest,
    client_assertion: assertion,
    client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    ...form,
  });
  return { status: response.status, body: await response.json() as Record<string, unknown> };
}

async function claimsOf(answer: Promise<{ body: Record<string, unknown> }>) {
  const token = String((await answer).body["access_token"]);
  return JSON.parse(atob(token.split(".")[1]!.replaceAll("-", "+").replaceAll("_", "/"))) as Record<
    string,
    unknown
  >;
}

describe("a client assertion", () => {
  it.each<[string, Changes]>([
    ["signed by PS256", {}],
    ["signed by RS256, as older clients do", { header: { alg: "RS256" } }],
    ["that names its certificate by SHA-1", {
      header: { "x5t#S256": undefined, x5t: certificate.thumbprints.sha1 },
    }],
    ["whose thumbprint is padded, as MSAL for Python writes it", {
      header: { "x5t#S256": `${certificate.thumbprints.sha256}=` },
    }],
    ["for the issuer", { claims: { aud: `${ORIGIN}/${tenantId}/v2.0` } }],
    ["without a beginning", { claims: { nbf: undefined } }],
  ])("%s proves the application", async (_, changes) => {
    expect(await claimsOf(ask(asserting(changes)))).toMatchObject({
      tid: tenantId,
      appid: clientId,
      appidacr: "2",
      app_displayname: "graphtap reader",
    });
  });

  it.each<[string, string, number, string, number, RegExp]>([
    ["that is none", "eyJ.nonsense", 400, "invalid_request", 50027, /malformed/],
    [
      "of another type",
      asserting({ header: { typ: "at+jwt" } }),
      400,
      "invalid_request",
      5002727,
      /header type/,
    ],
    [
      "that is not signed",
      `${asserting({ header: { alg: "none" } })}`,
      400,
      "invalid_request",
      5002730,
      /algorithm/,
    ],
    [
      "by a certificate that is not registered",
      asserting({}, stranger),
      401,
      "invalid_client",
      700027,
      /not registered on application\. \[Reason - The key was not found\., Thumbprint/,
    ],
    [
      "whose thumbprint is in hexadecimal digits",
      asserting({
        header: { "x5t#S256": Buffer.from(certificate.thumbprints.sha256, "base64url").toString("hex") },
      }),
      401,
      "invalid_client",
      700027,
      /The key was not found\., Please visit/,
    ],
    [
      "with the thumbprint of one certificate and the signature of another",
      asserting({ key: stranger.key }),
      401,
      "invalid_client",
      700027,
      /signature value did not match .*Found key 'Start=10\/23\/2026 12:00:00, End=/,
    ],
    [
      "by a certificate that has ended",
      asserting({}, ended),
      401,
      "invalid_client",
      700027,
      /is expired on application\. \[Reason - The key used is expired\., Thumbprint.*End=11\/21\/2026 12:00:00'/,
    ],
    [
      "for a list of audiences",
      asserting({ claims: { aud: [ENDPOINT] } }),
      400,
      "invalid_request",
      50027,
      /./,
    ],
    [
      "for another tenant",
      asserting({ claims: { aud: ENDPOINT.replace(tenantId, OTHER_GUID) } }),
      401,
      "invalid_client",
      700023,
      /audience/,
    ],
    [
      "for the login of another cloud",
      asserting({ claims: { aud: `https://login.microsoftonline.us/${tenantId}/oauth2/v2.0/token` } }),
      401,
      "invalid_client",
      700023,
      /audience/,
    ],
    [
      "of another application",
      asserting({ claims: { iss: OTHER_GUID, sub: OTHER_GUID } }),
      401,
      "invalid_client",
      700021,
      /doesn't match 'client_id'/,
    ],
    ["about another", asserting({ claims: { sub: OTHER_GUID } }), 401, "invalid_client", 50048, /Subject/],
    [
      "that has ended",
      asserting({ claims: { exp: NOON / 1000 } }),
      401,
      "invalid_client",
      700024,
      /Current time: 2026-11-22T12:00:00\.0000000Z, assertion valid from 2026-11-22T12:00:00\.0000000Z, expiry time/,
    ],
    [
      "that has no end",
      asserting({ claims: { exp: undefined } }),
      401,
      "invalid_client",
      700024,
      /1970-01-01T/,
    ],
    [
      "that has not begun",
      asserting({ claims: { nbf: NOON / 1000 + 60 } }),
      401,
      "invalid_client",
      700024,
      /valid from 2026-11-22T12:01:00/,
    ],
    ["without a jti", asserting({ claims: { jti: undefined } }), 400, "invalid_request", 50027, /malformed/],
  ])("%s is refused", async (_, assertion, status, error, aadsts, text) => {
    const answer = await ask(assertion);
    expect(answer).toMatchObject({ status, body: { error, error_codes: [aadsts] } });
    expect(answer.body["error_description"]).toMatch(text);
    if (aadsts === 700027 && !text.source.includes("Please")) {
      expect(answer.body["error_description"]).toMatch(THUMBPRINT);
    }
  });

  it("counts once, unless it is said that it may come again", async () => {
    const assertion = asserting();
    for (const [repeatedAssertions, status] of [[undefined, 400], ["taken", 200]] as const) {
      const options = { clock: manualClock(), tenants: [tenant] };
      const emulator = emulate(repeatedAssertions ? { ...options, repeatedAssertions } : options);
      expect((await present(emulator, assertion)).status).toBe(200);
      expect((await present(emulator, assertion)).status).toBe(status);
    }
  });

  it("needs the parameter that says what it is", async () => {
    const emulator = emulate({ clock: manualClock(), tenants: [tenant] });
    expect(await present(emulator, asserting(), { client_assertion_type: "" })).toMatchObject({
      status: 400,
      body: { error_codes: [900144] },
    });
  });
});

describe("another's token", () => {
  it("proves an application that trusts its issuer, subject and audience", async () => {
    expect(await claimsOf(ask(foreign()))).toMatchObject({ appid: clientId, appidacr: "2" });
  });

  it("may be presented until it ends", async () => {
    const emulator = emulate({ clock: manualClock(), tenants: [tenant], issuers: [issuer] });
    const token = foreign();
    for (let n = 0; n < 2; n++) expect((await present(emulator, token)).status).toBe(200);
  });

  const nobody = foreignIssuer("https://oidc.elsewhere.example/");
  const impostor = foreignIssuer(issuer.issuer);
  it.each<[string, string, number, number, RegExp]>([
    [
      "of an issuer that is not trusted",
      foreign({}, nobody),
      401,
      700211,
      /issuer 'https:\/\/oidc\.elsewhere/,
    ],
    [
      "for another audience",
      foreign({ claims: { aud: "api://other" } }),
      401,
      700212,
      /audience 'api:\/\/other'/,
    ],
    [
      "of another subject",
      foreign({ claims: { sub: "system:x" } }),
      401,
      700213,
      /subject 'system:x'\. Check your/,
    ],
    [
      "whose subject differs in its case",
      foreign({ claims: { sub: SUBJECT.toUpperCase() } }),
      401,
      7002138,
      /case-insensitive comparison, but not with case-sensitive/,
    ],
    [
      "of an issuer whose keys cannot be fetched",
      foreign({}, unreachable),
      400,
      90061,
      /External OIDC endpoint/,
    ],
    ["that somebody else signed", foreign({}, impostor), 400, 50027, /failed signature verification/],
    ["signed by PS256", foreign({ header: { alg: "PS256" } }), 400, 5002730, /algorithm/],
    [
      "that has ended",
      foreign({ claims: { exp: NOON / 1000 - 1 } }),
      401,
      700024,
      /not within its valid time/,
    ],
  ])("%s is refused", async (_, token, status, aadsts, text) => {
    const answer = await ask(token);
    expect(answer).toMatchObject({ status, body: { error_codes: [aadsts] } });
    expect(answer.body["error_description"]).toMatch(text);
  });

  it("is nothing to an application that trusts nobody", async () => {
    expect(await ask(foreign(), { tenants: [defaultTenant] })).toMatchObject({
      body: { error_codes: [70025] },
    });
  });
});

describe("a client secret", () => {
  const withSecret = (client_secret: string, at = NOON) =>
    askToken(emulate({ clock: manualClock(at), tenants: [tenant] }), tenantId, {
      ...goodForm(),
      client_secret,
    });

  it("is any of those that are registered", async () => {
    for (const secret of [defaultTenant.clientSecret, "new~secret"]) {
      expect((await withSecret(secret)).status).toBe(200);
    }
  });

  it.each([
    ["that has expired", "old~secret", NOON, 7000222, /for app '.*' are expired\. Visit the Azure portal/],
    ["that expires at this moment", "new~secret", NOON + DAY_MS, 7000222, /expired/],
    ["that is none", "x", NOON, 7000215, /client secret ID, for a secret added to app '/],
  ])("%s is refused", async (_, secret, at, aadsts, text) => {
    const response = await withSecret(secret, at);
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({
      error: "invalid_client",
      error_codes: [aadsts],
      error_description: expect.stringMatching(text),
    });
  });
});

describe("an application in a tenant", () => {
  it.each(
    [
      ["without a service principal", "missing", 401, 7000229],
      ["whose service principal is disabled", "disabled", 400, 7000112],
    ] as const,
  )("%s gets no token", async (_, principal, status, aadsts) => {
    const response = await askToken(emulate({ tenants: [{ ...tenant, principal }] }), tenantId, goodForm());
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error_codes: [aadsts] });
  });
});
