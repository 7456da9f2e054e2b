import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  type CertificateFiles,
  judgeCertificate,
  readIdentity,
} from "../../../../../src/graph/auth/certificate/certificate.ts";
import { readPfx } from "../../../../../src/graph/auth/certificate/pfx.ts";
import { applicationCertificate, openssl, pfxOf } from "../../../../support/applicationCertificate.ts";
import { fileFolder } from "../../../../support/tempFolder.ts";

const folder = fileFolder();
const made = applicationCertificate(folder);
const other = applicationCertificate(join(folder, "other"));
const PASSWORD = "password of the key";

const fileAt = (path: string) => ({ path, read: () => readFileSync(path) });

function filesOf(certificate: string, key?: string, password?: string): CertificateFiles {
  return {
    certificate: fileAt(certificate),
    key: key === undefined ? null : fileAt(key),
    password: password === undefined ? null : { reveal: () => password },
  };
}

/** A file of the test's folder that holds this. */
function fileOf(name: string, ...texts: string[]): string {
  const path = join(made.folder, name);
  writeFileSync(path, texts.map((file) => readFileSync(file, "utf8")).join(""));
  return path;
}

/** openssl's own thumbprint of a certificate. */
const thumbprint = (path: string) =>
  openssl(["x509", "-in", path, "-noout", "-fingerprint", "-sha256"]).trim().split("=")[1];

function encrypted(...words: string[]): string {
  const path = join(made.folder, `encrypted${words.join("")}.pem`);
  openssl([...words, "-in", made.key, "-out", path, "-passout", `pass:${PASSWORD}`]);
  return path;
}

