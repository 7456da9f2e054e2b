/** Tokens of the tenant that an input is for, and of no other. */
import { GraphtapError } from "../../errors.ts";
import type { TokenIssuer } from "./token.ts";
import { readClaims } from "./tokenClaims.ts";

const GUID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/**
 * Refuses a token of another tenant: the records of one would leave under the name of the other. A tenant that is named
 * by its domain cannot be compared with the token's, which has the id; then whoever issued it was asked by that name.
 */
export function ofTenant(issue: TokenIssuer, tenantId: string): TokenIssuer {
  if (!GUID.test(tenantId)) return issue;
  return async (signal, claims) => {
    const issued = await issue(signal, claims);
    const found = readClaims(issued.token)?.tenantId ?? null;
    if (found === null || found === tenantId.toLowerCase()) return issued;
    throw new GraphtapError(
      "token-refused",
      `Cannot use the token: it is for the tenant ${found}, and tenant_id is ${tenantId}; correct tenant_id, or use ` +
        "credentials of that tenant",
    );
  };
}
