/** How an application proves to the token endpoint who it is, and what is wrong with its proof. */
import { LOGIN_HOSTS } from "../hosts.ts";
import type { TenantOptions } from "../options.ts";
import type { World } from "../world.ts";
import { judgeAssertion } from "./clientAssertion.ts";
import { type EntraRefusal, missing, refusal } from "./errors.ts";
import { judgeFederated } from "./federatedToken.ts";
import { type Jwt, readJwt } from "./jwt.ts";
import { secretsOf } from "./registrations.ts";
import type { Issue } from "./tokens.ts";

const JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const HEADER_TYPES: readonly unknown[] = [undefined, "JWT", "http://openid.net/specs/jwt/1.0"];

/** What the proof was, as the claim `appidacr` of the token says it. */
export type Proof = Issue["proof"];

/** Judges what a token request carries for a proof. */
export function judgeProof(
  tenant: TenantOptions,
  form: URLSearchParams,
  secret: string | null,
  url: URL,
  world: World,
): Proof | EntraRefusal {
  const assertion = form.get("client_assertion");
  if (!assertion) return secret ? judgeSecret(tenant, secret, world.clock.now()) ?? "1" : refusal(7000218);
  if (form.get("client_assertion_type") !== JWT_BEARER) return missing("client_assertion_type");
  const jwt = readJwt(assertion);
  if (jwt === null) return refusal(50027);
  const { typ } = jwt.header;
  if (!HEADER_TYPES.includes(typeof typ === "string" && /^jwt$/i.test(typ) ? "JWT" : typ)) {
    return refusal(5002727);
  }
  return judgeJwt(jwt, tenant, audiencesAt(url, tenant, form.get("scope") ?? url.href), world) ?? "2";
}

function judgeSecret(tenant: TenantOptions, secret: string, now: number): EntraRefusal | null {
  const found = secretsOf(tenant).find(({ value }) => value === secret);
  if (found === undefined) {
    const { text } = refusal(7000215);
    return { aadsts: 7000215, text: `${text.slice(0, -1)}, for a secret added to app '${tenant.clientId}'.` };
  }
  if (now >= found.startsAt && now < found.endsAt) return null;
  return {
    aadsts: 7000222,
    text:
      `The provided client secret keys for app '${tenant.clientId}' are expired. Visit the Azure portal to create ` +
      "new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added " +
      "security: https://aka.ms/certCreds.",
  };
}

/** A token of the application's own, or of somebody else whose name is an address. */
function judgeJwt(jwt: Jwt, tenant: TenantOptions, audiences: string[], world: World): EntraRefusal | null {
  const { clientId } = tenant;
  const now = world.clock.now();
  const { iss } = jwt.claims;
  if (typeof iss === "string" && /^https?:/.test(iss)) {
    const credentials = tenant.federatedCredentials ?? [];
    return judgeFederated(jwt, { clientId, credentials, issuers: world.options.issuers ?? [], now });
  }
  const replays = world.options.repeatedAssertions === "taken" ? null : world.replays;
  const certificates = tenant.certificates ?? [];
  return judgeAssertion(jwt, { clientId, certificates, audiences, now, replays });
}

/**
 * What names this tenant's token endpoint: its address in both versions, or its issuer; by the name under which it was
 * reached, or by the cloud's own where the token is for a Graph of that cloud, as for a caller behind a reverse proxy.
 */
function audiencesAt({ origin, pathname }: URL, { tenantId }: TenantOptions, scope: string): string[] {
  const names = new Set([tenantId, decodeURIComponent(pathname.split("/")[1] ?? "")]);
  const login = LOGIN_HOSTS[new URL(scope).host];
  const origins = [origin, ...(login === undefined ? [] : [`https://${login}`])];
  return origins.flatMap((one) => [...names].map((name) => `${one}/${name}`)).flatMap((address) =>
    ["oauth2/v2.0/token", "oauth2/token", "v2.0"].map((end) => `${address}/${end}`)
  );
}
