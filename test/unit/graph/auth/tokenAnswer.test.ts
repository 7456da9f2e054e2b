import { describe, expect, it } from "vitest";
import { asGraphtapError } from "../../../../src/errors.ts";
import { readTokenAnswer } from "../../../../src/graph/auth/tokenAnswer.ts";

const ENDPOINT = "https://login.microsoftonline.com/contoso.example/oauth2/v2.0/token";
const TOKEN = { token_type: "Bearer", access_token: "eyJ0.x.y", expires_in: 3599 };

const SECRET = "Abc8Q~not-a-secret";

function read(status: number, body: unknown, retryAfterSeconds?: number) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return readTokenAnswer({
    endpoint: ENDPOINT,
    status,
    text,
    contentType: null,
    retryAfterSeconds,
    configKey: "client_secret",
    secrets: [SECRET, "correcthorse"],
  });
}

function refusal(status: number, body: unknown, retryAfterSeconds?: number) {
  try {
    read(status, body, retryAfterSeconds);
  } catch (thrown) {
    return asGraphtapError(thrown);
  }
  throw new Error("the answer was taken for a token");
}

describe("a token", () => {
  it.each([
    ["as Entra writes it", TOKEN, 3599],
    ["with the type in lower case", { ...TOKEN, token_type: "bearer" }, 3599],
    ["whose lifetime is a text", { ...TOKEN, expires_in: "1800" }, 1800],
    ["without a lifetime", { token_type: "Bearer", access_token: "eyJ0.x.y" }, 3600],
    ["beside properties nobody knows", { ...TOKEN, ext_expires_in: 3599, scope: "s" }, 3599],
  ])("is read %s", (_, body, lifetimeSeconds) => {
    expect(read(200, body)).toEqual({ token: "eyJ0.x.y", lifetimeSeconds });
  });
});

describe("no token", () => {
  it.each<[number, unknown, string, string]>([
    [200, { ...TOKEN, access_token: "" }, "token-unavailable", "not a token response"],
    [200, { ...TOKEN, access_token: 5 }, "token-unavailable", "not a token response"],
    [200, { ...TOKEN, token_type: "pop" }, "token-unavailable", "not a token response"],
    [200, { ...TOKEN, expires_in: "soon" }, "token-unavailable", "not a token response"],
    [200, { ...TOKEN, expires_in: null }, "token-unavailable", "not a token response"],
    [200, "<html>a proxy's page</html>", "token-unavailable", "check override_login_url and any proxy"],
    [407, "", "token-unavailable", "is a proxy's, which wants to know who asks"],
    [403, "<html>a filter's page</html>", "token-unavailable", "is a page of HTML, so it is not Entra's"],
    [503, "<html>a gateway's page</html>", "token-unavailable", "is a page of HTML, so it is not Entra's"],
    [200, "[]", "token-unavailable", "not a token response"],
    [200, "null", "token-unavailable", "not a token response"],
    [201, TOKEN, "token-unavailable", "status 201"],
    [302, "", "token-unavailable", "status 302"],
    [400, "no JSON", "token-refused", "status 400"],
    [400, { error: "" }, "token-refused", "not a token response"],
    [401, { error: "invalid_client", error_codes: [7000215] }, "token-refused", '"Secret ID"'],
    [401, { error: "invalid_client", error_codes: [7000215] }, "token-refused", "AADSTS7000215"],
    [
      400,
      { error: "unauthorized_client", error_codes: [] },
      "token-refused",
      "check tenant_id, client_id and client_secret",
    ],
    [400, { error: "temporarily_unavailable" }, "token-unavailable", "asked again"],
    [400, { error: "invalid_grant", error_codes: [90033] }, "token-unavailable", "asked again"],
    [408, "", "token-unavailable", "status 408"],
    [429, { error: "slow_down" }, "token-unavailable", "waiting as it asks"],
    [429, "Too Many Requests", "token-unavailable", "waiting as it asks"],
    [500, { error: "server_error" }, "token-unavailable", 'it answered 500 "server_error"'],
    [503, { error: "temporarily_unavailable" }, "token-unavailable", "asked again"],
    [400, { error: "invalid_scope" }, "token-refused", "check override_scope_value"],
    [400, { error: "invalid_scope", error_codes: [1002012] }, "token-refused", "/.default"],
    [400, { error: "invalid_resource" }, "token-refused", "check override_base_url and override_scope_value"],
    [400, { error: "invalid_grant", error_codes: [50196] }, "token-unavailable", "too many tokens"],
    [400, { error: "invalid_grant", error_codes: [53003] }, "token-refused", "Conditional Access"],
    [400, { error: "invalid_grant", claims: '{"access_token":{}}' }, "token-refused", "Conditional Access"],
    [
      400,
      { error: "invalid_request", error_description: "AADSTS90002: Tenant not found." },
      "token-refused",
      "AADSTS90002; tenant_id names no tenant",
    ],
    [400, { error: "invalid_request", error_codes: [70023] }, "token-refused", "longer than Entra takes"],
    [401, { error: "invalid_client", error_codes: [7000214] }, "token-refused", "the certificate is revoked"],
    [503, "", "token-unavailable", "status 503"],
  ])("from %i %j: it is %s, and says %s", (status, body, code, words) => {
    const error = refusal(status, body);
    expect(error.code).toBe(code);
    expect(error.message).toContain(words);
    expect(error.message).toContain(ENDPOINT);
  });

  it("shows Entra's own sentence, without its number and ids", () => {
    const description = "AADSTS7000222: The provided client secret keys for app 'b81d6f04' are expired. " +
      "Trace ID: 44444444-4444-4444-8444-444444444444 Timestamp: 2026-11-29 00:00:00Z";
    expect(
      refusal(401, { error: "invalid_client", error_codes: [7000222], error_description: description })
        .message,
    )
      .toMatch(/; Entra says: "The provided client secret keys for app … are expired"$/);
  });

  it.each([
    ["what the answer asks for", 429, { error: "slow_down" }, 17, 17],
    ["five minutes for a loop", 400, { error: "invalid_grant", error_codes: [50196] }, undefined, 300],
    ["what it asks for, after a loop too", 400, { error: "invalid_grant", error_codes: [50196] }, 60, 60],
    ["nothing else", 503, {}, undefined, undefined],
  ])("carries how long to wait: %s", (_, status, body, asked, seconds) => {
    expect(refusal(status, body, asked).retryAfterSeconds).toBe(seconds);
  });

  it("repeats nothing that could be an id or a secret, and of the code only a plain word", () => {
    const description =
      `AADSTS7000215: app 'b81d6f04' for secret eyJ0 or ${SECRET} or correcthorse, \u001b[2J\nforged\u202e`;
    const known = refusal(401, { error: "invalid_client", error_description: description });
    expect(known.message).toContain('"invalid_client"');
    for (const hidden of ["b81d6f04", "eyJ0", SECRET, "correcthorse", "\u001b", "[2J", "\n", "\u202e"]) {
      expect(known.message).not.toContain(hidden);
    }
    const forged = refusal(401, { error: 'x"\n{"level":"info"}' });
    expect(forged.message).toContain('"an error"');
    expect(forged.message).not.toContain("\n");
  });
});
