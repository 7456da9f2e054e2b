/** Parts of node-forge (its version is pinned) that a PFX needs. Bytes are texts of characters up to U+00FF there. */

declare module "node-forge/lib/asn1.js" {
  export interface Asn1 {
    value: string | Asn1[];
  }
  const asn1: {
    /** @param options whether bytes behind the value are an error */
    fromDer(bytes: string, options: { readonly parseAllBytes: boolean }): Asn1;
    toDer(value: Asn1): { getBytes(): string };
  };
  export default asn1;
}

declare module "node-forge/lib/pkcs12.js" {
  import type { Asn1 } from "node-forge/lib/asn1.js";

  export interface SafeBag {
    /** `null` in a bag of a certificate that was left unread. */
    readonly cert?: null;
    /** `null` in a bag of a private key that was left unread. */
    readonly key?: null;
    /** What is in a bag that was left unread. */
    readonly asn1?: Asn1;
  }
  const pkcs12: {
    pkcs12FromAsn1(pfx: Asn1, strict: boolean, password: string | null): {
      readonly safeContents: readonly { readonly safeBags: readonly SafeBag[] }[];
    };
    /** For tests, of what openssl does not make. */
    toPkcs12Asn1(
      key: object,
      certificates: readonly object[],
      password: string | null,
      options: { readonly algorithm: "3des" },
    ): Asn1;
  };
  export default pkcs12;
}

declare module "node-forge/lib/x509.js" {
  const pki: {
    /** For tests, as the next. */
    privateKeyFromPem(pem: string): object;
    certificateFromPem(pem: string): object;
  };
  export default pki;
}

declare module "node-forge/lib/sha256.js" {}
declare module "node-forge/lib/sha512.js" {}
declare module "node-forge/lib/pki.js" {}

declare module "node-forge/lib/forge.js" {
  import type { Asn1 } from "node-forge/lib/asn1.js";

  export interface ByteBuffer {
    getBytes(): string;
  }
  export interface Hash {
    readonly algorithm: string;
    /** Bytes. */
    readonly digestLength: number;
    /** Bytes. */
    readonly blockLength: number;
    start(): void;
    update(bytes: string): void;
    digest(): ByteBuffer;
  }
  const forge: {
    util: { createBuffer(bytes: string): ByteBuffer };
    pki: { certificateFromAsn1(content: Asn1): object; privateKeyFromAsn1(content: Asn1): object };
    pkcs5: {
      pbkdf2(
        password: string | null,
        salt: string,
        rounds: number,
        length: number,
        hash: Hash | string,
      ): string;
    };
    pkcs12: {
      generateKey(
        password: string | null,
        salt: ByteBuffer,
        purpose: number,
        rounds: number,
        length: number,
        /** @default SHA-1 */
        hash?: Hash,
      ): ByteBuffer;
    };
  };
  export default forge;
}
