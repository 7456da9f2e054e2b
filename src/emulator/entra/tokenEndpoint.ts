import { permissionsOf } from "../access.ts";
import { GRAPH_HOSTS } from "../hosts.ts";
import type { TenantOptions } from "../options.ts";
import { actionOf, type Call, type World } from "../world.ts";
import { judgeProof, type Proof } from "./clientProof.ts";
import { entraError, type EntraRefusal, entraResponse, missing, refusal } from "./errors.ts";
import type { Issue } from "./tokens.ts";

/** Answers POST /{tenant}/oauth2/v2.0/token: the client credentials grant, and nothing else. */
export async function answerToken(request: Request, call: Call, world: World): Promise<Response> {
  const asked = actionOf(call, "tokenError");
  if (asked !== undefined) {
    return entraError(refusal(asked.aadsts), call, world.clock);
  }
  const url = new URL(request.url);
  const form = await readForm(request);
  const result = judge(url, form, basicCredentials(request), world);
  if ("aadsts" in result) return entraError(result, call, world.clock);
  const seconds = world.options.tokenSeconds ?? 3599;
  const token = issueToken({ ...result, lifetimeSeconds: seconds }, call, world);
  const body = { token_type: "Bearer", expires_in: seconds, ext_expires_in: seconds, access_token: token };
  return entraResponse(200, body, call, world.clock);
}

/** A token with all that the tenant's administrator consented to. */
export function issueToken(
  issue: Omit<Issue, "roles" | "now">,
  call: Call,
  world: World,
): string {
  const { tenant } = issue;
  const roles = permissionsOf(tenant, world);
  const token = world.tokens.issue({ ...issue, roles, now: world.clock.now() });
  call.entry.tenantId = tenant.tenantId;
  call.entry.tokenId = world.tokens.find(token)?.tokenId ?? null;
  return token;
}

/** Answers GET /{tenant}/v2.0/.well-known/openid-configuration. */
export function answerDiscovery(request: Request, call: Call, world: World): Response {
  const url = new URL(request.url);
  const tenant = tenantOf(url, world);
  if ("aadsts" in tenant) return entraError(tenant, call, world.clock);
  const base = `${url.origin}/${tenant.tenantId}`;
  const body = {
    token_endpoint: `${base}/oauth2/v2.0/token`,
    token_endpoint_auth_methods_supported: ["client_secret_post", "private_key_jwt", "client_secret_basic"],
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

interface Judged {
  readonly tenant: TenantOptions;
  readonly audience: string;
  readonly proof: Proof;
}

function judge(
  url: URL,
  form: URLSearchParams,
  basic: { id: string; secret: string } | null,
  world: World,
): Judged | EntraRefusal {
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
  const unknown = principalRefusal(tenant, clientId, known.tenantId);
  if (tenant === undefined || unknown !== null) return unknown ?? refusal(700016);
  const scope = form.get("scope");
  if (!scope) return missing("scope");
  const audience = audienceOf(scope, url);
  if (typeof audience !== "string") return audience;
  const proof = judgeProof(tenant, form, basic?.secret ?? form.get("client_secret"), url, world);
  return typeof proof === "string" ? { tenant, audience, proof } : proof;
}

/** Why an application gets nothing in a tenant, whatever it proves; `null` when it may. */
function principalRefusal(
  tenant: TenantOptions | undefined,
  clientId: string,
  tenantId: string,
): EntraRefusal | null {
  if (tenant === undefined) {
    return {
      aadsts: 700016,
      text: `Application with identifier '${clientId}' was not found in the directory '${tenantId}'.`,
    };
  }
  if (tenant.principal === "missing") {
    const text =
      `The client application ${clientId} is missing service principal in the tenant ${tenantId}. ` +
      "See instructions here: https://go.microsoft.com/fwlink/?linkid=2225119";
    return { aadsts: 7000229, text };
  }
  return tenant.principal === "disabled"
    ? { aadsts: 7000112, text: `Application '${clientId}'(${tenant.name ?? "app"}) is disabled.` }
    : null;
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

/** The host that a `.default` scope is for. */
function audienceOf(scope: string, url: URL): string | EntraRefusal {
  const resource = /^(https?:\/\/[^/\s]+)\/+\.default$/.exec(scope)?.[1];
  if (resource === undefined || !URL.canParse(resource)) {
    return {
      aadsts: 70011,
      text:
        `The provided value for the input parameter 'scope' is not valid. The scope ${scope} is not valid.`,
    };
  }
  return graphHost(resource, url) ??
    { aadsts: 500011, text: `The resource principal named ${resource} was not found in the tenant.` };
}

/** The host of a resource that is a Graph: this emulator, by whatever name it was reached, or a real one. */
export function graphHost(resource: string, url: URL): string | null {
  if (!URL.canParse(resource)) return null;
  const { host } = new URL(resource);
  return host === url.host || GRAPH_HOSTS.includes(host) ? host : null;
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
