import { describe, expect, it } from "vitest";
import { plugins } from "../../../../plugins/index.ts";
import { createEmulator, type EmulatorOptions } from "../../../../src/emulator/emulator.ts";
import { defaultTenant } from "../../../../src/emulator/options.ts";
import { GraphtapError } from "../../../../src/errors.ts";
import {
  type IdentitySource,
  managedIdentityIssuer,
  type ManagedIdentityOptions,
} from "../../../../src/graph/auth/managedIdentity.ts";
import { readClaims } from "../../../../src/graph/auth/tokenClaims.ts";
import type { HttpRequest, Transport } from "../../../../src/graph/transport.ts";
import { ASSIGNED, HEADER, OWN } from "../../../support/hostIdentities.ts";
import { manualClock } from "../../../support/manualClock.ts";
import { fetchFrom } from "../../../support/tenant.ts";

const { tenantId } = defaultTenant;
const KEYS = "/var/opt/azcmagent/tokens";

const METADATA: IdentitySource = {
  kind: "metadata-service",
  url: "http://169.254.169.254/metadata/identity/oauth2/token",
};
const APP_SERVICE: IdentitySource = {
  kind: "app-service",
  url: "http://127.0.0.1:41403/msi/token",
  header: () => HEADER,
};

/** A host with an identity of its own and one that a user assigned, and what its program asks. */
function host(
  source: IdentitySource | "arc",
  identity: ManagedIdentityOptions["identity"] = null,
  options: Partial<EmulatorOptions> = {},
) {
  const clock = manualClock();
  const kept = new Map<string, string>();
  const emulator = createEmulator({
    plugins,
    clock,
    identityHeader: HEADER,
    managedIdentities: [OWN, ASSIGNED],
    arc: {
      keep: (name, key) => {
        kept.set(`${KEYS}/${name}`, `${key}\n`);
        return `${KEYS}/${name}`;
      },
    },
    ...options,
  });
  const sent: HttpRequest[] = [];
  const transport: Transport = (request) => {
    sent.push(request);
    return fetchFrom(emulator, request);
  };
  const arc: IdentitySource = {
    kind: "arc",
    url: "http://localhost:40342/arc/metadata/identity/oauth2/token",
    keyFolder: KEYS,
    readKey: (path) => kept.get(path)!,
  };
  const issue = managedIdentityIssuer({
    transport,
    clock,
    source: source === "arc" ? arc : source,
    resource: "https://graph.microsoft.com",
    identity,
  });
  return { emulator, clock, sent, issue };
}

const PLACES: readonly (readonly [string, IdentitySource | "arc"])[] = [
  ["the metadata service", METADATA],
  ["App Service", APP_SERVICE],
  ["Azure Arc", "arc"],
];

describe.each(PLACES)("the identity of a host by %s", (_, source) => {
  it("gives tokens that last as long as it says", async () => {
    const { issue } = host(source);
    const { token, lifetimeSeconds } = await issue();
    expect(readClaims(token)).toMatchObject({
      applicationId: OWN.clientId,
      tenantId,
      audience: "https://graph.microsoft.com",
    });
    expect(lifetimeSeconds).toBe(86399);
  });

  it.each(
    [
      { by: "client_id", id: ASSIGNED.clientId },
      { by: "object_id", id: ASSIGNED.objectId },
      { by: "resource_id", id: ASSIGNED.resourceId },
    ] as const,
  )("is one that a user assigned, by its $by", async (identity) => {
    expect(readClaims((await host(source, identity).issue()).token)?.applicationId).toBe(ASSIGNED.clientId);
  });

  it("is never asked for through a proxy, and waited for half a minute", async () => {
    const { issue, sent } = host(source);
    await issue();
    for (const request of sent) expect(request).toMatchObject({ isStraight: true, headersTimeoutMs: 30_000 });
  });

  it.each([404, 429, 500, 503])(
    "is asked for again, longer and longer, while the answer is %i",
    async (status) => {
      const { emulator, issue, clock, sent } = host(source);
      emulator.faults.add({ match: { collection: "token", times: 4 }, do: { kind: "status", status } });
      await issue();
      expect(clock.sleeps).toEqual([2000, 4000, 8000, 16_000]);
      expect(sent.length).toBeGreaterThanOrEqual(5);
    },
  );

  it("is not there when five tries gave nothing", async () => {
    const { emulator, issue, clock } = host(source);
    emulator.faults.add({
      match: { collection: "token", times: "always" },
      do: { kind: "status", status: 500 },
    });
    await expect(issue()).rejects.toMatchObject({
      code: "token-unavailable",
      message: expect.stringMatching(/^Cannot get a token from .+: it answered 500; it is asked again/),
    });
    expect(clock.sleeps).toHaveLength(4);
  });

  it("is waited for more than 70 s while its service is updated", async () => {
    const { emulator, issue, clock } = host(source);
    emulator.faults.add({ match: { collection: "token", times: 6 }, do: { kind: "status", status: 410 } });
    await issue();
    expect(clock.sleeps.reduce((sum, ms) => sum + ms)).toBeGreaterThanOrEqual(70_000);
  });

  it("is waited for as long as the service asks, and no longer than an update", async () => {
    const { emulator, issue, clock } = host(source);
    const limit = (retryAfter: number) =>
      emulator.faults.add({
        match: { collection: "token" },
        do: { kind: "status", status: 429, retryAfter },
      });
    limit(30);
    await issue();
    expect(clock.sleeps).toEqual([30_000]);
    limit(600);
    await expect(issue()).rejects.toMatchObject({ code: "token-unavailable", retryAfterSeconds: 600 });
  });

  it("is missed at once where nothing answers, for who needs the token asks again", async () => {
    const issue = managedIdentityIssuer({
      transport: () => Promise.reject(new GraphtapError("graph-unreachable", "the connection was refused")),
      clock: manualClock(),
      source: source === "arc" ? METADATA : source,
      resource: "https://graph.microsoft.com",
      identity: null,
    });
    await expect(issue()).rejects.toMatchObject({
      code: "token-unavailable",
      message: expect.stringMatching(
        /the connection was refused; a managed identity is there on hosts of Azure only$/,
      ),
    });
  });

  it("ends with a stop", async () => {
    const { emulator, issue } = host(source);
    emulator.faults.add({
      match: { collection: "token", times: "always" },
      do: { kind: "status", status: 500 },
    });
    const stop = new AbortController();
    stop.abort(new GraphtapError("stopped", "stopped by a signal"));
    await expect(issue(stop.signal)).rejects.toBe(stop.signal.reason);
  });
});

