import { Buffer } from "node:buffer";
import { copyFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import {
  type CertificateFiles,
  readIdentity,
} from "../../../../../src/graph/auth/certificate/certificate.ts";
import { clientCertificate } from "../../../../../src/graph/auth/certificate/clientCertificate.ts";
import { thumbprintOf } from "../../../../../src/graph/auth/certificate/assertion.ts";
import { GraphtapError } from "../../../../../src/errors.ts";
import { applicationCertificate, pfxOf } from "../../../../support/applicationCertificate.ts";
import { fileFolder, tempFolder } from "../../../../support/tempFolder.ts";

const folder = fileFolder();
const [first, second] = ["first", "second"].map((name) => applicationCertificate(join(folder, name)));
const DAY_MS = 86_400_000;

const fileAt = (path: string) => ({
  path,
  read() {
    try {
      return readFileSync(path);
    } catch (cause) {
      throw new GraphtapError("secret-missing", `cannot read file "${path}"`, { cause });
    }
  },
});
const request = (nowMs = Date.now()) => ({ audience: "https://login.example/token", clientId: "app", nowMs });

/** The thumbprint that an assertion names. */
function usedBy(parameters: Readonly<Record<string, string>>): unknown {
  const head = parameters["client_assertion"]!.split(".")[0]!;
  return JSON.parse(Buffer.from(head, "base64url").toString())["x5t#S256"];
}

function thumbprint(certificate: string, key: string): string {
  const identity = readIdentity({ certificate: fileAt(certificate), key: fileAt(key), password: null }, null);
  return "problem" in identity ? identity.problem : thumbprintOf(identity.certificate).toString("base64url");
}

/** A folder in which the first certificate and its key lie, to be replaced. */
function renewable() {
  const own = tempFolder();
  const [certificate, key] = [join(own, "certificate.pem"), join(own, "key.pem")];
  copyFileSync(first!.certificate, certificate!);
  copyFileSync(first!.key, key!);
  const files: CertificateFiles = { certificate: fileAt(certificate!), key: fileAt(key!), password: null };
  return { certificate: certificate!, key: key!, files };
}

it("a certificate proves who asks by an assertion", async () => {
  const proof = await clientCertificate(renewable().files)(request());
  expect(proof).toEqual({
    parameters: {
      client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
      client_assertion: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
    },
    configKey: "client_certificate",
    madeOf: expect.any(String),
  });
  expect(usedBy(proof.parameters)).toBe(thumbprint(first!.certificate, first!.key));
});

it("a certificate in a PFX does, too", async () => {
  const path = pfxOf(first!, "a password");
  const files = { certificate: fileAt(path), key: null, password: { reveal: () => "a password" } };
  const { parameters } = await clientCertificate(files)(request());
  expect(usedBy(parameters)).toBe(thumbprint(first!.certificate, first!.key));
});

it("renewed files are taken for the next token; the end of their validity is told", async () => {
  const { certificate, key, files } = renewable();
  const ends: number[] = [];
  const authenticate = clientCertificate(files, { onUsed: ({ expiresMs }) => ends.push(expiresMs) });
  await authenticate(request());
  copyFileSync(second!.certificate, certificate);
  copyFileSync(second!.key, key);
  const { parameters } = await authenticate(request());
  expect(usedBy(parameters)).toBe(thumbprint(second!.certificate, second!.key));
  expect(ends.map((end) => Math.round((end - Date.now()) / DAY_MS))).toEqual([365, 365]);
});

it.each([
  ["whose key was not replaced yet", (_: string) => {}, "does not belong to the certificate"],
  ["whose key is gone for a moment", (key: string) => rmSync(key), "cannot read file"],
  [
    "whose key is half written",
    (key: string) => writeFileSync(key, "-----BEGIN PRIVATE KEY-----\nMII"),
    "holds no private key",
  ],
])(
  "a renewed certificate %s waits, and the one from before is used on while it is valid",
  async (_, spoil, why) => {
    const { certificate, key, files } = renewable();
    const kept: string[] = [];
    const authenticate = clientCertificate(files, { onKept: (said) => kept.push(said) });
    await authenticate(request());
    copyFileSync(second!.certificate, certificate);
    spoil(key);
    const { parameters } = await authenticate(request());
    expect(usedBy(parameters)).toBe(thumbprint(first!.certificate, first!.key));
    expect(kept).toEqual([expect.stringContaining(why)]);
    await expect(authenticate(request(Date.now() + 400 * DAY_MS))).rejects.toThrow(why);
  },
);

it("files that cannot be used from the start say why, and nothing of a key", async () => {
  const { files } = renewable();
  const mixed = { ...files, key: fileAt(second!.key) };
  await expect(clientCertificate(mixed)(request())).rejects.toMatchObject({
    code: "secret-unreadable",
    message: `Cannot use client_certificate: the key in "${second!.key}" does not belong to the certificate`,
  });
});
