import { GraphtapError } from "../../../errors.ts";
import { signAssertion } from "./assertion.ts";
import { ASSERTION_TYPE } from "../assertionType.ts";
import { type CertificateFiles, type Identity, readIdentity, validityOf } from "./certificate.ts";
import type { ClientAuth } from "../clientAuth.ts";

/** What is told of the certificate that a proof was made with. */
export interface UsedCertificate {
  /** The end of its validity, in milliseconds since the epoch. */
  readonly expiresMs: number;
}

export interface ClientCertificateOptions {
  /** Told of the certificate of each proof. @default nobody */
  readonly onUsed?: (used: UsedCertificate) => void;
  /** Told why files are not taken, when others were before. @default nobody */
  readonly onKept?: (why: string) => void;
}

/**
 * Proof by an assertion that is signed with a certificate's key. The files are read for each token, so that renewed
 * ones are taken. Where certificate and key do not go together, as while somebody replaces one after the other, those
 * from before are used on for as long as they are valid.
 */
export function clientCertificate(
  files: CertificateFiles,
  { onUsed = () => {}, onKept = () => {} }: ClientCertificateOptions = {},
): ClientAuth {
  let last: Identity | null = null;

  async function identity(nowMs: number): Promise<Identity> {
    const found = await readCertificate(files);
    if (!(found instanceof GraphtapError)) return found;
    if (last === null || nowMs >= validityOf(last.certificate).toMs) throw found;
    onKept(found.message);
    return last;
  }
  return async ({ audience, clientId, nowMs }) => {
    last = await identity(nowMs);
    onUsed({ expiresMs: validityOf(last.certificate).toMs });
    return {
      parameters: {
        client_assertion_type: ASSERTION_TYPE,
        client_assertion: signAssertion(last, { audience, clientId, nowMs }),
      },
      configKey: "client_certificate",
      madeOf: last.certificate.fingerprint256,
    };
  };
}

/** The certificate and key in the files, or why there are none; what reads PFX is loaded for PFX only. */
export async function readCertificate(files: CertificateFiles): Promise<Identity | GraphtapError> {
  try {
    let found = readIdentity(files, null);
    if ("problem" in found && found.isPfx) found = readIdentity(files, (await import("./pfx.ts")).readPfx);
    if (!("problem" in found)) return found;
    return new GraphtapError("secret-unreadable", `Cannot use client_certificate: ${found.problem}`);
  } catch (error) {
    if (error instanceof GraphtapError) return error;
    throw error;
  }
}
