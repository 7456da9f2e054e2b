/** What to do about an answer 401 or 403, by what is known: the challenge, the token's own claims, Graph's words. */
import { missingRoles, type TokenClaims } from "./auth/tokenClaims.ts";
import type { Asked } from "./asked.ts";
import type { Refusal } from "./refusal.ts";

/** @param claims what the refused token says; `null` when that is not known */
export function accessAdvice(asked: Asked, refusal: Refusal, claims: TokenClaims | null): string {
  if (isConditional(refusal)) {
    return "a Conditional Access policy or continuous access evaluation does not let this application in from here: " +
      "check the policies for workload identities, above all the locations that they allow";
  }
  return refusal.status === 401
    ? tokenAdvice(asked, refusal, claims)
    : permissionAdvice(asked, claims) ?? alreadyGranted(asked);
}

/** Entra's policies speak by a challenge: claims that the token would need to have. */
function isConditional({ challenge, message }: Refusal): boolean {
  return /\binsufficient_claims\b|\bclaims\s*=/i.test(challenge ?? "") ||
    /continuous access evaluation|conditional access/i.test(message);
}

/** The token itself is refused, a new one too. */
function tokenAdvice(asked: Asked, { message, challenge }: Refusal, claims: TokenClaims | null): string {
  const said = `${message} ${challenge ?? ""}`;
  if (/\baudience\b/i.test(said)) {
    const forWhom = claims?.audience ? ` (it is for ${claims.audience})` : "";
    return `the token is for another API than this Graph${forWhom}; check override_scope_value and override_base_url`;
  }
  if (/\b(lifetime|expired|not yet valid)\b/i.test(said)) {
    return "a new token is out of date at once; check this host's clock and Graph's by doctor";
  }
  const isMissing = claims === null || missingRoles(claims, asked.permissions.slice(0, 1)).length > 0;
  const grant = isMissing ? permissionAdvice(asked, claims) : null;
  return "a new token did not help; check the cloud of the tenant: override_top_level_domain, override_base_url, " +
    `override_scope_value${grant === null ? "" : `; and ${grant}`}`;
}

/** Which permissions to grant; `null` when the token has them all. */
function permissionAdvice(asked: Asked, claims: TokenClaims | null): string | null {
  const missing = claims === null ? asked.permissions : missingRoles(claims, asked.permissions);
  const [first, ...others] = missing;
  if (first === undefined) return null;
  // The first of a service's permissions is needed; the others spare it refusals.
  const isNeeded = first === asked.permissions[0];
  const also = others.length === 0 ? "" : ` (advised: ${others.join(", ")})`;
  const grant = `grant the application permission ${first} with admin consent${also}`;
  const licence = asked.licence ? `, and check that the tenant has ${asked.licence}` : "";
  return isNeeded ? grant + licence : `the token has ${asked.permissions[0]}; ${grant}, too${licence}`;
}

function alreadyGranted({ permissions, licence }: Asked): string {
  const has = permissions.length === 0 ? "" : `the token has ${permissions.join(" and ")}, that is not it; `;
  return `${has}check ${licence ? `that the tenant has ${licence}, and ` : ""}Conditional Access`;
}
