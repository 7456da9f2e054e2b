import { Buffer } from "node:buffer";
import { describe, expect, it } from "vitest";
import { missingRoles, readClaims } from "../../../../src/graph/auth/tokenClaims.ts";

const token = (claims: unknown) => `eyJ0.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.x`;

describe("a token's claims", () => {
  it("are its permissions, whose it is, what it is for and when it ends", () => {
    expect(
      readClaims(
        token({
          roles: ["A.Read.All"],
          app_displayname: "tap",
          aud: "https://graph.microsoft.com",
          tid: "3F7C1E52-90ab-4d6e-8c21-5b0e7a94d210",
          appid: "b81d6f04-2a7e-4c39-9e55-0c3f1d8a6e77",
          exp: 1_800_000_000,
        }),
      ),
    ).toEqual({
      roles: ["A.Read.All"],
      name: "tap",
      audience: "https://graph.microsoft.com",
      tenantId: "3f7c1e52-90ab-4d6e-8c21-5b0e7a94d210",
      applicationId: "b81d6f04-2a7e-4c39-9e55-0c3f1d8a6e77",
      endsAt: 1_800_000_000_000,
    });
  });

  it("are a person's permissions, too, and an API that is named by its id", () => {
    const aud = "00000003-0000-0000-c000-000000000000";
    expect(readClaims(token({ scp: "A.Read.All B.Read.All", aud, azp: aud }))).toMatchObject({
      roles: ["A.Read.All", "B.Read.All"],
      audience: aud,
      applicationId: aud,
    });
  });

  it.each([
    [{ roles: "A.Read.All", app_displayname: 5, aud: ["x"], tid: "contoso.example", appid: 5, exp: "soon" }],
    [{
      roles: [5, "", "a\nb", "a\u202eb"],
      app_displayname: "a\u001bb",
      tid: "3f7c1e52-90ab-4d6e-8c21-5b0e7a94d210\n",
    }],
    [{ aud: "https://graph.microsoft.com/?x=y" }],
    [{}],
  ])("%j hold nothing that can be shown", (claims) => {
    expect(readClaims(token(claims))).toEqual({
      roles: [],
      name: null,
      audience: null,
      tenantId: null,
      applicationId: null,
      endsAt: null,
    });
  });

  it.each(["", "opaque", "a.b.c", token(null), token(5)])("cannot be read in %j", (text) => {
    expect(readClaims(text)).toBeNull();
  });

  it("lack what they neither name nor include", () => {
    const claims = { roles: ["A.Read.All", "B.ReadWrite.All"] };
    expect(missingRoles(claims, ["A.Read.All", "B.Read.All", "C.Read.All"])).toEqual(["C.Read.All"]);
  });
});
