import { GraphtapError } from "../../errors.ts";
import { sentenceOf } from "../../net/sentence.ts";
import { formOf } from "../refusal.ts";
import { aadstsAdvice, aadstsCodes, conditionalAdvice, isTransient, pauseOf } from "./aadsts.ts";
import { jsonObject } from "./jsonObject.ts";
import type { IssuedToken } from "./token.ts";

const DEFAULT_LIFETIME_SECONDS = 3600;
/** Errors that pass by themselves (RFC 6749, section 4.1.2.1). */
const PASSING = new Set(["temporarily_unavailable", "server_error", "slow_down"]);

/** What a token endpoint answered. */
export interface TokenAnswer {
  readonly endpoint: string;
  readonly status: number;
  readonly text: string;
  readonly contentType: string | null;
  /** Seconds that it asks to wait. */
  readonly retryAfterSeconds: number | undefined;
  /** The key of the configuration that proved who asked. */
  readonly configKey: string;
  /** What the proof was made of: never shown, whoever repeats it. */
  readonly secrets: readonly string[];
}

type Body = Readonly<Record<string, unknown>>;

/**
 * Reads what a token endpoint answered: the token (RFC 6749, section 5.1), or why there is none (section 5.2).
 * Of the body its code, its numbers and a sentence get into a message.
 *
 * @throws token-refused the credentials are wrong; token-unavailable the endpoint cannot answer now
 */
export function readTokenAnswer(answer: TokenAnswer): IssuedToken {
  const body = jsonObject(answer.text);
  const issued = answer.status === 200 ? issuedToken(body) : null;
  if (issued !== null) return issued;
  const { error } = body;
  throw answer.status >= 400 && typeof error === "string" && error !== ""
    ? refused(answer, body, error)
    : noAnswer(answer);
}

/** The endpoint says itself why there is no token. */
function refused(answer: TokenAnswer, body: Body, error: string): GraphtapError {
  const { endpoint, status, configKey, secrets, retryAfterSeconds } = answer;
  const codes = aadstsCodes(body);
  const passing = status >= 500 || status === 408 || status === 429 || PASSING.has(error) ||
    isTransient(codes);
  const named = codes[0] === undefined ? "" : `, AADSTS${codes[0]}`;
  const advice = aadstsAdvice(codes, error) ??
    (typeof body["claims"] === "string"
      ? conditionalAdvice
      : status === 429
      ? TOO_MANY
      : passing
      ? "it is asked again"
      : `check tenant_id, client_id and ${configKey}`);
  const description = body["error_description"];
  const sentence = typeof description === "string"
    ? sentenceOf(description.replace(/^\s*AADSTS\d+:\s*/, ""), secrets)
    : null;
  const said = sentence === null ? "" : `; Entra says: "${sentence}"`;
  return new GraphtapError(
    passing ? "token-unavailable" : "token-refused",
    `Cannot get a token from ${endpoint}: it answered ${status} "${
      safeWord(error)
    }"${named}; ${advice}${said}`,
    { retryAfterSeconds: retryAfterSeconds ?? pauseOf(codes) },
  );
}

const TOO_MANY = "it takes no more requests for tokens now; waiting as it asks";

/** What answers is not Entra, or not able to say more than its status. */
function noAnswer({ endpoint, status, text, contentType, retryAfterSeconds }: TokenAnswer): GraphtapError {
  const isHtml = formOf(text, contentType) === "html";
  const isProxys = status === 407;
  const isRefusal = status >= 400 && status < 500 && status !== 408 && status !== 429 && !isProxys;
  const what = isProxys
    ? "is a proxy's, which wants to know who asks"
    : isHtml
    ? `is a page of HTML, so it is not Entra's: a proxy, a filter or a gateway on the way gave it`
    : "is not a token response";
  // A page of success that is no token, or an address that is not there, comes from somebody else than Entra.
  const advice = status === 429
    ? TOO_MANY
    : isProxys
    ? "set its user and password in HTTP_PROXY or HTTPS_PROXY"
    : isRefusal || status < 400
    ? "check override_login_url and any proxy"
    : "it is asked again";
  return new GraphtapError(
    isRefusal && !isHtml ? "token-refused" : "token-unavailable",
    `Cannot get a token from ${endpoint}: its answer (status ${status}) ${what}; ${advice}`,
    { retryAfterSeconds },
  );
}

function issuedToken(body: Body): IssuedToken | null {
  const { access_token: token, token_type: type, expires_in: expires = DEFAULT_LIFETIME_SECONDS } = body;
  if (typeof token !== "string" || token === "") return null;
  if (typeof type !== "string" || type.toLowerCase() !== "bearer") return null;
  // Some front ends write the number as a text.
  const lifetimeSeconds = typeof expires === "string" ? Number.parseFloat(expires) : expires;
  return typeof lifetimeSeconds === "number" && lifetimeSeconds >= 0 ? { token, lifetimeSeconds } : null;
}

function safeWord(text: string): string {
  return /^[\w.-]{1,60}$/.test(text) ? text : "an error";
}
