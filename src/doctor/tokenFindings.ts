/** What an operator is told of a token: whose it is, what it is for, and how to grant what it lacks. */
import type { InputConfig } from "../config/config.ts";
import type { TokenClaims } from "../graph/auth/tokenClaims.ts";
import { missingRoles } from "../graph/auth/tokenClaims.ts";
import { resolveCloud } from "../graph/clouds.ts";

/** A token in the words of its own claims, for programs; `null` where it does not say. */
export interface TokenFacts {
  readonly aud: string | null;
  readonly tid: string | null;
  readonly appid: string | null;
  readonly roles: readonly string[];
}

export function tokenFacts({ audience, tenantId, applicationId, roles }: TokenClaims): TokenFacts {
  return { aud: audience, tid: tenantId, appid: applicationId, roles: roles.toSorted() };
}

/** Whose a token is and what it is for, in a line. */
export function describeToken(
  { credentials: { kind, clientId } }: InputConfig,
  claims: TokenClaims | null,
): string {
  const id = clientId ?? claims?.applicationId ?? null;
  const who = id === null ? kind : `application ${id}`;
  if (claims === null) return who;
  const { name, roles, audience, tenantId } = claims;
  const granted = roles.length === 0
    ? ", without any application permission"
    : `, granted ${roles.toSorted().join(", ")}`;
  const scope = [
    ...(audience === null ? [] : [`for ${audience}`]),
    ...(tenantId === null ? [] : [`in tenant ${tenantId}`]),
  ].join(" ");
  return `${who}${name ? ` "${name}"` : ""}${granted}${scope && `; the token is ${scope}`}`;
}

/** The permissions that the services of an input ask for, and the token does not name. */
export function missingPermissions(claims: TokenClaims | null, permissions: readonly string[]): string[] {
  return claims === null ? [] : missingRoles(claims, [...new Set(permissions)]);
}

/**
 * Where an administrator of the tenant consents to what an application asks for, at the login service of its own cloud
 * (v2-admin-consent); `null` where there is no application that asks.
 */
export function consentUrl(input: InputConfig): string | null {
  const { tenantId, clientId } = input.credentials;
  if (clientId === null) return null;
  const { authority } = resolveCloud(input);
  return `${authority}/${encodeURIComponent(tenantId)}/adminconsent?client_id=${
    encodeURIComponent(clientId)
  }`;
}

/** How to grant what is missing, behind the description of the token; empty when nothing is. */
export function grantAdvice(input: InputConfig, missing: readonly string[]): string {
  if (missing.length === 0) return "";
  const { kind } = input.credentials;
  const url = consentUrl(input);
  const how = url !== null
    ? `add them under API permissions, then let an administrator consent: ${url}`
    : kind === "managed_identity"
    ? "assign them as app roles to the identity's service principal (New-MgServicePrincipalAppRoleAssignment)"
    : "sign in as somebody who has them, or use an application";
  return `; missing: ${missing.join(", ")}: ${how}`;
}

/** Numbers of Entra for an application that nobody has let into the tenant yet (reference-error-codes). */
const NOT_ADMITTED = /\bAADSTS(700016|7000229|65001)\b/;

/** Where consent would let the application in, behind a refusal; empty where that is not the reason. */
export function admissionAdvice(input: InputConfig, refusal: string): string {
  const url = consentUrl(input);
  return url !== null && NOT_ADMITTED.test(refusal)
    ? `; an application of another tenant is let in by: ${url}`
    : "";
}
