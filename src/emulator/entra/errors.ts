import type { Clock } from "../../clock.ts";
import type { Call } from "../world.ts";

/** A refusal by its AADSTS number; `error` and status follow from it. */
export interface EntraRefusal {
  readonly aadsts: number;
  readonly text: string;
}

const ASSERTIONS =
  "Review the documentation at https://learn.microsoft.com/entra/identity-platform/certificate-credentials .";
const FEDERATION = "https://learn.microsoft.com/entra/workload-id/workload-identity-federation";

const TEXTS: Readonly<Record<number, string>> = {
  70003: "The app requested an unsupported grant type.",
  70011: "The provided value for the input parameter 'scope' is not valid.",
  90002: "Tenant not found.",
  90033: "A transient error has occurred. Please try again.",
  90055: "Server is busy processing requests. Tenant is throttled.",
  500011: "The resource principal was not found in the tenant.",
  700016: "Application was not found in the directory.",
  50027: "JWT token is invalid or malformed.",
  50048: "Subject must match the issuer claim in the client assertion.",
  90061: "Request to External OIDC endpoint failed.",
  700021: `Client assertion application identifier doesn't match 'client_id' parameter. ${ASSERTIONS}`,
  700023: `Client assertion audience claim does not match Realm issuer. ${ASSERTIONS}`,
  700027: "Client assertion failed signature validation.",
  5002727: "Invalid JWT header type specified, must be 'JWT' or 'http://openid.net/specs/jwt/1.0'.",
  5002730: "Invalid JWT token. Unsupported key for the signing algorithm.",
  7000215:
    "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID.",
  7000218: "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
  7000222: "The provided client secret keys for the app are expired.",
};

/** The refusal with this number, in its usual words. */
export function refusal(aadsts: number): EntraRefusal {
  return { aadsts, text: TEXTS[aadsts] ?? "The request was refused." };
}

/** A parameter that the form lacks. */
export function missing(parameter: string): EntraRefusal {
  return { aadsts: 900144, text: `The request body must contain the following parameter: '${parameter}'.` };
}

/** The assertion, or the foreign token, is not good now; times are milliseconds since the epoch. */
export function outOfTime(now: number, from: number, to: number): EntraRefusal {
  // Seven digits of a second, as .NET writes them.
  const [current, start, end] = [now, from, to].map((at) => new Date(at).toISOString().replace("Z", "0000Z"));
  return {
    aadsts: 700024,
    text:
      `Client assertion is not within its valid time range. Current time: ${current}, assertion valid from ` +
      `${start}, expiry time of assertion ${end}. ${ASSERTIONS}`,
  };
}

/** When a certificate may be used, in milliseconds since the epoch. */
interface Dates {
  readonly from: number;
  readonly to: number;
}

/**
 * The certificate that signed is not one of the application's, or it did not sign.
 *
 * @param thumbprint as the assertion names it; `null` when it does so in no form that Entra reads
 */
export function certificateRefusal(
  why: "not found" | "not signed",
  clientId: string,
  thumbprint: string | null,
  dates?: Dates,
): EntraRefusal {
  const [text, reason] = why === "not found"
    ? [
      "The certificate with identifier used to sign the client assertion is not registered on application.",
      "The key was not found.",
    ]
    : [
      "Client assertion failed signature validation.",
      "The provided signature value did not match the expected signature value.",
    ];
  return { aadsts: 700027, text: `${text} [Reason - ${keyDetails(reason, clientId, thumbprint, dates)}]` };
}

/** The certificate that signed is registered, and past its end or before its beginning. */
export function expiredCertificate(clientId: string, thumbprint: string | null, dates: Dates): EntraRefusal {
  const text = "The certificate with identifier used to sign the client assertion is expired on application.";
  return {
    aadsts: 700027,
    text: `${text} [Reason - ${keyDetails("The key used is expired.", clientId, thumbprint, dates)}]`,
  };
}

function keyDetails(reason: string, clientId: string, thumbprint: string | null, dates?: Dates): string {
  const day = (at: number) => {
    const [year, month, date, time] = new Date(at).toISOString().split(/[-T.]/);
    return `${month}/${date}/${year} ${time}`;
  };
  return [
    reason,
    ...(thumbprint === null ? [] : [`Thumbprint of key used by client: '${thumbprint}'`]),
    ...(dates === undefined ? [] : [`Found key 'Start=${day(dates.from)}, End=${day(dates.to)}'`]),
    `Please visit the Azure Portal, Graph Explorer or directly use MS Graph to see configured keys for app Id '${clientId}'`,
  ].join(", ");
}

/** No federated credential of the application is for this issuer, audience or subject. */
export function noFederation(aadsts: number, what: string, value: string): EntraRefusal {
  const nearly = aadsts === 7002138
    ? ` The ${what} matches with case-insensitive comparison, but not with case-sensitive comparison.`
    : "";
  return {
    aadsts,
    text:
      `No matching federated identity record found for presented assertion ${what} '${value}'.${nearly} Check ` +
      `your federated identity credential Subject, Audience and Issuer against the presented assertion. ${FEDERATION}`,
  };
}

/** `error` by number; what is not listed is an invalid request. Only invalid_client is a 401. */
const ERRORS: Readonly<Record<number, string>> = {
  50012: "invalid_client",
  50048: "invalid_client",
  70003: "unsupported_grant_type",
  70011: "invalid_scope",
  90033: "temporarily_unavailable",
  90055: "temporarily_unavailable",
  500011: "invalid_resource",
  70025: "invalid_client",
  700016: "unauthorized_client",
  700021: "invalid_client",
  700023: "invalid_client",
  700024: "invalid_client",
  700027: "invalid_client",
  700211: "invalid_client",
  700212: "invalid_client",
  700213: "invalid_client",
  7000112: "unauthorized_client",
  7000229: "invalid_client",
  7002138: "invalid_client",
  7000215: "invalid_client",
  7000218: "invalid_client",
  7000222: "invalid_client",
};

/** Answers with Entra's error body. */
export function entraError({ aadsts, text }: EntraRefusal, call: Call, clock: Clock): Response {
  const error = ERRORS[aadsts] ?? "invalid_request";
  // Neither RFC 3339 nor with a fraction.
  const timestamp = new Date(clock.now()).toISOString().slice(0, 19).replace("T", " ") + "Z";
  const body = {
    error,
    error_description: `AADSTS${aadsts}: ${text}\r\nTrace ID: ${call.requestId}\r\n` +
      `Correlation ID: ${call.clientRequestId}\r\nTimestamp: ${timestamp}`,
    error_codes: [aadsts],
    timestamp,
    trace_id: call.requestId,
    correlation_id: call.clientRequestId,
    error_uri: `https://login.microsoftonline.com/error?code=${aadsts}`,
  };
  const status = error === "invalid_client" ? 401 : error === "temporarily_unavailable" ? 503 : 400;
  return entraResponse(status, body, call, clock);
}

/** Answers with JSON and the headers of Entra. */
export function entraResponse(status: number, body: unknown, call: Call, clock: Clock): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: {
      "cache-control": "no-store, no-cache",
      "pragma": "no-cache",
      "content-type": "application/json; charset=utf-8",
      "date": new Date(clock.now()).toUTCString(),
      "client-request-id": call.clientRequestId,
      "x-ms-request-id": call.requestId,
    },
  });
}