const NAMED = { by: "client_id", id: "0e1f2a3b-0000-4000-8000-000000000009" } as const;

describe("what the operator is told", () => {
  const refusal = async (place: ReturnType<typeof host>) => {
    const error = await place.issue().then(() => null, (error: unknown) => error);
    expect(error).toBeInstanceOf(GraphtapError);
    return error as GraphtapError;
  };

  it.each<[string, ReturnType<typeof host>, string]>([
    [
      "of a virtual machine without an identity",
      host(METADATA, null, { managedIdentities: [] }),
      'Cannot get a token from the instance metadata service: it answered 400 "invalid_request"; assign a managed ' +
      "identity to this host; where it has several, name one: managed_identity: {client_id: ID}; it says: " +
      '"Identity not found"',
    ],
    [
      "of one with several, none of which is named",
      host(METADATA, null, { managedIdentities: [ASSIGNED, { ...ASSIGNED, clientId: OWN.clientId }] }),
      'Cannot get a token from the instance metadata service: it answered 400 "invalid_request"; assign a managed ' +
      "identity to this host; where it has several, name one: managed_identity: {client_id: ID}; it says: " +
      '"Multiple user assigned identities exist, please specify the clientId … resourceId of the identity in the token request"',
    ],
    [
      "of an identity that is not assigned to it",
      host(METADATA, NAMED),
      'Cannot get a token from the instance metadata service: it answered 400 "invalid_request"; check that the ' +
      'identity which managed_identity.client_id names is assigned to this host; it says: "Identity not found"',
    ],
    [
      "of one that is not assigned to an App Service",
      host(APP_SERVICE, NAMED),
      "Cannot get a token from App Service: it answered 400; check that the identity which managed_identity.client_id " +
      'names is assigned to this host; it says: "No … or … Identity found for specified …"',
    ],
    [
      "of an App Service with another header",
      host({ ...APP_SERVICE, header: () => "of-yesterday" }),
      "Cannot get a token from App Service: it answered 401; start graphtap again where Azure sets the variables for " +
      'it: IDENTITY_ENDPOINT and IDENTITY_HEADER; it says: "The … is missing or wrong"',
    ],
  ])("%s", async (_, place, message) => {
    const error = await refusal(place);
    expect(error.code).toBe("token-refused");
    expect(error.message).toBe(message);
  });

  it("of an agent of Arc that is too old for the identity", async () => {
    const keys: string[] = [];
    const place = host("arc", { by: "client_id", id: ASSIGNED.clientId }, {
      arc: { keep: (name, key) => `${KEYS}/${keys.push(key) && name}`, isOld: true },
    });
    const issue = managedIdentityIssuer({
      transport: (request) => fetchFrom(place.emulator, request),
      clock: place.clock,
      source: {
        kind: "arc",
        url: "http://localhost:40342/arc/metadata/identity/oauth2/token",
        keyFolder: KEYS,
        readKey: () => keys.at(-1)!,
      },
      resource: "https://graph.microsoft.com",
      identity: { by: "client_id", id: ASSIGNED.clientId },
    });
    await expect(issue()).rejects.toMatchObject({
      code: "token-refused",
      message:
        "Cannot get a token from the agent of Azure Arc: it did not take the identity that managed_identity.client_id " +
        "names; update the agent, or use managed_identity: true",
    });
  });

  it("of an answer that is no token", async () => {
    const place = host(METADATA);
    place.emulator.faults.add({
      match: { collection: "token" },
      do: { kind: "status", status: 200, body: { access_token: "" } },
    });
    expect((await refusal(place)).message).toBe(
      "Cannot get a token from the instance metadata service: its answer is not a token; look for another program at " +
        "its address",
    );
  });

  it("never holds the header or the key, whoever repeats it", async () => {
    const place = host(APP_SERVICE);
    place.emulator.faults.add({
      match: { collection: "token" },
      do: { kind: "status", status: 400, body: { statusCode: 400, message: `the header ${HEADER} is bad` } },
    });
    expect((await refusal(place)).message).not.toContain(HEADER);
  });
});
