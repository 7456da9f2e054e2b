import { type ErrorCode, GraphtapError } from "../errors.ts";
import { ceilSecond, formatInstant } from "../instant.ts";
import { parseRetryAfter } from "../net/backoff.ts";
import { sentenceOf } from "../net/sentence.ts";
import { accessAdvice } from "./accessAdvice.ts";
import type { Asked } from "./asked.ts";
import type { TokenClaims } from "./auth/tokenClaims.ts";
import type { Refusal } from "./refusal.ts";

/** What is known when an answer is judged. */
export interface Known {
  readonly nowMs: number;
  /** What the token says that was sent; `null` when it cannot be read. */
  readonly claims: TokenClaims | null;
}

/** Reports answer so when they do not say why; the same request can succeed the next moment. */
const UNCLEAR_CODE = "UnknownError";
const LICENCE_CODE = "Authentication_RequestFromNonPremiumTenantOrB2CTenant";
/** Answers to a request that is wrong by its form come as HTML from Graph's own web server, too. */
const OF_ANY_SERVER = new Set([400, 408, 413, 414, 429, 431]);

/**
 * What a refusal means. What the program does is decided by status, code and form, never by the message, which
 * Microsoft rewords (errors.md): that is shown, and may choose the advice; a time that it names as the oldest is a hint,
 * and is tried.
 */
export function judge(asked: Asked, refusal: Refusal, { nowMs, claims }: Known): GraphtapError {
  const retryAfterSeconds = parseRetryAfter(refusal.retryAfter, nowMs);
  const cannot = `Cannot read page of "${asked.service}":`;
  if (isForeign(asked, refusal)) {
    const what = refusal.form === "html" ? "a page of HTML" : "no error of Graph's form";
    const reason =
      `the answer (status ${refusal.status}${serverOf(refusal)}) is ${what}, so it is not Graph's: ` +
      "a proxy or a filter on the way gave it; ask whoever runs it to let this host through, or check override_base_url";
    return new GraphtapError("graph-unreachable", `${cannot} ${reason}`, { retryAfterSeconds, reason });
  }
  if (refusal.status === 407) {
    const reason =
      "the answer (status 407) is a proxy's, which wants to know who asks: set its user and password in " +
      "HTTP_PROXY or HTTPS_PROXY";
    return new GraphtapError("graph-unreachable", `${cannot} ${reason}`, { retryAfterSeconds, reason });
  }
  const [code, advice] = verdict(asked, refusal, claims);
  const named = /^[\w.-]{1,80}$/.test(refusal.code)
    ? ` "${refusal.code}"`
    : refusal.form === "html"
    ? ` with a page of HTML, as a gateway or a proxy does${serverOf(refusal)}`
    : "";
  const requestId = /^[\w-]{1,64}$/.exec(refusal.requestId ?? "")?.[0];
  const id = requestId === undefined ? "" : ` (request-id ${requestId})`;
  const sentence = sentenceOf(refusal.message);
  const said = sentence === null ? "" : `; Graph says: "${sentence}"`;
  const keptSinceMs = refusal.keptSince === null ? undefined : ceilSecond(refusal.keptSince).seconds * 1000;
  return new GraphtapError(
    code,
    `${cannot} Graph answered ${refusal.status}${named}${id}; ${advice}${said}`,
    { retryAfterSeconds, keptSinceMs, requestId, reason: `${refusal.status}${named}` },
  );
}

/** Whether somebody else than Graph refuses: Graph itself says why in an `error` of JSON, or says nothing. */
function isForeign({ followsLink }: Asked, { status, form }: Refusal): boolean {
  if (form !== "html" && form !== "other") return false;
  if (followsLink && (status === 404 || status === 410)) return false;
  return status >= 400 && status < 500 && !OF_ANY_SERVER.has(status);
}

function serverOf({ server }: Refusal): string {
  return /^[\w./ ()-]{1,40}$/.test(server ?? "") ? `, server "${server}"` : "";
}

function verdict(asked: Asked, refusal: Refusal, claims: TokenClaims | null): [ErrorCode, string] {
  const { status, code, keptSince } = refusal;
  if (status === 401) return ["graph-unauthorized", accessAdvice(asked, refusal, claims)];
  if (status === 403 && code === LICENCE_CODE) {
    return [
      "graph-unlicensed",
      `the tenant needs ${asked.licence ?? "a licence for it"}; it is tried again each period`,
    ];
  }
  if (status === 403) return ["graph-forbidden", accessAdvice(asked, refusal, claims)];
  if (status === 429) return ["graph-throttled", "waiting as it asks"];
  if (status === 408 || status === 504) return ["graph-timeout", "it is asked for in smaller parts"];
  if (status >= 500) return ["graph-unavailable", "it is asked again"];
  if (asked.followsLink && (status === 400 || status === 404 || status === 410)) {
    return ["page-link-expired", "what it belongs to is read again"];
  }
  if (status >= 300 && status < 400) {
    const where = refusal.leadsTo === null ? "" : `it leads to ${refusal.leadsTo}; `;
    return ["graph-refused", `${where}redirects are not followed; check override_base_url and any proxy`];
  }
  if (status === 404 || status === 410) {
    return ["graph-refused", asked.notice ?? "the collection is not there; check override_base_url"];
  }
  if (status === 400 && keptSince !== null) {
    return ["graph-refused", `it keeps nothing before ${formatInstant(keptSince)}`];
  }
  return [
    status === 400 && code === UNCLEAR_CODE ? "graph-unclear" : "graph-refused",
    asked.hasAdditionalFilter ? "check additional_filter" : "run with --log-level debug to see the request",
  ];
}
