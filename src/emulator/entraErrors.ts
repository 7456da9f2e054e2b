import type { Clock } from "../clock.ts";
import type { Call } from "./world.ts";

/** A refusal by its AADSTS number; `error` and status follow from it. */
export interface EntraRefusal {
  readonly aadsts: number;
  readonly text: string;
}

const TEXTS: Readonly<Record<number, string>> = {
  70003: "The app requested an unsupported grant type.",
  70011: "The provided value for the input parameter 'scope' is not valid.",
  90002: "Tenant not found.",
  90033: "A transient error has occurred. Please try again.",
  90055: "Server is busy processing requests. Tenant is throttled.",
  500011: "The resource principal was not found in the tenant.",
  700016: "Application was not found in the directory.",
  700027: "Client assertion failed signature validation: no key is registered for the application.",
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

/** `error` by number; what is not listed is an invalid request. Only invalid_client is a 401. */
const ERRORS: Readonly<Record<number, string>> = {
  50012: "invalid_client",
  70003: "unsupported_grant_type",
  70011: "invalid_scope",
  90033: "temporarily_unavailable",
  90055: "temporarily_unavailable",
  500011: "invalid_resource",
  700016: "unauthorized_client",
  700024: "invalid_client",
  700027: "invalid_client",
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
