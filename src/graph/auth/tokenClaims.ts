/** What can be read in a token. Only advice may hang on it, and nothing of it but names gets into a log. */
import { Buffer } from "node:buffer";

/** What a token of Microsoft Entra says of the application that it was given to. */
export interface TokenClaims {
  /** Application permissions with admin consent; Entra leaves the claim out when there are none. */
  readonly roles: readonly string[];
  /** The application's name in the tenant. */
  readonly name: string | null;
  /** The address of the API that the token is for; `null` where it is named by an id. */
  readonly audience: string | null;
}

/**
 * Reads a token's claims without judging it: Graph does that. `null` when it cannot be read, for its form is
 * Graph's own affair (access-tokens), so that only advice may hang on it.
 */
export function readClaims(token: string): TokenClaims | null {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
    if (typeof claims !== "object" || claims === null) return null;
    const { roles, app_displayname: name, aud } = claims as Readonly<Record<string, unknown>>;
    return {
      roles: Array.isArray(roles) ? roles.filter((role) => typeof role === "string" && isName(role)) : [],
      name: typeof name === "string" && isName(name) ? name : null,
      audience: typeof aud === "string" && /^https?:\/\/[\w.-]{1,100}\/?$/.test(aud) ? aud : null,
    };
  } catch {
    return null;
  }
}

/** The permissions that a token lacks; to write includes to read. */
export function missingRoles({ roles }: TokenClaims, permissions: readonly string[]): string[] {
  return permissions.filter((permission) =>
    !roles.includes(permission) && !roles.includes(permission.replace(".Read.", ".ReadWrite."))
  );
}

/** What can stand in a table without breaking it. */
function isName(text: string): boolean {
  return /^[^\p{Cc}\p{Bidi_Control}]{1,120}$/u.test(text);
}
