/** `GET /v1.0/applications(appId='…')`: how long an application's credentials are good, without what they are. */
import { createHash, X509Certificate } from "node:crypto";
import { grantOf, permissionsOf } from "../access.ts";
import { graphHeaders, refuse } from "../graphErrors.ts";
import type { TenantOptions } from "../options.ts";
import type { Call, World } from "../world.ts";
import { guidOf, secretsOf } from "./registrations.ts";

/** What may read an application (application-get). */
const READERS = [
  "Application.Read.All",
  "Application.ReadWrite.OwnedBy",
  "Application.ReadWrite.All",
  "Directory.Read.All",
  "Directory.ReadWrite.All",
];

const PATH = /^\/v1\.0\/applications\(appId='([^']*)'\)$/i;

/** Answers such a request; `undefined` for another path. */
export function answerApplication(request: Request, call: Call, world: World): Response | undefined {
  const url = new URL(request.url);
  const appId = PATH.exec(decodeURIComponent(url.pathname))?.[1];
  if (appId === undefined) return undefined;
  const grant = grantOf(request, url, world);
  if ("status" in grant) return refuse(grant, call, world.clock);
  const { tenantId } = grant.tenant;
  if (!permissionsOf(grant.tenant, world).some((permission) => READERS.includes(permission))) {
    const message = "Insufficient privileges to complete the operation.";
    return refuse({ status: 403, code: "Authorization_RequestDenied", message }, call, world.clock);
  }
  // The application is in its home tenant only; in others there is its service principal.
  const found = world.tenants.find((one) =>
    one.tenantId === tenantId && one.clientId.toLowerCase() === appId.toLowerCase() &&
    !one.registeredElsewhere
  );
  if (found === undefined) {
    const message =
      `Resource '${appId}' does not exist or one of its queried reference-property objects are not present.`;
    return refuse({ status: 404, code: "Request_ResourceNotFound", message }, call, world.clock);
  }
  return answer(url, found, call, world);
}

function answer(url: URL, tenant: TenantOptions, call: Call, world: World): Response {
  const select = url.searchParams.get("$select");
  const all: Readonly<Record<string, unknown>> = {
    id: guidOf("application", tenant.clientId),
    appId: tenant.clientId,
    displayName: tenant.name ?? "app",
    passwordCredentials: secretsOf(tenant).map(({ value, displayName, startsAt, endsAt }) => ({
      customKeyIdentifier: null,
      displayName,
      endDateTime: moment(endsAt),
      hint: value.slice(0, 3),
      keyId: guidOf("secret", value),
      secretText: null,
      startDateTime: moment(startsAt),
    })),
    keyCredentials: (tenant.certificates ?? []).map(({ pem, displayName }) =>
      keyCredential(pem, displayName)
    ),
  };
  const chosen = select === null ? Object.keys(all) : select.split(",").filter((name) => name in all);
  const context = `${url.origin}/v1.0/$metadata#applications${select === null ? "" : `(${select})`}/$entity`;
  const body = { "@odata.context": context, ...Object.fromEntries(chosen.map((name) => [name, all[name]])) };
  return new Response(JSON.stringify(body), {
    headers: {
      ...graphHeaders(call, world.clock),
      "content-type": "application/json;odata.metadata=minimal",
    },
  });
}

function keyCredential(pem: string, displayName: string | undefined) {
  const certificate = new X509Certificate(pem);
  return {
    // The SHA-1 thumbprint, in hexadecimal digits.
    customKeyIdentifier: createHash("sha1").update(certificate.raw).digest("hex").toUpperCase(),
    displayName: displayName ?? certificate.subject,
    endDateTime: moment(Date.parse(certificate.validTo)),
    key: null,
    keyId: guidOf("certificate", pem),
    startDateTime: moment(Date.parse(certificate.validFrom)),
    type: "AsymmetricX509Cert",
    usage: "Verify",
  };
}

function moment(at: number): string {
  return new Date(at).toISOString().replace(/\.000Z$/, "Z");
}
