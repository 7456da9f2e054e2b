import { describe, expect, it } from "vitest";
import {
  defaultTenant,
  type EmulatorOptions,
  type ManagedIdentity,
} from "../../../../src/emulator/options.ts";
import { ASSIGNED, HEADER, OWN } from "../../../support/hostIdentities.ts";
import { emulate, manualClock, NOON, ORIGIN } from "../setup.ts";

const { tenantId } = defaultTenant;
const RESOURCE = "https://graph.microsoft.com";
const second: ManagedIdentity = { ...ASSIGNED, clientId: OWN.clientId.replace("1", "9"), resourceId: "/x/y" };

interface Place {
  readonly path: string;
  readonly version: string;
  readonly headers: Record<string, string>;
}

const METADATA: Place = {
  path: "/metadata/identity/oauth2/token",
  version: "2018-02-01",
  headers: { metadata: "true" },
};
const APP_SERVICE: Place = {
  path: "/msi/token",
  version: "2019-08-01",
  headers: { "x-identity-header": HEADER },
};
const ARC: Place = { ...METADATA, path: `/arc${METADATA.path}`, version: "2020-06-01" };

/** Asks at a place, with what is changed of the address and the headers; `null` leaves a part out. */
async function ask(
  place: Place,
  options: Partial<EmulatorOptions>,
  query: Record<string, string | null> = {},
  headers: Record<string, string> = place.headers,
) {
  const emulator = emulate({ clock: manualClock(), identityHeader: HEADER, ...options });
  const url = new URL(place.path, ORIGIN);
  for (
    const [name, value] of Object.entries({ "api-version": place.version, resource: RESOURCE, ...query })
  ) {
    if (value !== null) url.searchParams.set(name, value);
  }
  const response = await emulator.fetch(new Request(url, { headers }));
  return {
    status: response.status,
    headers: response.headers,
    body: await response.json() as Record<string, unknown>,
  };
}

function claimsOf(body: Record<string, unknown>) {
  return JSON.parse(
    atob(String(body["access_token"]).split(".")[1]!.replaceAll("-", "+").replaceAll("_", "/")),
  );
}

describe("the metadata service", () => {
  it("gives the host's own identity a token of a day, with texts for times", async () => {
    const { status, body } = await ask(METADATA, { managedIdentities: [ASSIGNED, OWN] });
    expect(status).toBe(200);
    expect(body).toEqual({
      access_token: expect.any(String),
      client_id: OWN.clientId,
      expires_in: "86399",
      expires_on: String(NOON / 1000 + 86399),
      not_before: String(NOON / 1000),
      resource: RESOURCE,
      token_type: "Bearer",
    });
    expect(claimsOf(body)).toMatchObject({ aud: RESOURCE, tid: tenantId, appid: OWN.clientId, idtyp: "app" });
  });

  it.each([
    ["client_id", ASSIGNED.clientId],
    ["object_id", ASSIGNED.objectId],
    ["msi_res_id", ASSIGNED.resourceId],
  ])("finds an identity by its %s", async (name, id) => {
    const { body } = await ask(METADATA, { managedIdentities: [OWN, ASSIGNED] }, { [name]: id });
    expect(claimsOf(body)).toMatchObject({ appid: ASSIGNED.clientId, xms_mirid: ASSIGNED.resourceId });
  });

  it("takes the only identity that there is", async () => {
    const { body } = await ask(METADATA, { managedIdentities: [ASSIGNED] });
    expect(body["client_id"]).toBe(ASSIGNED.clientId);
  });

  it.each<
    [string, Partial<EmulatorOptions>, Record<string, string | null>, Record<string, string>, string, RegExp]
  >([
    ["without its header", { managedIdentities: [OWN] }, {}, {}, "bad_request_102", /metadata header/],
    [
      "with another letter in it",
      { managedIdentities: [OWN] },
      {},
      { metadata: "True" },
      "bad_request_102",
      /metadata header/,
    ],
    [
      "through a proxy",
      { managedIdentities: [OWN] },
      {},
      { metadata: "true", "x-forwarded-for": "10.0.0.1" },
      "invalid_request",
      /X-Forwarded-For/,
    ],
    [
      "without a resource",
      { managedIdentities: [OWN] },
      { resource: null },
      METADATA.headers,
      "invalid_request",
      /resource/,
    ],
    [
      "for an unknown resource",
      { managedIdentities: [OWN] },
      { resource: "https://x.example" },
      METADATA.headers,
      "invalid_resource",
      /AADSTS500011/,
    ],
    ["on a host without identity", {}, {}, METADATA.headers, "invalid_request", /^Identity not found$/],
    [
      "by an id that is not assigned",
      { managedIdentities: [OWN] },
      { client_id: ASSIGNED.clientId },
      METADATA.headers,
      "invalid_request",
      /^Identity not found$/,
    ],
    [
      "by no id where there are several",
      { managedIdentities: [ASSIGNED, second] },
      {},
      METADATA.headers,
      "invalid_request",
      /Multiple user assigned identities exist/,
    ],
  ])("refuses a request %s", async (_, options, query, headers, error, text) => {
    const { status, body } = await ask(METADATA, options, query, headers);
    expect(status).toBe(400);
    expect(body).toEqual({ error, error_description: expect.stringMatching(text) });
  });

  it("refuses a request without its version", async () => {
    const { status, body } = await ask(METADATA, { managedIdentities: [OWN] }, { "api-version": null });
    expect(status).toBe(400);
    expect(body["error"]).toMatch(/api-version is invalid or was not specified/);
  });

  it.each([404, 410, 429, 500])("answers %i while it is told to", async (status) => {
    const emulator = emulate({ managedIdentities: [OWN] });
    emulator.faults.add({ match: { collection: "token" }, do: { kind: "status", status } });
    const url = `${ORIGIN}${METADATA.path}?api-version=2018-02-01&resource=${RESOURCE}`;
    const get = async () => (await emulator.fetch(new Request(url, { headers: METADATA.headers }))).status;
    expect([await get(), await get()]).toEqual([status, 200]);
  });
});

