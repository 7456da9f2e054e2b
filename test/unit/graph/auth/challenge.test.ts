import { Buffer } from "node:buffer";
import { describe, expect, it } from "vitest";
import { claimsOf } from "../../../../src/graph/auth/challenge.ts";

const CLAIMS = '{"access_token":{"nbf":{"essential":true,"value":"1764464400"}}}';
const ENCODED = Buffer.from(CLAIMS).toString("base64");
const URI = 'authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize"';

describe("the claims that a challenge asks for", () => {
  it.each([
    [
      "as Graph writes it",
      `Bearer realm="", ${URI}, client_id="0000", error="insufficient_claims", claims="${ENCODED}"`,
    ],
    ["in other case and with blanks", `bearer error="insufficient_claims", Claims = "${ENCODED}"`],
    ["without quotes", `Bearer claims=${ENCODED}`],
    ["in letters for URLs", `Bearer claims="${Buffer.from(CLAIMS).toString("base64url")}"`],
    ["behind one without", `PoP realm="", ${URI}, Bearer error="insufficient_claims", claims="${ENCODED}"`],
    ["behind claims that are none", `Bearer claims="%%%", Bearer claims="${ENCODED}"`],
  ])("are read from one %s", (_, challenge) => expect(claimsOf(challenge)).toBe(CLAIMS));

  it.each([
    ["there is none", null],
    ["it has none", `Bearer realm="", error="invalid_token"`],
    ["they are empty", `Bearer error="insufficient_claims", claims=""`],
    ["they are no JSON", `Bearer claims="${Buffer.from("access_token").toString("base64")}"`],
    ["they are no object", `Bearer claims="${Buffer.from('["nbf"]').toString("base64")}"`],
    [
      "they are long without end",
      `Bearer claims="${Buffer.from(`{"a":"${"x".repeat(9000)}"}`).toString("base64")}"`,
    ],
    ["another word ends so", `Bearer required_claims="${ENCODED}", no-claims="${ENCODED}"`],
  ])("are none where %s", (_, challenge) => expect(claimsOf(challenge)).toBeNull());
});
