/** What can be read in a token. */
import { Buffer } from "node:buffer";

/** What a token of Microsoft Entra says of the application that it was given to. */
export interface TokenClaims {
  /** Application permissions with admin consent; Entra leaves the claim out when there are none. */
  readonly roles: readonly string[];
  /** The application's name in the tenant. */
  readonly name: string | null;
}

/**
 * Reads a token's claims without judging it: Graph does that. `null` when it cannot be read, for its form is
 * Graph's own affair (access-tokens), so that only advice may hang on it.
 */
export function readClaims(token: string): TokenClaims | null {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
    if (typeof claims !== "object" || claims === null) return null;
    const { roles, app_displayname: name } = claims as { roles?: unknown; app_displayname?: unknown };
    return {
      roles: Array.isArray(roles) ? roles.filter((role) => typeof role === "string" && isName(role)) : [],
      name: typeof name === "string" && isName(name) ? name : null,
    };
  } catch {
    return null;
  }
}

/** What can stand in a table without breaking it. */
function isName(text: string): boolean {
  return /^[^\p{Cc}]{1,120}$/u.test(text);
}
