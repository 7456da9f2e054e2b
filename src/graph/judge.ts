import { type ErrorCode, GraphtapError } from "../errors.ts";
import { ceilSecond, formatInstant, type Instant } from "../instant.ts";
import { parseRetryAfter } from "../net/backoff.ts";
import { keptSince } from "./keptSince.ts";
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
  /** The oldest time that may be asked for, where the message names it. */
  readonly keptSince?: Instant;
  readonly requestId: string | null;
  readonly retryAfter: string | null;
}

/** Reads an answer that is no page. Of its body only the code is kept, and what it says of the times it has. */
export async function readRefusal(response: HttpResponse): Promise<Refusal> {
  const text = await readText(response, MAX_ERROR_BODY_BYTES).catch(() => "");
  return {
    status: response.status,
    ...errorOf(text),
    requestId: response.header("request-id"),
    retryAfter: response.header("retry-after"),
  };
}

/** What an error body says; a body that is none (gateways answer with HTML) says nothing. */
function errorOf(text: string): Pick<Refusal, "code" | "keptSince"> {
  try {
    const { code, message } = (JSON.parse(text) as { error?: Record<string, unknown> } | null)?.error ?? {};
    const since = typeof message === "string" ? keptSince(message) : null;
    return { code: typeof code === "string" ? code : "", ...(since === null ? {} : { keptSince: since }) };
  } catch {
    return { code: "" };
  }
}

/** Reports answer so when they do not say why; the same request can succeed the next moment. */
const UNCLEAR_CODE = "UnknownError";
const LICENCE_CODE = "Authentication_RequestFromNonPremiumTenantOrB2CTenant";

/**
 * What a refusal means. Status and code decide, never the message, which Microsoft rewords (errors.md); a time that the
 * message names as the oldest is a hint, and is tried.
 */
export function judge(asked: Asked, refusal: Refusal, nowMs: number): GraphtapError {
  const [code, advice] = verdict(asked, refusal);
  const named = /^[\w.-]{1,80}$/.test(refusal.code) ? ` "${refusal.code}"` : "";
  const id = /^[\w-]{1,64}$/.test(refusal.requestId ?? "") ? ` (request-id ${refusal.requestId})` : "";
  const keptSinceMs = refusal.keptSince === undefined
    ? undefined
    : ceilSecond(refusal.keptSince).seconds * 1000;
  return new GraphtapError(
    code,
    `Cannot read page of "${asked.service}": Graph answered ${refusal.status}${named}${id}; ${advice}`,
    { retryAfterSeconds: parseRetryAfter(refusal.retryAfter, nowMs), keptSinceMs },
  );
}

function verdict(asked: Asked, { status, code, keptSince }: Refusal): [ErrorCode, string] {
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
  if (status === 408 || status === 504) return ["graph-timeout", "it is asked for in smaller parts"];
  if (status >= 500) return ["graph-unavailable", "it is asked again"];
  if (asked.followsLink && (status === 400 || status === 404 || status === 410)) {
    return ["page-link-expired", "what it belongs to is read again"];
  }
  if (status >= 300 && status < 400) {
    return ["graph-refused", "redirects are not followed; check override_base_url"];
  }
  if (status === 404 || status === 410) {
    return ["graph-refused", asked.notice ?? "the collection is not there; check override_base_url"];
  }
  if (status === 400 && keptSince !== undefined) {
    return ["graph-refused", `it keeps nothing before ${formatInstant(keptSince)}`];
  }
  return [
    status === 400 && code === UNCLEAR_CODE ? "graph-unclear" : "graph-refused",
    asked.hasAdditionalFilter ? "check additional_filter" : "run with --log-level debug to see the request",
  ];
}
