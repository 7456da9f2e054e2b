/** Whether the files for mutual TLS can work, told before a shipper says "handshake failed". */
import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { statSync } from "node:fs";
import type { TlsFiles } from "./settings.ts";
import { readWholeFile, whyUnreadable } from "../files/wholeFile.ts";

/** What is wrong: one line each. */
export interface CertificateProblems {
  /** No connection can come of it. */
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
}

const SOON_DAYS = 30;
const DAY_MS = 86_400_000;
const BLOCK = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/** Reads chain, certificate and key, and checks dates and that they belong together. Nothing of a key is shown. */
export function checkCertificates(files: TlsFiles, nowMs: number): CertificateProblems {
  const errors: string[] = [];
  const warnings: string[] = [];
  const chain = readCertificates("chain", files.chain, errors);
  const certs = readCertificates("cert", files.cert, errors);
  const key = readKey(files.key, errors, warnings);
  for (const [what, path, list] of [["chain", files.chain, chain], ["cert", files.cert, certs]] as const) {
    for (const certificate of list) {
      checkDates(`${what} file "${path}"`, certificate, nowMs, errors, warnings);
    }
  }
  const [own] = certs;
  if (own !== undefined && key !== null && !own.checkPrivateKey(key)) {
    errors.push(
      `key file "${files.key}" is not the key of the certificate in "${files.cert}" (${subject(own)})`,
    );
  }
  if (
    own !== undefined && chain.length > 0 &&
    ![...chain, ...certs.slice(1)].some((issuer) => signed(own, issuer))
  ) {
    warnings.push(
      `no certificate in chain file "${files.chain}" signed the one in "${files.cert}" (${subject(own)}): ` +
        "are they of the same domain?",
    );
  }
  return { errors, warnings };
}

function readText(what: string, path: string, errors: string[]): string | null {
  try {
    return readWholeFile(path).toString("latin1");
  } catch (error) {
    errors.push(`Cannot read ${what} file "${path}": ${whyUnreadable(error)}`);
    return null;
  }
}

function readCertificates(what: string, path: string, errors: string[]): X509Certificate[] {
  const text = readText(what, path, errors);
  if (text === null) return [];
  try {
    const found = (text.match(BLOCK) ?? []).map((block) => new X509Certificate(block));
    if (found.length === 0) errors.push(`${what} file "${path}" holds no certificate in PEM form`);
    return found;
  } catch {
    errors.push(`${what} file "${path}" holds a certificate that cannot be read`);
    return [];
  }
}

function readKey(path: string, errors: string[], warnings: string[]): KeyObject | null {
  const text = readText("key", path, errors);
  if (text === null) return null;
  if (/ENCRYPTED/.test(text)) {
    errors.push(
      `key file "${path}" is encrypted; write one without a passphrase (openssl pkey -in OLD -out NEW)`,
    );
    return null;
  }
  if ((statSync(path).mode & 0o007) !== 0) {
    warnings.push(`key file "${path}" can be read by every user: chmod o= it`);
  }
  try {
    return createPrivateKey(text);
  } catch {
    errors.push(`key file "${path}" holds no private key in PEM form`);
    return null;
  }
}

function checkDates(
  where: string,
  certificate: X509Certificate,
  nowMs: number,
  errors: string[],
  warnings: string[],
): void {
  const [from, to] = [certificate.validFrom, certificate.validTo].map((date) => Date.parse(date)) as [
    number,
    number,
  ];
  const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);
  if (to < nowMs) errors.push(`${where} expired on ${day(to)} (${subject(certificate)})`);
  else if (from > nowMs) errors.push(`${where} is not valid before ${day(from)} (${subject(certificate)})`);
  else if (to < nowMs + SOON_DAYS * DAY_MS) {
    warnings.push(`${where} expires on ${day(to)} (${subject(certificate)})`);
  }
}

function subject(certificate: X509Certificate): string {
  return certificate.subject.replace(/\s*\n\s*/g, ", ") || "no name";
}

function signed(certificate: X509Certificate, issuer: X509Certificate): boolean {
  try {
    return certificate.verify(issuer.publicKey);
  } catch {
    return false;
  }
}
