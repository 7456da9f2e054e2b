/** What can be read in a token. Only advice may hang on it, and nothing of it but names gets into a log. */
import { Buffer } from "node:buffer";

/** What a token of Microsoft Entra says of whom it was given to. */
export interface TokenClaims {
  /**
   * Application permissions with admin consent, or those that a person who signed in has handed on; Entra leaves the
   * claim out when there are none.
   */
  readonly roles: readonly string[];
  /** The application's name in the tenant. */
  readonly name: string | null;
  /** The API that the token is for: its address or its id. */
  readonly audience: string | null;
  /** The tenant's id. */
  readonly tenantId: string | null;
  /** The application's id. */
  readonly applicationId: string | null;
  /** When it ends, in milliseconds since the epoch. */
  readonly endsAt: number | null;
}

/**
 * Reads a token's claims without judging it: Graph does that. `null` when it cannot be read, for its form is
 * Graph's own affair (access-tokens), so that only advice may hang on it.
 */
export function readClaims(token: string): TokenClaims | null {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
    if (typeof claims !== "object" || claims === null) return null;
    const { roles, scp, app_displayname: name, aud, tid, appid, azp, exp } = claims as Readonly<
      Record<string, unknown>
    >;
    const granted = [
      ...(Array.isArray(roles) ? roles : []),
      ...(typeof scp === "string" ? scp.split(" ") : []),
    ];
    return {
      roles: granted.filter((role) => typeof role === "string" && isName(role)),
      name: typeof name === "string" && isName(name) ? name : null,
      audience: typeof aud === "string" && (ADDRESS.test(aud) || GUID.test(aud)) ? aud : null,
      tenantId: guidOf(tid),
      applicationId: guidOf(appid) ?? guidOf(azp),
      endsAt: typeof exp === "number" && exp > 0 ? exp * 1000 : null,
    };
  } catch {
    return null;
  }
}

const ADDRESS = /^https?:\/\/[\w.-]{1,100}(:\d{1,5})?\/?$/;
const GUID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

function guidOf(value: unknown): string | null {
  return typeof value === "string" && GUID.test(value) ? value.toLowerCase() : null;
}

/** The permissions that a token lacks; to write includes to read. */
export function missingRoles(
  { roles }: Pick<TokenClaims, "roles">,
  permissions: readonly string[],
): string[] {
  return permissions.filter((permission) =>
    !roles.includes(permission) && !roles.includes(permission.replace(".Read.", ".ReadWrite."))
  );
}

/** What can stand in a table without breaking it. */
function isName(text: string): boolean {
  return /^[^\p{Cc}\p{Bidi_Control}]{1,120}$/u.test(text);
}
