import { readFileSync, writeFileSync } from "node:fs";
import { X509Certificate } from "node:crypto";
import { describe, expect, it } from "vitest";
import { readPfx } from "../../../../src/graph/auth/pfx.ts";
import { applicationCertificate, pfxOf } from "../../../support/applicationCertificate.ts";
import { fileFolder } from "../../../support/tempFolder.ts";

const made = applicationCertificate(fileFolder());
const { fingerprint256 } = new X509Certificate(readFileSync(made.certificate));
const PASSWORD = "a password";

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

  it("that is cut off is none", () => {
    const path = pfxOf(made, PASSWORD);
    writeFileSync(path, readFileSync(path).subarray(0, 500));
    expect(readPfx(readFileSync(path), PASSWORD)).toBe("unreadable");
  });
});