describe("a certificate with its key", () => {
  it.each([
    ["in one PEM file", () => filesOf(made.both)],
    [
      "in one PEM file, the certificate first",
      () => filesOf(fileOf("turned.pem", made.certificate, made.key)),
    ],
    ["in two PEM files", () => filesOf(made.certificate, made.key)],
    [
      "behind another certificate of its chain",
      () => filesOf(fileOf("chain.pem", other.certificate, made.both)),
    ],
    ["encrypted", () => filesOf(made.certificate, encrypted("pkcs8", "-topk8"), PASSWORD)],
    [
      "encrypted in openssl's older way",
      () => filesOf(made.certificate, encrypted("rsa", "-traditional", "-aes128"), PASSWORD),
    ],
    ["as DER, with a key of its own", () => {
      const der = join(made.folder, "certificate.cer");
      openssl(["x509", "-in", made.certificate, "-outform", "DER", "-out", der]);
      return filesOf(der, made.key);
    }],
  ])("is read %s", (_, files) => {
    expect(readIdentity(files(), null)).toMatchObject({
      certificate: { fingerprint256: thumbprint(made.certificate) },
      key: { type: "private", asymmetricKeyType: "rsa" },
    });
  });

  it("is read from a PFX whose key has a file of its own", () => {
    const pfx = pfxOf(made, PASSWORD, "-nokeys");
    expect(judgeCertificate(filesOf(pfx, made.key, PASSWORD), Date.now(), readPfx)).toEqual([]);
    expect(judgeCertificate(filesOf(pfx, other.key, PASSWORD), Date.now(), readPfx)).toMatchObject([
      { part: "key", message: expect.stringContaining("does not belong to the certificate") },
    ]);
  });

  it("is read from a PFX in base64, as Key Vault hands it out", () => {
    const path = join(made.folder, "base64.pfx");
    for (
      const text of [
        readFileSync(pfxOf(made, PASSWORD)).toString("base64"),
        openssl(["base64", "-in", pfxOf(made, PASSWORD)]),
      ]
    ) {
      writeFileSync(path, text);
      expect(judgeCertificate(filesOf(path, undefined, PASSWORD), Date.now(), readPfx)).toEqual([]);
    }
  });

  it("is nobody's business until its end", () => {
    expect(judgeCertificate(filesOf(made.both), Date.now(), null)).toEqual([]);
  });

  it.each([
    [
      "whose key is another's",
      () => filesOf(made.certificate, other.key),
      "key",
      'key.pem" does not belong to the certificate',
    ],
    [
      "without a key",
      () => filesOf(made.certificate),
      "file",
      "holds no private key; name the key's file with key",
    ],
    ["that is a key alone", () => filesOf(made.key), "file", "holds no certificate"],
    [
      "that is cut off",
      () =>
        filesOf(
          fileOfText(
            "cut.pem",
            readFileSync(made.both, "utf8").replace(
              /(BEGIN CERTIFICATE-----\n.{9})[^]*?(?=-----END CERT)/,
              "$1\n",
            ),
          ),
          made.key,
        ),
      "file",
      "holds a certificate that cannot be read",
    ],
    [
      "that is something else",
      () => filesOf(fileOfText("other.pem", "client_secret: x")),
      "file",
      "is neither PEM nor PFX",
    ],
    [
      "whose key is encrypted, without a password",
      () => filesOf(made.certificate, encrypted("pkcs8", "-topk8")),
      "key",
      "is encrypted; give its password",
    ],
    [
      "whose key has another password",
      () => filesOf(made.certificate, encrypted("pkcs8", "-topk8"), "wrong"),
      "password",
      "cannot be opened with this password",
    ],
    ["that is empty", () => filesOf(fileOfText("empty.pem", "")), "file", 'empty.pem" is empty'],
    [
      "whose key is DER",
      () => {
        const der = join(made.folder, "key.der");
        openssl(["pkcs8", "-topk8", "-nocrypt", "-in", made.key, "-outform", "DER", "-out", der]);
        return filesOf(made.certificate, der);
      },
      "key",
      "is not PEM; make it so by openssl pkey -in FILE -out FILE.pem",
    ],
    [
      "in a PFX whose password is not given",
      () => filesOf(pfxOf(made, PASSWORD)),
      "file",
      "needs a password; give it",
    ],
    [
      "in a PFX that has another password",
      () => filesOf(pfxOf(made, PASSWORD), undefined, "wrong"),
      "password",
      "cannot be opened with this password",
    ],
    [
      "in a PFX that is cut off",
      () => {
        const path = join(made.folder, "cut.pfx");
        writeFileSync(path, readFileSync(pfxOf(made, PASSWORD)).subarray(0, 500));
        return filesOf(path, undefined, PASSWORD);
      },
      "file",
      "is no PFX that can be read",
    ],
  ])("%s is an error", (_, files, part, message) => {
    const [remark, ...others] = judgeCertificate(files(), Date.now(), readPfx);
    expect([remark, others]).toEqual([
      { severity: "error", part, message: expect.stringContaining(message) },
      [],
    ]);
  });

  it("of elliptic curves is an error, for Entra takes none", () => {
    const curve = applicationCertificate(join(folder, "curve"), { algorithm: "ec:P-256" });
    for (const file of [curve.both, pfxOf(curve, PASSWORD)]) {
      expect(judgeCertificate(filesOf(file, undefined, PASSWORD), Date.now(), readPfx)).toEqual([
        {
          severity: "error",
          part: "file",
          message: expect.stringContaining("type EC; Entra takes RSA only"),
        },
      ]);
    }
  });

  it("is told when it is weak, not yet valid, or over", () => {
    const weak = filesOf(
      applicationCertificate(join(folder, "weak"), { algorithm: "rsa:1024", days: 10 }).both,
    );
    const said = (nowMs: number) =>
      judgeCertificate(weak, nowMs, null).map(({ message }) => message.slice(0, 25));
    const day = 86_400_000;
    expect(said(Date.now())).toEqual(["its key has 1024 bits, whi"].map((text) => text.slice(0, 25)));
    expect(said(Date.now() + 11 * day)[0]).toBe("the certificate ended at ");
    expect(said(Date.now() - day)[0]).toBe("the certificate begins at");
  });
});

function fileOfText(name: string, text: string): string {
  const path = join(made.folder, name);
  writeFileSync(path, text);
  return path;
}
