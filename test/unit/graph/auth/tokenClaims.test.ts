import { Buffer } from "node:buffer";
import { describe, expect, it } from "vitest";
import { missingRoles, readClaims } from "../../../../src/graph/auth/tokenClaims.ts";

const token = (claims: unknown) => `eyJ0.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.x`;

describe("a token's claims", () => {
  it("are its permissions, its application's name and the address that it is for", () => {
    expect(
      readClaims(
        token({ roles: ["A.Read.All"], app_displayname: "tap", aud: "https://graph.microsoft.com" }),
      ),
    )
      .toEqual({ roles: ["A.Read.All"], name: "tap", audience: "https://graph.microsoft.com" });
  });

  it.each([
    [{ roles: "A.Read.All", app_displayname: 5, aud: ["x"] }],
    [{
      roles: [5, "", "a\nb", "a\u202eb"],
      app_displayname: "a\u001bb",
      aud: "00000003-0000-0000-c000-000000000000",
    }],
    [{ aud: "https://graph.microsoft.com/?x=y" }],
    [{}],
  ])("%j hold nothing that can be shown", (claims) => {
    expect(readClaims(token(claims))).toEqual({ roles: [], name: null, audience: null });
  });

  it.each(["", "opaque", "a.b.c", token(null), token(5)])("cannot be read in %j", (text) => {
    expect(readClaims(text)).toBeNull();
  });

  it("lack what they neither name nor include", () => {
    const claims = { roles: ["A.Read.All", "B.ReadWrite.All"], name: null, audience: null };
    expect(missingRoles(claims, ["A.Read.All", "B.Read.All", "C.Read.All"])).toEqual(["C.Read.All"]);
  });
});
