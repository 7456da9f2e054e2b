import { describe, expect, it } from "vitest";
import { asGraphtapError } from "../../../../src/errors.ts";
import { readTokenAnswer } from "../../../../src/graph/auth/tokenAnswer.ts";

const ENDPOINT = "https://login.microsoftonline.com/contoso.example/oauth2/v2.0/token";
const TOKEN = { token_type: "Bearer", access_token: "eyJ0.x.y", expires_in: 3599 };

function read(status: number, body: unknown) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return readTokenAnswer({ endpoint: ENDPOINT, status, text, configKey: "client_secret" });
}

function refusal(status: number, body: unknown) {
  try {
    read(status, body);
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
    [429, { error: "slow_down" }, "token-unavailable", "asked again"],
    [500, { error: "server_error" }, "token-unavailable", "status 500"],
    [503, "", "token-unavailable", "status 503"],
  ])("from %i %j: it is %s, and says %s", (status, body, code, words) => {
    const error = refusal(status, body);
    expect(error.code).toBe(code);
    expect(error.message).toContain(words);
    expect(error.message).toContain(ENDPOINT);
  });

  it("repeats nothing of the body but its code, and that only when it is a plain word", () => {
    const description = "AADSTS7000215: app 'b81d6f04' for secret eyJ0";
    const known = refusal(401, { error: "invalid_client", error_description: description });
    expect(known.message).toContain('"invalid_client"');
    expect(known.message).not.toContain("b81d6f04");
    const forged = refusal(401, { error: 'x"\n{"level":"info"}' });
    expect(forged.message).toContain('"an error"');
    expect(forged.message).not.toContain("\n");
  });
});
