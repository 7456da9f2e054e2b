import type { Collection } from "./collections.ts";
import type { World } from "./world.ts";
import type { GraphRefusal } from "./graphErrors.ts";
import { isGoodAt } from "./hosts.ts";
import type { Grant } from "./entra/tokens.ts";
import type { TenantOptions } from "./options.ts";

/** What the bearer token of a request stands for, or why it stands for nothing. */
export function grantOf(request: Request, url: URL, world: World): Grant | GraphRefusal {
  const refusal = (message: string): GraphRefusal => ({
    status: 401,
    code: "InvalidAuthenticationToken",
    message,
    headers: { "www-authenticate": 'Bearer realm="", error="invalid_token"' },
  });
  const [scheme, token] = (request.headers.get("authorization") ?? "").split(/\s+/);
  if (scheme?.toLowerCase() !== "bearer" || !token) return refusal("Access token is empty.");
  const grant = world.tokens.find(token);
  if (grant === undefined) return refusal("Access token validation failure.");
  if (grant.expiresAt <= world.clock.now()) {
    return refusal("Lifetime validation failed, the token is expired.");
  }
  return isGoodAt(grant.audience, url.host)
    ? grant
    : refusal("Access token validation failure. Invalid audience.");
}

/** What an application was granted: without a list all that the collections ask for, and to read applications. */
export function permissionsOf({ permissions }: TenantOptions, { collections }: World): readonly string[] {
  if (permissions !== undefined) return permissions;
  const asked = collections.all.flatMap((collection) => collection.permissions);
  return [...new Set([...asked, "Application.Read.All"])];
}

/** Why an application may not read a collection; `undefined` when it may. */
export function permissionRefusal(collection: Collection, { tenant }: Grant): GraphRefusal | undefined {
  const granted = tenant.permissions;
  if (granted !== undefined && !collection.permissions.some((permission) => granted.includes(permission))) {
    return { status: 403, ...missingPermission(collection, granted) };
  }
  if (!collection.licensed || tenant.premium !== false) return undefined;
  return {
    status: 403,
    code: "Authentication_RequestFromNonPremiumTenantOrB2CTenant",
    message: "Neither tenant is B2C or tenant doesn't have premium license",
  };
}

/** Each service words it in its own way. */
function missingPermission(
  collection: Collection,
  granted: readonly string[],
): { code: string; message: string } {
  const [needed] = collection.permissions;
  if (collection.wording === "reports") {
    return {
      code: "Authentication_MSGraphPermissionMissing",
      message: `Calling principal does not have required MSGraph permissions ${needed}`,
    };
  }
  if (collection.wording === "defender") {
    const message = `Missing application roles. API required roles: ${collection.permissions.join(",")}, ` +
      `application roles: ${granted.join(",")}.`;
    return { code: "Forbidden", message };
  }
  return {
    code: "",
    message: "Auth token does not contain valid permissions or user does not have valid roles.",
  };
}
