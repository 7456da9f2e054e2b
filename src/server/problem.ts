import { STATUS_CODES } from "node:http";
import type { ErrorCode, GraphtapError } from "../errors.ts";

/** An error as `application/problem+json` (RFC 9457), with our own code, and more, beside the standard members. */
export function problem(
  status: number,
  code: ErrorCode,
  detail: string,
  headers: Readonly<Record<string, string>> = {},
  more: Readonly<Record<string, unknown>> = {},
): Response {
  const body = { type: "about:blank", title: STATUS_CODES[status] ?? "Error", status, code, detail, ...more };
  return new Response(`${JSON.stringify(body)}\n`, {
    status,
    headers: { ...headers, "content-type": "application/problem+json" },
  });
}

/** A failure of ours as an answer. */
export function problemOf(error: GraphtapError): Response {
  const wait = error.retryAfterSeconds;
  const headers: Record<string, string> = wait === undefined
    ? {}
    : { "retry-after": String(Math.ceil(wait)) };
  return problem(error.kind.httpStatus, error.code, error.message, headers);
}
