import { describe, expect, it } from "vitest";
import { GraphtapError } from "../../../../src/errors.ts";
import type { ClientAuth } from "../../../../src/graph/auth/clientAuth.ts";
import { entraIssuer } from "../../../../src/graph/auth/entra.ts";
import type { HttpRequest, Transport } from "../../../../src/graph/transport.ts";
import { manualClock } from "../../../support/manualClock.ts";

const ENDPOINT = "https://login.microsoftonline.us/contoso.example/oauth2/v2.0/token";
const ISSUED = { token_type: "Bearer", access_token: "the token", expires_in: 3599 };

/** An issuer whose Entra answers with `body`, and the requests that it was sent. */
function issuer(authenticate: ClientAuth, status = 200, body: unknown = ISSUED) {
  const sent: HttpRequest[] = [];
  const answer: Transport = (request) => {
    sent.push(request);
    const bytes = new TextEncoder().encode(JSON.stringify(body));
    return Promise.resolve({ status, header: () => null, body: new Blob([bytes]).stream() });
  };
  return { sent, issue: entraIssuer({ ...application(answer), authenticate }) };
}

function application(transport: Transport) {
  return {
    transport,
    clock: manualClock(1_000),
    cloud: {
      graphUrl: "https://graph.microsoft.us",
      loginUrl: "https://login.microsoftonline.us",
      authority: "https://login.microsoftonline.us",
      scope: "https://graph.microsoft.us/.default",
    },
    tenantId: "contoso.example",
    clientId: "app",
  };
}

/** A kind of credential that is not there: a seal, made for each request and after some time. */
function madeUpSeal(): ClientAuth {
  let made = 0;
  return async ({ audience, clientId, nowMs }) => {
    await Promise.resolve();
    return {
      parameters: { seal: `${++made} ${clientId} ${nowMs} ${audience}`, seal_type: "wax" },
      headers: { "x-seal": "yes" },
      configKey: "client_seal",
      madeOf: "wax",
    };
  };
}

describe("a token request", () => {
  it("carries the proof of any kind of credential, made anew for each", async () => {
    const { sent, issue } = issuer(madeUpSeal());
    expect(await issue()).toEqual({ token: "the token", lifetimeSeconds: 3599 });
    await issue();
    expect(sent.map(({ method, url }) => `${method} ${url}`)).toEqual(Array(2).fill(`POST ${ENDPOINT}`));
    expect(sent.map(({ body }) => Object.fromEntries(new URLSearchParams(body)))).toEqual(
      [1, 2].map((number) => ({
        grant_type: "client_credentials",
        client_id: "app",
        seal: `${number} app 1000 ${ENDPOINT}`,
        seal_type: "wax",
        scope: "https://graph.microsoft.us/.default",
      })),
    );
    expect(sent[0]!.headers).toEqual({
      "accept": "application/json",
      "content-type": "application/x-www-form-urlencoded;charset=UTF-8",
      "x-seal": "yes",
    });
  });

  it("that is refused names the key of the configuration to check", async () => {
    const { issue } = issuer(madeUpSeal(), 401, { error: "invalid_client" });
    await expect(issue()).rejects.toMatchObject({
      code: "token-refused",
      message: expect.stringContaining("check tenant_id, client_id and client_seal"),
    });
  });

  it("is sent once more where what was refused has been rotated in between, and not where it has not", async () => {
    const sealedBy = (...seals: string[]): ClientAuth => () => {
      const seal = seals.length > 1 ? seals.shift()! : seals[0]!;
      return { parameters: { seal }, configKey: "client_seal", madeOf: seal };
    };
    for (const [seals, times] of [[["old", "new"], 2], [["old"], 1]] as const) {
      const { sent, issue } = issuer(sealedBy(...seals), 401, { error: "invalid_client" });
      await expect(issue()).rejects.toMatchObject({ code: "token-refused" });
      expect(sent.map(({ body }) => new URLSearchParams(body).get("seal"))).toEqual(seals.slice(0, times));
    }
  });

  it("that passes by itself is not sent again by it", async () => {
    const { sent, issue } = issuer(madeUpSeal(), 503, { error: "temporarily_unavailable" });
    await expect(issue()).rejects.toMatchObject({ code: "token-unavailable" });
    expect(sent.length).toBe(1);
  });

  it("is not sent when there is no proof", async () => {
    const failure = new GraphtapError("secret-unreadable", "Cannot read the seal");
    const { sent, issue } = issuer(() => Promise.reject(failure));
    await expect(issue()).rejects.toBe(failure);
    expect(sent).toEqual([]);
  });
});

describe("an Entra that cannot be reached", () => {
  const unreachable = (thrown: unknown) =>
    entraIssuer({ ...application(() => Promise.reject(thrown)), authenticate: madeUpSeal() });

  it("is asked again", async () => {
    const failure = new GraphtapError("graph-unreachable", "no connection");
    await expect(unreachable(failure)()).rejects.toMatchObject({
      code: "token-unavailable",
      message: `Cannot get a token from ${ENDPOINT}: no connection`,
    });
  });

  it("because Deno does not allow it ends the program", async () => {
    const failure = new GraphtapError("usage", "Deno was not allowed to");
    await expect(unreachable(failure)()).rejects.toBe(failure);
  });

  it("because of a stop throws the reason of the stop", async () => {
    const stop = new AbortController();
    stop.abort(new GraphtapError("stopped", "stopped by a signal"));
    await expect(unreachable(new Error("aborted"))(stop.signal)).rejects.toBe(stop.signal.reason);
  });
});
