/** Certificates of applications, made by openssl as an operator makes them: nothing of them is stored in the tree. */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The files of one certificate. */
export interface ApplicationCertificate {
  readonly folder: string;
  /** PEM: the certificate alone, the key alone, and both. */
  readonly certificate: string;
  readonly key: string;
  readonly both: string;
}

/** Runs openssl, which must succeed. @returns what it prints */
export function openssl(words: readonly string[], input?: string): string {
  const { status, stdout, stderr, error } = spawnSync("openssl", words, { encoding: "utf8", input });
  if (status !== 0) throw new Error(`openssl ${words[0]}: ${error?.message ?? stderr}`);
  return stdout;
}

/**
 * Makes a certificate that signs itself, as applications use it.
 *
 * @param folder where its files are written
 * @param algorithm as openssl names it @default "rsa:2048"
 * @param days that it is valid from now on @default 365
 */
export function applicationCertificate(
  folder: string,
  { algorithm = "rsa:2048", days = 365 }: { readonly algorithm?: string; readonly days?: number } = {},
): ApplicationCertificate {
  mkdirSync(folder, { recursive: true });
  const [certificate, key, both] = ["certificate.pem", "key.pem", "both.pem"].map((name) =>
    join(folder, name)
  );
  const type = algorithm.startsWith("ec:")
    ? ["ec", "-pkeyopt", `ec_paramgen_curve:${algorithm.slice(3)}`]
    : [algorithm];
  openssl([
    ...["req", "-x509", "-newkey", ...type, "-nodes", "-keyout", key!, "-out", certificate!],
    ...["-days", String(days), "-subj", "/CN=graphtap"],
  ]);
  writeFileSync(both!, readFileSync(key!, "utf8") + readFileSync(certificate!, "utf8"));
  return { folder, certificate: certificate!, key: key!, both: both! };
}

/** Puts both into a PFX. @param options as openssl pkcs12 has them @returns its path */
export function pfxOf(
  { folder, certificate, key }: ApplicationCertificate,
  password: string,
  ...options: readonly string[]
): string {
  const path = join(folder, "both.pfx");
  const words = ["-inkey", key, "-in", certificate, "-out", path, "-passout", "stdin", ...options];
  openssl(["pkcs12", "-export", ...words], `${password}\n`);
  return path;
}
