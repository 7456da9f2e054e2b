/** PFX (PKCS #12), which the runtimes' own crypto opens for TLS only. Loaded where there is one. */
import { Buffer } from "node:buffer";
import { createPrivateKey, X509Certificate } from "node:crypto";
import asn1, { type Asn1 } from "node-forge/lib/asn1.js";
import pkcs12, { type SafeBag } from "node-forge/lib/pkcs12.js";
// By being loaded these become known to the others.
import "node-forge/lib/sha256.js";
import "node-forge/lib/sha512.js";
import type { Contents, PfxProblem } from "./certificate.ts";
import { deriveKeysByRuntime } from "./pfxKeys.ts";
import { contentsUnread } from "./pfxContents.ts";

deriveKeysByRuntime();

/**
 * What a PFX holds, or why it cannot be opened.
 *
 * @param password an empty text where it has none
 */
export function readPfx(bytes: Uint8Array, password: string): Contents | PfxProblem {
  try {
    const bags = contentsUnread(() => bagsOf(Buffer.from(bytes).toString("latin1"), password));
    return {
      certificates: bags.flatMap(({ cert, asn1 }) => contentIn(cert, asn1)).map((der) =>
        new X509Certificate(der)
      ),
      keys: bags.flatMap(({ key, asn1 }) => contentIn(key, asn1))
        .map((key) => createPrivateKey({ key, format: "der", type: "pkcs8" })),
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

/**
 * What is in a bag, as DER: a certificate, or a private key as PrivateKeyInfo.
 *
 * @param unread `null` where the bag is of the kind that is asked for
 */
function contentIn(unread: null | undefined, content: Asn1 | undefined): Buffer[] {
  return unread === null && content ? [Buffer.from(asn1.toDer(content).getBytes(), "latin1")] : [];
}
