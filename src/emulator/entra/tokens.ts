import { Buffer } from "node:buffer";
import type { TenantOptions } from "../options.ts";
import type { Random } from "../random.ts";
import { guidOf } from "./registrations.ts";

/** What a bearer token stands for. */
export interface Grant {
  /** Short name for the request log, which never holds a token. */
  readonly tokenId: string;
  readonly tenant: TenantOptions;
  /** Host that the token is for. */
  readonly audience: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** What a token is issued for. */
export interface Issue {
  readonly tenant: TenantOptions;
  /** Host that the token is for. */
  readonly audience: string;
  readonly roles: readonly string[];
  /** How the client proved who it is: `"1"` by a secret, `"2"` by a certificate or another's token. */
  readonly proof: "1" | "2";
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly lifetimeSeconds: number;
  /** Claims beside the usual ones. @default none */
  readonly claims?: Readonly<Record<string, unknown>>;
}

/** Tokens given out so far. */
export interface Tokens {
  issue(issue: Issue): string;
  find(token: string): Grant | undefined;
  /** Makes every token given out so far invalid. */
  revoke(): void;
}

/** An empty register. */
export function createTokens(random: Random): Tokens {
  const grants = new Map<string, Grant>();
  let issued = 0;
  return {
    issue(issue) {
      const { tenant, audience, now, lifetimeSeconds } = issue;
      const token = [{ typ: "JWT", nonce: random.hex(40), alg: "RS256" }, claimsOf(issue, random.hex(22))]
        .map(segment).concat(Buffer.from(random.hex(512), "hex").toString("base64url")).join(".");
      const expiresAt = now + lifetimeSeconds * 1000;
      grants.set(token, { tokenId: `token-${++issued}`, tenant, audience, expiresAt });
      return token;
    },
    find: (token) => grants.get(token),
    revoke: () => grants.clear(),
  };
}

/** The object id of an application's service principal in its tenant. */
export function principalOf({ tenantId, clientId, objectId }: TenantOptions): string {
  return objectId ?? guidOf("principal", tenantId, clientId);
}

function claimsOf({ tenant, audience, roles, proof, now, lifetimeSeconds, claims }: Issue, uti: string) {
  const issuedAt = Math.floor(now / 1000);
  return {
    aud: `https://${audience}`,
    iss: `https://sts.windows.net/${tenant.tenantId}/`,
    iat: issuedAt,
    nbf: issuedAt,
    exp: issuedAt + lifetimeSeconds,
    ...(tenant.name === undefined ? {} : { app_displayname: tenant.name }),
    appid: tenant.clientId,
    appidacr: proof,
    idtyp: "app",
    oid: principalOf(tenant),
    // Graph leaves the claim out when nothing was granted: a token alone proves nothing.
    ...(roles.length > 0 ? { roles } : {}),
    sub: principalOf(tenant),
    tid: tenant.tenantId,
    uti,
    ver: "1.0",
    ...claims,
  };
}

function segment(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