describe("App Service", () => {
  it("says when a token ends, not how long that is", async () => {
    const { status, body } = await ask(APP_SERVICE, { managedIdentities: [OWN] });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      expires_on: String(NOON / 1000 + 86399),
      token_type: "Bearer",
      resource: RESOURCE,
    });
    expect(body).not.toHaveProperty("expires_in");
  });

  it.each([
    ["client_id", ASSIGNED.clientId],
    ["principal_id", ASSIGNED.objectId],
    ["object_id", ASSIGNED.objectId],
    ["mi_res_id", ASSIGNED.resourceId],
  ])("finds an identity by its %s", async (name, id) => {
    const { body } = await ask(APP_SERVICE, { managedIdentities: [OWN, ASSIGNED] }, { [name]: id });
    expect(body["client_id"]).toBe(ASSIGNED.clientId);
  });

  it.each<
    [string, Partial<EmulatorOptions>, Record<string, string | null>, Record<string, string>, number, RegExp]
  >([
    ["without its header", { managedIdentities: [OWN] }, {}, {}, 401, /X-IDENTITY-HEADER/],
    [
      "with another header",
      { managedIdentities: [OWN] },
      {},
      { "x-identity-header": "x" },
      401,
      /X-IDENTITY-HEADER/,
    ],
    [
      "of another version",
      { managedIdentities: [OWN] },
      { "api-version": "2017-09-01" },
      APP_SERVICE.headers,
      400,
      /version/,
    ],
    [
      "without an identity",
      {},
      {},
      APP_SERVICE.headers,
      400,
      /^Unable to load the proper Managed Identity\.$/,
    ],
    [
      "by an id that is not assigned",
      { managedIdentities: [OWN] },
      { client_id: ASSIGNED.clientId },
      APP_SERVICE.headers,
      400,
      /^No User Assigned or Delegated Managed Identity found for specified/,
    ],
  ])("refuses a request %s", async (_, options, query, headers, status, text) => {
    const answer = await ask(APP_SERVICE, options, query, headers);
    expect(answer.status).toBe(status);
    expect(answer.body).toEqual({
      statusCode: status,
      message: expect.stringMatching(text),
      correlationId: expect.any(String),
    });
  });
});

describe("the agent of Azure Arc", () => {
  function agent(isOld = false) {
    const kept = new Map<string, string>();
    const keep = (name: string, key: string) => {
      kept.set(`/var/opt/azcmagent/tokens/${name}`, key);
      return `/var/opt/azcmagent/tokens/${name}`;
    };
    const emulator = emulate({
      clock: manualClock(),
      managedIdentities: [OWN, ASSIGNED],
      arc: { keep, isOld },
    });
    return {
      get(authorization?: string, query = "") {
        const url = `${ORIGIN}${ARC.path}?api-version=${ARC.version}&resource=${RESOURCE}${query}`;
        const headers = { ...ARC.headers, ...(authorization === undefined ? {} : { authorization }) };
        return emulator.fetch(new Request(url, { headers }));
      },
      keyOf: (challenge: Response) =>
        kept.get(/^Basic realm=(.*)$/.exec(challenge.headers.get("www-authenticate") ?? "")?.[1] ?? "")!,
    };
  }

  it("names the file of a key, and gives a token to who has read it, once", async () => {
    const { get, keyOf } = agent();
    const challenge = await get();
    expect(challenge.status).toBe(401);
    const key = `Basic ${keyOf(challenge)}`;
    const answer = await get(key);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ client_id: OWN.clientId, token_type: "Bearer" });
    expect((await get(key)).status).toBe(401);
  });

  it.each([
    ["repeats the identity that was asked for", false, ASSIGNED.clientId],
    ["that is old takes its own instead", true, OWN.clientId],
  ])("%s", async (_, isOld, clientId) => {
    const { get, keyOf } = agent(isOld);
    const query = `&client_id=${ASSIGNED.clientId}`;
    const answer = await get(`Basic ${keyOf(await get(undefined, query))}`, query);
    expect(await answer.json()).toMatchObject({ client_id: clientId });
  });

  it("asks for the header first", async () => {
    const { status } = await ask(ARC, { arc: { keep: () => "" }, managedIdentities: [OWN] }, {}, {});
    expect(status).toBe(400);
  });
});
