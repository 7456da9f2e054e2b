import { type ErrorCode, GraphtapError } from "../errors.ts";
import { parseRetryAfter } from "../net/backoff.ts";
import { type HttpResponse, readText } from "./transport.ts";

const MAX_ERROR_BODY_BYTES = 64 * 1024;

/** What was asked, for the words of a failure. */
export interface Asked {
  readonly service: string;
  readonly permissions: readonly string[];
  readonly licence?: string;
  /** What the user of the service must know, such as its end. */
  readonly notice?: string;
  /** Whether the request followed a page link, whose token can have expired. */
  readonly followsLink: boolean;
  /** Whether the user's own `additional_filter` is part of it. */
  readonly hasAdditionalFilter: boolean;
}

/** An answer of Graph other than a page. */
export interface Refusal {
  readonly status: number;
  /** `error.code` of the body, "" when there is none. */
  readonly code: string;
  readonly requestId: string | null;
  readonly retryAfter: string | null;
}

/** Reads an answer that is no page. Of its body only the code is kept. */
export async function readRefusal(response: HttpResponse): Promise<Refusal> {
  const text = await readText(response, MAX_ERROR_BODY_BYTES).catch(() => "");
  return {
    status: response.status,
    code: errorCode(text),
    requestId: response.header("request-id"),
    retryAfter: response.header("retry-after"),
  };
}

/** `error.code` of an error body; "" when the body is none (gateways answer with HTML). */
function errorCode(text: string): string {
  try {
    const code = (JSON.parse(text) as { error?: { code?: unknown } } | null)?.error?.code;
    return typeof code === "string" ? code : "";
  } catch {
    return "";
  }
}

const LICENCE_CODE = "Authentication_RequestFromNonPremiumTenantOrB2CTenant";

/**
 * What a refusal means. Status and code decide, never the message, which Microsoft rewords (errors.md).
 */
export function judge(asked: Asked, refusal: Refusal, nowMs: number): GraphtapError {
  const [code, advice] = verdict(asked, refusal);
  const named = /^[\w.-]{1,80}$/.test(refusal.code) ? ` "${refusal.code}"` : "";
  const id = /^[\w-]{1,64}$/.test(refusal.requestId ?? "") ? ` (request-id ${refusal.requestId})` : "";
  return new GraphtapError(
    code,
    `Cannot read page of "${asked.service}": Graph answered ${refusal.status}${named}${id}; ${advice}`,
    { retryAfterSeconds: parseRetryAfter(refusal.retryAfter, nowMs) },
  );
}

function verdict(asked: Asked, { status, code }: Refusal): [ErrorCode, string] {
  const [required, ...advised] = asked.permissions;
  const grant = `grant the application permission ${required} with admin consent` +
    (advised.length === 0 ? "" : ` (advised: ${advised.join(", ")})`);
  if (status === 401) {
    return ["graph-unauthorized", `a new token did not help; check the cloud of the tenant and ${grant}`];
  }
  if (status === 403 && code === LICENCE_CODE) {
    return [
      "graph-unlicensed",
      `the tenant needs ${asked.licence ?? "a licence for it"}; it is tried again each period`,
    ];
  }
  if (status === 403) {
    return [
      "graph-forbidden",
      `${grant}${asked.licence ? `, and check that the tenant has ${asked.licence}` : ""}`,
    ];
  }
  if (status === 429) return ["graph-throttled", "waiting as it asks"];
  if (status === 408 || status === 504) return ["graph-timeout", "the window is made smaller"];
  if (status >= 500) return ["graph-unavailable", "it is asked again"];
  if (asked.followsLink && (status === 400 || status === 404 || status === 410)) {
    return ["page-link-expired", "the window is read again"];
  }
  if (status >= 300 && status < 400) {
    return ["graph-refused", "redirects are not followed; check override_base_url"];
  }
  if (status === 404 || status === 410) {
    return ["graph-refused", asked.notice ?? "the collection is not there; check override_base_url"];
  }
  return [
    "graph-refused",
    asked.hasAdditionalFilter ? "check additional_filter" : "run with --log-level debug to see the request",
  ];
}
