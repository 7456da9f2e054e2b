import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { CertificateFiles } from "../../../src/config/credentials/secret.ts";
import { closerLook } from "../../../src/wiring/closerLook.ts";
import { applicationCertificate, pfxOf } from "../../support/applicationCertificate.ts";
import { fileFolder } from "../../support/tempFolder.ts";

const made = applicationCertificate(join(fileFolder(), "certificate"));

const filesOf = (path: string, password = ""): CertificateFiles => ({
  certificate: { path, read: () => readFileSync(path) },
  key: null,
  password: { reveal: () => password } as NonNullable<CertificateFiles["password"]>,
});

describe("a closer look", () => {
  it("judges certificates where a configuration has any", async () => {
    expect((await closerLook("credentials: {client_secret: x}", {}, 0)).inspectCertificate).toBeUndefined();
    for (
      const [text, env] of [["client_certificate: {file: x.pem}", {}], ["", {
        AZURE_CLIENT_CERTIFICATE_PATH: "x",
      }]] as const
    ) {
      const { inspectCertificate } = await closerLook(text, env, Date.now());
      expect(inspectCertificate!(filesOf(made.certificate))).toMatchObject([{
        severity: "error",
        part: "file",
      }]);
      expect(inspectCertificate!(filesOf(made.both))).toEqual([]);
    }
  });

  it("opens a PFX that is named as one, and says of another that it is not looked at", async () => {
    const pfx = pfxOf(made, "right");
    const judged = async (text: string, password: string) =>
      (await closerLook(`client_certificate: {file: ${text}}`, {}, Date.now())).inspectCertificate!(
        filesOf(pfx, password),
      );
    expect(await judged("both.pfx", "right")).toEqual([]);
    expect(await judged("both.pfx", "wrong")).toMatchObject([{ severity: "error", part: "password" }]);
    expect(await judged("both", "wrong")).toMatchObject([
      {
        severity: "warning",
        message: expect.stringContaining("is looked at when it is used; name it .pfx or .p12"),
      },
    ]);
  });
});
