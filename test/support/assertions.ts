/** Certificates of applications and tokens that they, or foreign issuers, sign; all made when a test runs. */
import { Buffer } from "node:buffer";
import {
  constants,
  createHash,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
  randomBytes,
  randomUUID,
  sign,
  X509Certificate,
} from "node:crypto";
import { bits, der, explicit, integer, oid, sequence, set, utcTime, utf8 } from "./certificatesDer.ts";

/** A certificate of an application with its key. */
export interface AppCertificate {
  readonly pem: string;
  readonly key: KeyObject;
  /** The key as PEM (PKCS #8). */
  readonly keyPem: string;
  /** Base64url, of SHA-256 and of SHA-1, as `x5t#S256` and `x5t` have them. */
  readonly thumbprints: { readonly sha256: string; readonly sha1: string };
}

const SHA256_RSA = sequence(oid("1.2.840.113549.1.1.11"), der(0x05));
const DAY_MS = 86_400_000;

/** A self-signed RSA certificate, as `openssl req -x509 -newkey rsa:2048 -nodes` makes it. */
export function appCertificate(
  options: { readonly name?: string; readonly from?: number; readonly to?: number; readonly bits?: number } =
    {},
): AppCertificate {
  const { name = "graphtap", from = Date.now() - DAY_MS, to = from + 366 * DAY_MS } = options;
  const { publicKey, privateKey: key } = generateKeyPairSync("rsa", { modulusLength: options.bits ?? 2048 });
  const who = sequence(set(sequence(oid("2.5.4.3"), utf8(name))));
  const signed = sequence(
    explicit(0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    SHA256_RSA,
    who,
    sequence(utcTime(new Date(from)), utcTime(new Date(to))),
    who,
    publicKey.export({ type: "spki", format: "der" }),
  );
  const raw = sequence(signed, SHA256_RSA, bits(sign("sha256", signed, key)));
  const lines = raw.toString("base64").replace(/.{1,64}/g, "$&\n");
  const digest = (hash: string) => createHash(hash).update(raw).digest("base64url");
  const pem = `-----BEGIN CERTIFICATE-----\n${lines}-----END CERTIFICATE-----\n`;
  return {
    pem: new X509Certificate(pem).toString(),
    key,
    keyPem: key.export({ type: "pkcs8", format: "pem" }).toString(),
    thumbprints: { sha256: digest("sha256"), sha1: digest("sha1") },
  };
}

type Part = Readonly<Record<string, unknown>>;

/** A signed token in its compact form. */
export function signJwt(header: Part, claims: Part, key: KeyObject): string {
  const signed = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(
    ".",
  );
  const padding = header["alg"] === "PS256"
    ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }
    : { padding: constants.RSA_PKCS1_PADDING };
  return `${signed}.${sign("sha256", Buffer.from(signed), { key, ...padding }).toString("base64url")}`;
}

/** An assertion that is right in every part, but for what is changed. */
export function assertionOf(
  { certificate, clientId, audience, nowMs }: {
    readonly certificate: AppCertificate;
    readonly clientId: string;
    readonly audience: string;
    readonly nowMs: number;
  },
  changes: { readonly header?: Part; readonly claims?: Part; readonly key?: KeyObject } = {},
): string {
  const now = Math.floor(nowMs / 1000);
  return signJwt(
    { alg: "PS256", typ: "JWT", "x5t#S256": certificate.thumbprints.sha256, ...changes.header },
    {
      aud: audience,
      iss: clientId,
      sub: clientId,
      jti: randomUUID(),
      nbf: now,
      iat: now,
      exp: now + 600,
      ...changes.claims,
    },
    changes.key ?? certificate.key,
  );
}

/** A foreign issuer, such as a cluster or GitHub. */
export interface Issuer {
  readonly issuer: string;
  /** What it publishes. */
  readonly keys: readonly (JsonWebKey & { readonly kid: string })[];
  /** A token of ten minutes, but for what is changed. */
  token(subject: string, nowMs: number, changes?: { readonly header?: Part; readonly claims?: Part }): string;
}

export function foreignIssuer(issuer = "https://oidc.cluster.example/"): Issuer {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const kid = randomUUID();
  return {
    issuer,
    keys: [{ ...publicKey.export({ format: "jwk" }), kid }],
    token(sub, nowMs, { header, claims } = {}) {
      const now = Math.floor(nowMs / 1000);
      const aud = "api://AzureADTokenExchange";
      return signJwt(
        { alg: "RS256", typ: "JWT", kid, ...header },
        { iss: issuer, sub, aud, nbf: now, iat: now, exp: now + 600, ...claims },
        privateKey,
      );
    },
  };
}
