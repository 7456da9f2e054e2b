import { Buffer } from "node:buffer";
import { createHash, timingSafeEqual } from "node:crypto";
import { problem } from "./problem.ts";

export interface GuardOptions {
  /** The server listens on this machine only. */
  readonly loopback: boolean;
  /** What a client must know; `null` when reaching the server is enough, as by a socket with permissions. */
  readonly token: string | null;
  /** Whether the page and the figures can be seen without it. @default false */
  readonly opensFigures?: boolean;
}

/** Says nothing but whether we live, and is asked by what cannot hold a token. */
const OPEN_PATHS = ["/healthz", "/readyz"];
/** Shows figures and messages, and never a record. */
const FIGURES = ["/", "/metrics", "/v1/status", "/v1/status/schema"];

/** Whether a request is answered without a token. What is not named here needs one, however it is spelt. */
function isOpen(request: Request, { token, opensFigures = false }: GuardOptions): boolean {
  const { pathname } = new URL(request.url);
  return token === null || OPEN_PATHS.includes(pathname) || (opensFigures && FIGURES.includes(pathname));
}

/** Whether a request may see names and messages. */
export function isTrusted(request: Request, guard: GuardOptions): boolean {
  return guard.token === null || guard.opensFigures === true || isAuthorized(request, guard.token);
}

/** The answer to a request that must not go further, or `null`. */
export function refusal(request: Request, guard: GuardOptions): Response | null {
  const { loopback, token } = guard;
  const host = request.headers.get("host") ?? "";
  if (loopback && !isLocalName(host)) {
    // A page from elsewhere whose name was made to resolve to this machine sends its own name here.
    return problem(421, "usage", "This server answers to localhost, 127.0.0.1 and [::1] only");
  }
  if (comesFromAnotherSite(request, host)) {
    return problem(403, "usage", "Requests that another web site started are refused");
  }
  if (token === null || isOpen(request, guard) || isAuthorized(request, token)) return null;
  return problem(
    401,
    "usage",
    'Send the token as "Authorization: Bearer TOKEN", or as the password of Basic',
    {
      "www-authenticate": 'Bearer realm="graphtap", Basic realm="graphtap"',
    },
  );
}

/** Whether a request carries the token; Basic is for browsers, any user name will do. */
function isAuthorized(request: Request, token: string): boolean {
  const [scheme = "", value = ""] = (request.headers.get("authorization") ?? "").trim().split(/\s+/);
  if (/^bearer$/i.test(scheme)) return equal(value, token);
  if (!/^basic$/i.test(scheme)) return false;
  const pair = Buffer.from(value, "base64").toString("utf8");
  return pair.includes(":") && equal(pair.slice(pair.indexOf(":") + 1), token);
}

// Digests have one length, so that the comparison's time tells neither content nor length.
function equal(given: string, wanted: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}

function isLocalName(host: string): boolean {
  const name = host.replace(/:\d+$/, "").toLowerCase();
  return name === "localhost" || name === "[::1]" || /^127(\.\d{1,3}){3}$/.test(name);
}

/** Browsers say where a request came from; a pull moves positions, so a foreign page must not cause one. */
function comesFromAnotherSite(request: Request, host: string): boolean {
  const site = request.headers.get("sec-fetch-site");
  if (site !== null && site !== "none" && site !== "same-origin") return true;
  const origin = request.headers.get("origin");
  return origin !== null && origin.replace(/^https?:\/\//, "").toLowerCase() !== host.toLowerCase();
}
