import { entraError, type EntraRefusal, entraResponse, missing, refusal } from "./entraErrors.ts";
import { GRAPH_HOSTS } from "./hosts.ts";
import { actionOf, type Call, type World } from "./world.ts";
import type { TenantOptions } from "./options.ts";

/** Answers POST /{tenant}/oauth2/v2.0/token: the client credentials grant with a secret, and nothing else. */
export async function answerToken(request: Request, call: Call, world: World): Promise<Response> {
  const asked = actionOf(call, "tokenError");
  if (asked !== undefined) {
    return entraError(refusal(asked.aadsts), call, world.clock);
  }
  const url = new URL(request.url);
  const form = await readForm(request);
  const result = judge(url, form, basicCredentials(request), world);
  if ("aadsts" in result) return entraError(result, call, world.clock);
  const { tenant, audience } = result;
  call.entry.tenantId = tenant.tenantId;
  const roles = tenant.permissions ??
    [...new Set(world.collections.all.flatMap((collection) => collection.permissions))];
  const token = world.tokens.issue(tenant, audience, roles, world.clock.now());
  call.entry.tokenId = world.tokens.find(token)?.tokenId ?? null;
  const seconds = world.options.tokenSeconds ?? 3599;
  const body = { token_type: "Bearer", expires_in: seconds, ext_expires_in: seconds, access_token: token };
  return entraResponse(200, body, call, world.clock);
}

/** Answers GET /{tenant}/v2.0/.well-known/openid-configuration. */
export function answerDiscovery(request: Request, call: Call, world: World): Response {
  const url = new URL(request.url);
  const tenant = tenantOf(url, world);
  if ("aadsts" in tenant) return entraError(tenant, call, world.clock);
  const base = `${url.origin}/${tenant.tenantId}`;
  const body = {
    token_endpoint: `${base}/oauth2/v2.0/token`,
    token_endpoint_auth_methods_supported: ["client_secret_post", "client_secret_basic"],
    jwks_uri: `${base}/discovery/v2.0/keys`,
    response_types_supported: ["code", "id_token", "code id_token", "id_token token"],
    subject_types_supported: ["pairwise"],
    id_token_signing_alg_values_supported: ["RS256"],
    scopes_supported: ["openid", "profile", "email", "offline_access"],
    issuer: `${base}/v2.0`,
    authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
    tenant_region_scope: "EU",
    cloud_instance_name: url.host,
  };
  return entraResponse(200, body, call, world.clock);
}

function judge(
  url: URL,
  form: URLSearchParams,
  basic: { id: string; secret: string } | null,
  world: World,
): { tenant: TenantOptions; audience: string } | EntraRefusal {
  const known = tenantOf(url, world);
  if ("aadsts" in known) return known;
  const grantType = form.get("grant_type");
  if (!grantType) return missing("grant_type");
  if (grantType !== "client_credentials") return refusal(70003);
  const clientId = basic?.id ?? form.get("client_id");
  if (!clientId) return missing("client_id");
  const tenant = world.tenants.find((one) =>
    same(one.tenantId, known.tenantId) && same(one.clientId, clientId)
  );
  if (tenant === undefined) {
    return {
      aadsts: 700016,
      text: `Application with identifier '${clientId}' was not found in the directory '${known.tenantId}'.`,
    };
  }
  const scope = form.get("scope");
  if (!scope) return missing("scope");
  const audience = audienceOf(scope, url);
  if (typeof audience !== "string") return audience;
  const secret = basic?.secret ?? form.get("client_secret");
  if (!secret) return refusal(form.has("client_assertion") ? 700027 : 7000218);
  return secret === tenant.clientSecret ? { tenant, audience } : refusal(7000215);
}

function tenantOf(url: URL, world: World): TenantOptions | EntraRefusal {
  const name = decodeURIComponent(url.pathname.split("/")[1] ?? "");
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(name) && !/^[\w-]+(\.[\w-]+)+$/.test(name)) {
    const text =
      `Specified tenant identifier '${name}' is neither a valid DNS name, nor a valid external domain.`;
    return { aadsts: 900023, text };
  }
  return world.tenants.find((tenant) => same(tenant.tenantId, name)) ??
    {
      aadsts: 90002,
      text:
        `Tenant '${name}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.`,
    };
}

/** The host that a `.default` scope is for: this emulator, by whatever name it was reached, or a real Graph. */
function audienceOf(scope: string, url: URL): string | EntraRefusal {
  const match = /^(https?:\/\/[^/\s]+)\/+\.default$/.exec(scope);
  const resource = match?.[1];
  if (resource === undefined || !URL.canParse(resource)) {
    return {
      aadsts: 70011,
      text:
        `The provided value for the input parameter 'scope' is not valid. The scope ${scope} is not valid.`,
    };
  }
  const { host } = new URL(resource);
  if (host === url.host || GRAPH_HOSTS.includes(host)) return host;
  return { aadsts: 500011, text: `The resource principal named ${resource} was not found in the tenant.` };
}

async function readForm(request: Request): Promise<URLSearchParams> {
  const type = request.headers.get("content-type") ?? "";
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(type);
  return new URLSearchParams(isForm ? await request.text() : "");
}

/** RFC 6749, 2.3.1: both halves are form-encoded before they are joined. */
function basicCredentials(request: Request): { id: string; secret: string } | null {
  const match = /^basic\s+([A-Za-z0-9+/=]+)$/i.exec(request.headers.get("authorization") ?? "");
  if (match?.[1] === undefined) return null;
  const [id = "", secret = ""] = atob(match[1]).split(":");
  const decode = (text: string) => new URLSearchParams(`x=${text}`).get("x") ?? "";
  return { id: decode(id), secret: decode(secret) };
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
