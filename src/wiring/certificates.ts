/** Looks at the certificates that a configuration names, where it names any: most have none and must not pay for it. */
import type { CertificateFiles, CertificateRemark } from "../config/secret.ts";
import type { Runtime } from "./runtime.ts";

/** What is to be said of a certificate at a time, in milliseconds since the epoch. */
export type CertificateJudge = (files: CertificateFiles, nowMs: number) => readonly CertificateRemark[];

/** The variable that names one without any word in the configuration. */
const PATH = "AZURE_CLIENT_CERTIFICATE_PATH";

/**
 * Loads what the certificates of a text are judged with; `null` when it can have none. A backslash may be part of a key
 * that is written in another way.
 */
export async function certificateJudgeFor(
  text: string,
  env: Runtime["env"],
): Promise<CertificateJudge | null> {
  const named = env[PATH] ?? "";
  if (named === "" && !/client_certificate|\\/.test(text)) return null;
  const { judgeCertificate } = await import("../graph/auth/certificate.ts");
  const isPfxNamed = /\.(pfx|p12)\b/i.test(text) || /\.(pfx|p12)$/i.test(named);
  const readPfx = isPfxNamed ? (await import("../graph/auth/pfx.ts")).readPfx : null;
  return (files, nowMs) => judgeCertificate(files, nowMs, readPfx);
}
