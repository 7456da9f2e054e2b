/** A certificate of an application with its private key, read from files as they are handed out. */
import { Buffer } from "node:buffer";
import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { asGraphtapError } from "../../../errors.ts";

/** Where certificate and key lie. */
export interface CertificateFiles {
  /** PEM with the certificate, and the key where `key` is `null`; or PFX with both, which may be base64. */
  readonly certificate: FileBytes;
  /** PEM with the key. */
  readonly key: FileBytes | null;
  /** Of the key, or of the PFX. */
  readonly password: { reveal(): string } | null;
}

/** A file that is read again whenever it is needed. */
export interface FileBytes {
  readonly path: string;
  /** @throws secret-missing, secret-unreadable */
  read(): Uint8Array;
}

/** What an assertion is signed with. */
export interface Identity {
  readonly certificate: X509Certificate;
  readonly key: KeyObject;
}

/** What is wrong, and with which part of the files. */
export interface CertificateProblem {
  readonly part: "file" | "key" | "password";
  /** It begins with what it is about. */
  readonly problem: string;
  /** Whether the file is a PFX, and nobody was there to read it. */
  readonly isPfx?: true;
}

/** The certificates and keys in a container. */
export interface Contents {
  readonly certificates: readonly X509Certificate[];
  readonly keys: readonly KeyObject[];
}

/** Reads a PFX (PKCS #12), as `pfx.ts` does. @returns why not, where it cannot */
export type PfxReader = (bytes: Uint8Array, password: string) => Contents | PfxProblem;

/** Why a PFX is not opened: by its password, or whatever that is. */
export type PfxProblem = "password" | "unreadable";

/** How whatever is written as DER begins: a certificate, a key, a PFX. */
const DER_SEQUENCE = 0x30;

/** Below it, RSA is weak (NIST SP 800-131A), and what Microsoft's pages advise against. */
const LEAST_BITS = 2048;

/**
 * Reads a certificate and the key that belongs to it.
 *
 * @param readPfx `null` where it is not loaded; a PFX is a problem then, which says so
 * @throws secret-missing, secret-unreadable a file or the password cannot be read
 */
export function readIdentity(
  files: CertificateFiles,
  readPfx: PfxReader | null,
): Identity | CertificateProblem {
  const bytes = binary(files.certificate.read());
  const found = isPem(bytes) ? inPem(bytes, files) : inDer(bytes, files, readPfx);
  if ("problem" in found) return found;
  const [key] = found.keys;
  const keyPart = files.key === null ? "file" : "key";
  const keyPath = (files.key ?? files.certificate).path;
  if (found.certificates.length === 0) {
    return { part: "file", problem: `"${files.certificate.path}" holds no certificate` };
  }
  if (key === undefined) {
    const hint = files.key === null ? "; name the key's file with key" : "";
    return { part: keyPart, problem: `"${keyPath}" holds no private key${hint}` };
  }
  // Entra verifies RSA signatures and no others (certificate-credentials).
  if (key.asymmetricKeyType !== "rsa") {
    const type = (key.asymmetricKeyType ?? "other").toUpperCase();
    return { part: keyPart, problem: `"${keyPath}" holds a key of the type ${type}; Entra takes RSA only` };
  }
  const certificate = found.certificates.find((one) => one.checkPrivateKey(key));
  if (certificate === undefined) {
    return { part: keyPart, problem: `the key in "${keyPath}" does not belong to the certificate` };
  }
  return { certificate, key };
}

/** When a certificate begins and ends to be valid, in milliseconds since the epoch. */
export function validityOf({ validFrom, validTo }: X509Certificate): { fromMs: number; toMs: number } {
  return { fromMs: Date.parse(validFrom), toMs: Date.parse(validTo) };
}

/** What is to be known of a certificate before it is used. */
export interface CertificateRemark {
  readonly severity: "error" | "warning";
  readonly part: CertificateProblem["part"];
  readonly message: string;
}

/**
 * Judges a certificate without asking anybody. One that is out of its time is a warning: the file may be renewed any
 * moment, and must not keep other inputs from starting.
 *
 * @throws nothing: what cannot be read is among the remarks
 */
export function judgeCertificate(
  files: CertificateFiles,
  nowMs: number,
  readPfx: PfxReader | null,
): readonly CertificateRemark[] {
  try {
    const identity = readIdentity(files, readPfx);
    if ("problem" in identity) {
      const { part, problem, isPfx } = identity;
      if (!isPfx) return [{ severity: "error", part, message: problem }];
      const message =
        `${problem}, and is looked at when it is used; name it .pfx or .p12 to have it looked at here`;
      return [{ severity: "warning", part, message }];
    }
    const { fromMs, toMs } = validityOf(identity.certificate);
    const bits = identity.key.asymmetricKeyDetails?.modulusLength ?? LEAST_BITS;
    const said = [
      nowMs >= toMs && `the certificate ended at ${timeOf(toMs)}; Entra refuses it: renew it`,
      nowMs < fromMs &&
      `the certificate begins at ${timeOf(fromMs)}; Entra refuses it before, by its own clock`,
      bits < LEAST_BITS && `its key has ${bits} bits, which is weak; make one of ${LEAST_BITS} or more`,
    ];
    return said.flatMap((message) => message ? [{ severity: "warning", part: "file", message }] : []);
  } catch (error) {
    return [{ severity: "error", part: "file", message: asGraphtapError(error).message }];
  }
}

