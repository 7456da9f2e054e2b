/** What `check` looks at beside the text of a configuration: the modes of files with secrets in them, and certificates. */
import { statSync } from "node:fs";
import type { FileAccess, SecretReaders } from "../config/credentials/secret.ts";
import type { Runtime } from "./runtime.ts";

/** How a closer look is taken. */
export type CloserLook = Pick<SecretReaders, "accessOf" | "inspectCertificate">;

/** The variable that names a certificate without any word in the configuration. */
const PATH = "AZURE_CLIENT_CERTIFICATE_PATH";

/**
 * Loads what a text is looked at with. What opens a PFX is loaded where one is named, for it is large. A backslash may
 * be part of a key that is written in another way.
 *
 * @param nowMs milliseconds since the epoch
 */
export async function closerLook(text: string, env: Runtime["env"], nowMs: number): Promise<CloserLook> {
  const named = env[PATH] ?? "";
  if (named === "" && !/client_certificate|\\/.test(text)) return { accessOf: fileAccess };
  const { judgeCertificate } = await import("../graph/auth/certificate/certificate.ts");
  const isPfxNamed = /\.(pfx|p12)\b/i.test(text) || /\.(pfx|p12)$/i.test(named);
  const readPfx = isPfxNamed ? (await import("../graph/auth/certificate/pfx.ts")).readPfx : null;
  return {
    accessOf: fileAccess,
    inspectCertificate: (files) => judgeCertificate(files, nowMs, readPfx),
  };
}

/** What others may do with a file; `null` where that cannot be told. */
export function fileAccess(path: string): FileAccess | null {
  try {
    const { mode } = statSync(path);
    const digits = (mode & 0o7777).toString(8).padStart(4, "0");
    return { read: (mode & 0o004) !== 0, write: (mode & 0o002) !== 0, mode: digits };
  } catch {
    return null;
  }
}
