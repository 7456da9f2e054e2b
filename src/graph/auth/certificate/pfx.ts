/** PFX (PKCS #12), which the runtimes' own crypto opens for TLS only. Loaded where there is one. */
import { Buffer } from "node:buffer";
import { createPrivateKey, X509Certificate } from "node:crypto";
import asn1, { type Asn1 } from "node-forge/lib/asn1.js";
import pkcs12, { type SafeBag } from "node-forge/lib/pkcs12.js";
// By being loaded it becomes known to the others.
import "node-forge/lib/sha512.js";
import pki from "node-forge/lib/x509.js";
import type { Contents, PfxProblem } from "./certificate.ts";
import { deriveKeysByRuntime } from "./pfxKeys.ts";

deriveKeysByRuntime();

/**
 * What a PFX holds, or why it cannot be opened.
 *
 * @param password an empty text where it has none
 */
export function readPfx(bytes: Uint8Array, password: string): Contents | PfxProblem {
  try {
    const bags = bagsOf(Buffer.from(bytes).toString("latin1"), password);
    return {
      certificates: bags.flatMap((bag) => certificateIn(bag) ?? []).map((der) => new X509Certificate(der)),
      keys: bags.flatMap((bag) => keyIn(bag) ?? []).map((key) =>
        createPrivateKey({ key, format: "der", type: "pkcs8" })
      ),
    };
  } catch (error) {
    return /password|decrypt|MAC/i.test(error instanceof Error ? error.message : "")
      ? "password"
      : "unreadable";
  }
}

/**
 * The bags of a PFX, opened by the password in the forms that it may have.
 *
 * - No password is two things: an empty text, and none at all, as Windows and Key Vault have it.
 * - The MAC is made of the password as UTF-16, newer ciphers of the password as UTF-8 (RFC 9579), and the library knows
 *   one form for both. So one with other letters than ASCII is opened a second time, without the MAC, which was right the
 *   first time.
 */
function bagsOf(der: string, password: string): readonly SafeBag[] {
  // Some programs end a file with a line break, whatever it is.
  const parsed = () => asn1.fromDer(der, { parseAllBytes: false });
  try {
    return allBags(parsed(), password);
  } catch (error) {
    if (password === "") return allBags(parsed(), null);
    const isMac = error instanceof Error && error.message.includes("MAC");
    if (isMac || /^[\x20-\x7e]*$/.test(password)) throw error;
    const pfx = parsed();
    if (Array.isArray(pfx.value)) pfx.value = pfx.value.slice(0, 2);
    return allBags(pfx, Buffer.from(password, "utf8").toString("latin1"));
  }
}

function allBags(pfx: Asn1, password: string | null): readonly SafeBag[] {
  return pkcs12.pkcs12FromAsn1(pfx, false, password).safeContents
    .flatMap(({ safeBags }: { safeBags: readonly SafeBag[] }) => safeBags);
}

/** A certificate as DER; one with a key that the library does not know has its content only. */
function certificateIn({ cert, asn1: content }: SafeBag): Buffer | null {
  if (cert) return derOf(pki.certificateToAsn1(cert));
  return cert === null && content ? derOf(content) : null;
}

/** A private key as DER (PrivateKeyInfo), RSA or another. */
function keyIn({ key, asn1: content }: SafeBag): Buffer | null {
  if (key) return derOf(pki.wrapRsaPrivateKey(pki.privateKeyToAsn1(key)));
  return key === null && content ? derOf(content) : null;
}

function derOf(value: Asn1): Buffer {
  return Buffer.from(asn1.toDer(value).getBytes(), "latin1");
}