const timeOf = (ms: number) => new Date(ms).toISOString().replace(".000Z", "Z");

/** The bytes of a text in base64, as which Key Vault hands out a PFX; what is no such text as it is. */
function binary(bytes: Uint8Array): Uint8Array {
  // "MI", which is how DER longer than 127 bytes begins in base64.
  if (bytes[0] !== 0x4d || bytes[1] !== 0x49) return bytes;
  const text = Buffer.from(bytes).toString("latin1").replace(/\s+/g, "");
  return /^[\w+/]+=*$/.test(text) ? Buffer.from(text, "base64") : bytes;
}

function isPem(bytes: Uint8Array): boolean {
  return Buffer.from(bytes).includes("-----BEGIN ");
}

/** The blocks of a PEM text whose label ends so. Deno reads a key only where nothing else stands beside it. */
function pemBlocks(bytes: Uint8Array, label: string): string[] {
  const blocks = Buffer.from(bytes).toString("latin1").matchAll(
    new RegExp(`-----BEGIN ([A-Z0-9 ]*${label})-----[^]*?-----END \\1-----`, "g"),
  );
  return [...blocks].map(([block]) => block);
}

function inPem(bytes: Uint8Array, files: CertificateFiles): Contents | CertificateProblem {
  const certificates = pemBlocks(bytes, "CERTIFICATE").map(certificateOf);
  if (certificates.includes(null)) {
    return { part: "file", problem: `"${files.certificate.path}" holds a certificate that cannot be read` };
  }
  return withKey(certificates.flatMap((one) => one ?? []), files.key?.read() ?? bytes, files);
}

/** Certificates with the private key that a PEM text holds, if any. */
function withKey(
  certificates: readonly X509Certificate[],
  bytes: Uint8Array,
  files: CertificateFiles,
): Contents | CertificateProblem {
  const key = keyIn(bytes, files);
  if (key !== null && "problem" in key) return key;
  return { certificates, keys: key === null ? [] : [key] };
}

function certificateOf(bytes: string | Uint8Array): X509Certificate | null {
  try {
    return new X509Certificate(bytes);
  } catch {
    return null;
  }
}

/** The first private key in a PEM text. */
function keyIn(bytes: Uint8Array, files: CertificateFiles): KeyObject | CertificateProblem | null {
  const [block] = pemBlocks(bytes, "PRIVATE KEY");
  const part = files.key === null ? "file" : "key";
  const path = (files.key ?? files.certificate).path;
  if (block === undefined) {
    if (bytes[0] !== DER_SEQUENCE) return null;
    return { part, problem: `"${path}" is not PEM; make it so by openssl pkey -in FILE -out FILE.pem` };
  }
  const isEncrypted = /^-----BEGIN ENCRYPTED|^Proc-Type:.*ENCRYPTED/m.test(block);
  const passphrase = isEncrypted ? files.password?.reveal() : undefined;
  if (isEncrypted && passphrase === undefined) {
    return { part, problem: `the key in "${path}" is encrypted; give its password` };
  }
  try {
    return createPrivateKey({ key: block, ...(passphrase === undefined ? {} : { passphrase }) });
  } catch {
    // What the library says of a key stays out of messages.
    return isEncrypted
      ? { part: "password", problem: `the key in "${path}" cannot be opened with this password` }
      : { part, problem: `the key in "${path}" cannot be read` };
  }
}

/** A certificate alone, whose key has a file of its own; else a PFX. */
function inDer(
  bytes: Uint8Array,
  files: CertificateFiles,
  readPfx: PfxReader | null,
): Contents | CertificateProblem {
  const { path } = files.certificate;
  const certificate = certificateOf(bytes);
  if (certificate !== null) {
    return withKey([certificate], files.key?.read() ?? new Uint8Array(), files);
  }
  if (bytes.length === 0) return { part: "file", problem: `"${path}" is empty` };
  if (bytes[0] !== DER_SEQUENCE) return { part: "file", problem: `"${path}" is neither PEM nor PFX` };
  if (readPfx === null) return { part: "file", problem: `"${path}" is a PFX`, isPfx: true };
  const contents = readPfx(bytes, files.password?.reveal() ?? "");
  if (contents === "unreadable") return { part: "file", problem: `"${path}" is no PFX that can be read` };
  if (contents !== "password") {
    return files.key === null ? contents : withKey(contents.certificates, files.key.read(), files);
  }
  return files.password === null
    ? { part: "file", problem: `"${path}" needs a password; give it` }
    : { part: "password", problem: `"${path}" cannot be opened with this password` };
}
