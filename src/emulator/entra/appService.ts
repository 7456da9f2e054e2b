/** The endpoint of App Service, Functions and Container Apps (overview-managed-identity, REST endpoint reference). */
import type { Call, World } from "../world.ts";
import { chooseIdentity, hostAnswer, identityToken } from "./managedIdentity.ts";

const VERSION = "2019-08-01";
const NAMES = {
  clientId: "client_id",
  objectId: ["principal_id", "object_id"],
  resourceId: "mi_res_id",
} as const;

/** The path of `IDENTITY_ENDPOINT` here. */
export const APP_SERVICE_PATH = "/msi/token";

/** Answers GET IDENTITY_ENDPOINT. */
export function answerAppService(request: Request, call: Call, world: World): Response {
  const url = new URL(request.url);
  const refused = (statusCode: number, message: string) =>
    hostAnswer(statusCode, { statusCode, message, correlationId: call.requestId });
  const { identityHeader } = world.options;
  if (identityHeader === undefined || request.headers.get("x-identity-header") !== identityHeader) {
    return refused(401, "The X-IDENTITY-HEADER is missing or wrong.");
  }
  if (url.searchParams.get("api-version") !== VERSION) {
    return refused(400, "The api-version is not supported.");
  }
  const resource = url.searchParams.get("resource");
  if (!resource) return refused(400, "The resource is missing.");
  const identity = chooseIdentity(url.searchParams, NAMES, world);
  if (identity === "not found") {
    return refused(
      400,
      "No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId.",
    );
  }
  if (typeof identity === "string") return refused(400, "Unable to load the proper Managed Identity.");
  const token = identityToken(identity, resource, url, call, world);
  if (token === null) return refused(500, "An unexpected error occured while fetching the AAD Token.");
  // It says when a token ends, and not how long that is.
  const { expires_in: _, ...told } = token;
  return hostAnswer(200, told);
}
