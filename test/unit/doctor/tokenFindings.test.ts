import { describe, expect, it } from "vitest";
import {
  admissionAdvice,
  consentUrl,
  describeToken,
  grantAdvice,
} from "../../../src/doctor/tokenFindings.ts";
import type { InputConfig } from "../../../src/config/config.ts";
import { CLIENT, read, small, TENANT } from "../config/example.ts";

/** An input with these credentials and settings beside them. */
function inputWith(credentials: string, ...settings: string[]): InputConfig {
  const lines = [`credentials: {tenant_id: ${TENANT}, ${credentials}}`, ...settings];
  const text = small().replace(
    / {4}credentials:\n(.*\n){3}/,
    lines.map((line) => `    ${line}\n`).join(""),
  );
  return read(text).inputs[0]!;
}

const bySecret = (...settings: string[]) => inputWith(`client_id: ${CLIENT}, client_secret: x`, ...settings);
const HOST = "managed_identity: true";
const CLAIMS = {
  roles: ["B.Read.All", "A.Read.All"],
  name: "reader",
  audience: "https://graph.microsoft.com",
  tenantId: TENANT,
  applicationId: CLIENT,
  endsAt: null,
};

describe("the consent link", () => {
  it.each([
    ["the global cloud", [], "https://login.microsoftonline.com"],
    ["GCC High", ["override_top_level_domain: us"], "https://login.microsoftonline.us"],
    [
      "21Vianet",
      ["override_login_url: https://login.partner.microsoftonline.cn"],
      "https://login.partner.microsoftonline.cn",
    ],
    [
      "the cloud behind a reverse proxy",
      ["override_login_url: https://login.proxy.example"],
      "https://login.microsoftonline.com",
    ],
  ])("leads to the login service of %s", (_, settings, origin) => {
    expect(consentUrl(bySecret(...settings))).toBe(`${origin}/${TENANT}/adminconsent?client_id=${CLIENT}`);
  });

  it("is there for applications only", () => {
    expect(consentUrl(inputWith(HOST))).toBeNull();
    expect(consentUrl(inputWith("azure_cli: true"))).toBeNull();
  });
});

describe("what is missing", () => {
  it.each([
    ["an application", bySecret(), /^; missing: A, B: add them under API permissions, .*: https:\S+$/],
    ["the host's identity", inputWith(HOST), /^; missing: A, B: assign them as app roles/],
    ["who is signed in", inputWith("azure_cli: true"), /^; missing: A, B: sign in as somebody who has them/],
  ])("is granted to %s in its own way", (_, input, said) => {
    expect(grantAdvice(input, ["A", "B"])).toMatch(said);
    expect(grantAdvice(input, [])).toBe("");
  });
});

describe("a token", () => {
  it("is told with what it grants, what it is for, and whose it is", () => {
    expect(describeToken(bySecret(), CLAIMS)).toBe(
      `application ${CLIENT} "reader", granted A.Read.All, B.Read.All; the token is for https://graph.microsoft.com in ` +
        `tenant ${TENANT}`,
    );
    expect(describeToken(inputWith(HOST), { ...CLAIMS, roles: [], name: null })).toMatch(
      `application ${CLIENT}, without any application permission; the token is for`,
    );
  });

  it("that cannot be read is told by whom it was asked for", () => {
    expect(describeToken(bySecret(), null)).toBe(`application ${CLIENT}`);
    expect(describeToken(inputWith("azure_cli: true"), null)).toBe("azure_cli");
  });
});

describe("a refusal", () => {
  it.each(["AADSTS700016", "AADSTS7000229"])(
    "by %s leads to the consent that lets the application in",
    (number) => {
      expect(admissionAdvice(bySecret(), `it answered 400, ${number}; check`)).toContain(
        "/adminconsent?client_id=",
      );
    },
  );

  it("for another reason does not", () => {
    expect(admissionAdvice(bySecret(), "it answered 401, AADSTS7000215; put")).toBe("");
  });
});
