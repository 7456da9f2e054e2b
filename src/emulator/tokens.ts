import { Buffer } from "node:buffer";
import type { TenantOptions } from "./options.ts";
import type { Random } from "./random.ts";

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

/** Tokens given out so far. */
export interface Tokens {
  issue(tenant: TenantOptions, audience: string, roles: readonly string[], now: number): string;
  find(token: string): Grant | undefined;
  /** Makes every token given out so far invalid. */
  revoke(): void;
}

/** An empty register. */
export function createTokens(random: Random, lifetimeSeconds: number): Tokens {
  const grants = new Map<string, Grant>();
  let issued = 0;
  return {
    issue(tenant, audience, roles, now) {
      const issuedAt = Math.floor(now / 1000);
      const claims = {
        aud: `https://${audience}`,
        iss: `https://sts.windows.net/${tenant.tenantId}/`,
        iat: issuedAt,
        nbf: issuedAt,
        exp: issuedAt + lifetimeSeconds,
        appid: tenant.clientId,
        idtyp: "app",
        // Graph leaves the claim out when nothing was granted: a token alone proves nothing.
        ...(roles.length > 0 ? { roles } : {}),
        tid: tenant.tenantId,
        uti: random.hex(22),
        ver: "1.0",
      };
      const token = [segment({ typ: "JWT", nonce: random.hex(40), alg: "RS256" }), segment(claims)]
        .concat(Buffer.from(random.hex(512), "hex").toString("base64url")).join(".");
      grants.set(token, {
        tokenId: `token-${++issued}`,
        tenant,
        audience,
        expiresAt: now + lifetimeSeconds * 1000,
      });
      return token;
    },
    find: (token) => grants.get(token),
    revoke: () => grants.clear(),
  };
}

function segment(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
