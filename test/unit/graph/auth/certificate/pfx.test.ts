import { Buffer } from "node:buffer";
import { X509Certificate } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import asn1 from "node-forge/lib/asn1.js";
import pkcs12 from "node-forge/lib/pkcs12.js";
// By being loaded it adds PEM to the next.
import "node-forge/lib/pki.js";
import pki from "node-forge/lib/x509.js";
import { describe, expect, it } from "vitest";
import { readPfx } from "../../../../../src/graph/auth/certificate/pfx.ts";
import { applicationCertificate, openssl, pfxOf } from "../../../../support/applicationCertificate.ts";
import { fileFolder } from "../../../../support/tempFolder.ts";

const made = applicationCertificate(fileFolder());
const { fingerprint256 } = new X509Certificate(readFileSync(made.certificate));
const PASSWORD = "a password";

/** A PFX whose MAC is made of no password at all, which openssl opens and does not make. */
function withoutPassword(): Buffer {
  const [key, certificate] = [made.key, made.certificate].map((path) => readFileSync(path, "utf8"));
  const content = pkcs12.toPkcs12Asn1(
    pki.privateKeyFromPem(key!),
    [pki.certificateFromPem(certificate!)],
    null,
    {
      algorithm: "3des",
    },
  );
  const path = join(made.folder, "none.pfx");
  writeFileSync(path, Buffer.from(asn1.toDer(content).getBytes(), "latin1"));
  openssl(["pkcs12", "-in", path, "-passin", "pass:", "-noout", "-legacy"]);
  return readFileSync(path);
}

describe("a PFX", () => {
  it.each<[string, string, string[]]>([
    ["of openssl 3", PASSWORD, []],
    ["of openssl 1 (RC2)", PASSWORD, ["-legacy"]],
    ["of Windows (3DES)", PASSWORD, [
      "-keypbe",
      "PBE-SHA1-3DES",
      "-certpbe",
      "PBE-SHA1-3DES",
      "-macalg",
      "sha1",
    ]],
    ["with a longer MAC", PASSWORD, ["-macalg", "sha512"]],
    ["whose password has other letters", "pässwörd €", []],
    ["whose password has other letters, in the older ciphers", "pässwörd €", ["-legacy"]],
    ["without a password", "", []],
  ])("%s is opened", (_, password, options) => {
    const contents = readPfx(readFileSync(pfxOf(made, password, ...options)), password);
    if (typeof contents === "string") throw new Error(contents);
    const [certificate, ...others] = contents.certificates;
    expect([certificate!.fingerprint256, others]).toEqual([fingerprint256, []]);
    expect(contents.keys.map((key) => certificate!.checkPrivateKey(key))).toEqual([true]);
  });

  it.each([["an ASCII one", "wrong"], ["one with other letters", "wröng"]])(
    "is not opened by another password: %s",
    (_, password) => {
      expect(readPfx(readFileSync(pfxOf(made, PASSWORD)), password)).toBe("password");
    },
  );

  it("without even an empty password is opened, as Key Vault makes it", () => {
    const contents = readPfx(withoutPassword(), "");
    if (typeof contents === "string") throw new Error(contents);
    expect(contents.certificates.map((one) => one.fingerprint256)).toEqual([fingerprint256]);
    expect(contents.keys).toHaveLength(1);
  });

  it("with a line break behind it is opened", () => {
    const bytes = Buffer.concat([readFileSync(pfxOf(made, PASSWORD)), Buffer.from("\r\n")]);
    expect(readPfx(bytes, PASSWORD)).toMatchObject({ keys: [{ type: "private" }] });
  });

  it("that is cut off is none", () => {
    const path = pfxOf(made, PASSWORD);
    writeFileSync(path, readFileSync(path).subarray(0, 500));
    expect(readPfx(readFileSync(path), PASSWORD)).toBe("unreadable");
  });
});
