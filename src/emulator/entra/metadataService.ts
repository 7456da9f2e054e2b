/** The instance metadata service of a virtual machine (how-to-use-vm-token, instance-metadata-service). */
import type { Call, World } from "../world.ts";
import { chooseIdentity, hostAnswer, identityToken, type NoIdentity } from "./managedIdentity.ts";

/** The first version that gives tokens. */
const FIRST_VERSION = "2018-02-01";

const NAMES = { clientId: "client_id", objectId: ["object_id"], resourceId: "msi_res_id" } as const;

const REFUSALS: Readonly<Record<NoIdentity, string>> = {
  "none": "Identity not found",
  "not found": "Identity not found",
  "several":
    "Multiple user assigned identities exist, please specify the clientId / resourceId of the identity in the token request",
};

/** Answers GET /metadata/identity/oauth2/token. */
export function answerMetadata(request: Request, call: Call, world: World): Response {
  const url = new URL(request.url);
  return judgeMetadataRequest(request, url) ?? answerHostToken(url, call, world);
}

/** Why a request is none for this host's own programs; Azure Arc's agent asks the same. */
export function judgeMetadataRequest(request: Request, url: URL): Response | null {
  // Letter by letter: who can only make a server fetch an address cannot set a header.
  if (request.headers.get("metadata") !== "true") {
    return hostAnswer(400, {
      error: "bad_request_102",
      error_description: "Required metadata header not specified",
    });
  }
  // A proxy on the way.
  if (request.headers.has("x-forwarded-for")) {
    return hostAnswer(400, {
      error: "invalid_request",
      error_description: "Requests with an X-Forwarded-For header are rejected",
    });
  }
  if ((url.searchParams.get("api-version") ?? "") < FIRST_VERSION) {
    return hostAnswer(400, {
      error: "Bad request. api-version is invalid or was not specified in the request.",
      "newest-versions": ["2021-02-01", "2020-06-01", "2019-11-01"],
    });
  }
  return null;
}

/** A token for the identity and the resource that the address names. */
export function answerHostToken(url: URL, call: Call, world: World): Response {
  const invalid = (error_description: string) =>
    hostAnswer(400, { error: "invalid_request", error_description });
  const resource = url.searchParams.get("resource");
  if (!resource) return invalid("The request is missing a required parameter: resource");
  const identity = chooseIdentity(url.searchParams, NAMES, world);
  if (typeof identity === "string") return invalid(REFUSALS[identity]);
  const token = identityToken(identity, resource, url, call, world);
  if (token !== null) return hostAnswer(200, token);
  return hostAnswer(400, {
    error: "invalid_resource",
    error_description:
      `AADSTS500011: The resource principal named ${resource} was not found in the tenant named ` +
      `${identity.tenantId}. This can happen if the application has not been installed by the administrator of the ` +
      "tenant or consented to by any user in the tenant.",
  });
}
