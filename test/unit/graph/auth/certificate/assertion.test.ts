import { Buffer } from "node:buffer";
import { constants, createPrivateKey, verify, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { signAssertion } from "../../../../../src/graph/auth/certificate/assertion.ts";
import { applicationCertificate, openssl } from "../../../../support/applicationCertificate.ts";
import { fileFolder } from "../../../../support/tempFolder.ts";

const made = applicationCertificate(fileFolder());
const certificate = new X509Certificate(readFileSync(made.certificate));
const key = createPrivateKey(readFileSync(made.key));
const AUDIENCE = "https://login.microsoftonline.com/contoso.example/oauth2/v2.0/token";

const sign = () =>
  signAssertion({ certificate, key }, { audience: AUDIENCE, clientId: "app", nowMs: 1_796_000_000_900 });
const part = (assertion: string, index: number): unknown =>
  JSON.parse(Buffer.from(assertion.split(".")[index]!, "base64url").toString());

it("an assertion says what Entra asks for, for ten minutes", () => {
  const thumbprint = openssl(["x509", "-in", made.certificate, "-noout", "-fingerprint", "-sha256"]);
  const hex = thumbprint.trim().split("=")[1]!.replaceAll(":", "");
  const assertion = sign();
  expect(part(assertion, 0)).toEqual({
    alg: "PS256",
    typ: "JWT",
    "x5t#S256": Buffer.from(hex, "hex").toString("base64url"),
  });
  expect(part(assertion, 1)).toEqual({
    aud: AUDIENCE,
    iss: "app",
    sub: "app",
    jti: expect.stringMatching(/^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/),
    iat: 1_796_000_000,
    nbf: 1_796_000_000,
    exp: 1_796_000_600,
  });
});

it("each assertion has an id of its own", () => {
  expect(part(sign(), 1)).not.toEqual(part(sign(), 1));
});

it("an assertion is signed as PS256: RSA-PSS with SHA-256 and a salt of 32 bytes", () => {
  const assertion = sign();
  const at = assertion.lastIndexOf(".");
  const signature = Buffer.from(assertion.slice(at + 1), "base64url");
  const options = { key: certificate.publicKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
  expect(verify("sha256", Buffer.from(assertion.slice(0, at)), options, signature)).toBe(true);
});
