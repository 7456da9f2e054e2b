/** Why an exchange came to nothing, by codes only: the text of an error may hold an address with its password. */

import type { Proxy } from "./proxy.ts";

/** A failure: its code, what it means and what to do about it, each without a full stop. */
export interface ExchangeFailure {
  readonly code: string;
  /** `null` when the code is not known. */
  readonly why: string | null;
  /** `null` where nothing but waiting can be advised. */
  readonly advice: string | null;
}

const CLOCK = "check this host's clock first, then the certificate";
const AUTHORITY =
  "if a proxy opens TLS on the way, NODE_EXTRA_CA_CERTS=FILE names the certificate of its authority";
const NO_TLS = "check scheme and port";
const ADDRESSES = "raise the limit of addresses (ulimit -v) to 16 GB, or limit memory by a cgroup";

/** What is known of each code: what it means, and what to do. */
const KNOWN: Readonly<Record<string, readonly [why: string, advice?: string]>> = {
  ENOTFOUND: ["the host name cannot be resolved"],
  EAI_AGAIN: ["the name server did not answer"],
  ECONNREFUSED: ["the connection was refused"],
  ECONNRESET: ["the connection was reset"],
  // Of a socket in the file system: an address of the network has neither.
  ENOENT: ["there is no such socket"],
  EACCES: ["this user may not open the socket"],
  EPIPE: ["the connection was closed while sending"],
  EHOSTUNREACH: ["there is no way to the host"],
  ENETUNREACH: ["there is no way to the network"],
  ETIMEDOUT: ["the connection timed out"],
  UND_ERR_SOCKET: ["the other side closed the connection"],
  UND_ERR_CONNECT_TIMEOUT: ["no connection within 15 s"],
  UND_ERR_HEADERS_TIMEOUT: ["no answer within the time limit"],
  UND_ERR_BODY_TIMEOUT: ["the body stopped arriving"],
  UND_ERR_HEADERS_OVERFLOW: ["the headers of its answer are longer than 64 KiB"],
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: ["the body is shorter than announced"],
  // undici reads headers by WebAssembly, and for each memory of that a runtime reserves ten gigabytes of addresses.
  RangeError: ["the runtime has no addresses left for WebAssembly", ADDRESSES],
  Z_BUF_ERROR: ["the compressed body is cut off"],
  Z_DATA_ERROR: ["the compressed body is damaged"],
  CERT_HAS_EXPIRED: ["its TLS certificate has expired", CLOCK],
  CERT_NOT_YET_VALID: ["its TLS certificate is not valid yet", CLOCK],
  ERR_TLS_CERT_ALTNAME_INVALID: ["its TLS certificate is for another name", "check the address"],
  CERT_REVOKED: ["its TLS certificate was revoked"],
  SELF_SIGNED_CERT_IN_CHAIN: [
    "its TLS certificate comes from an authority that is not known here",
    AUTHORITY,
  ],
  DEPTH_ZERO_SELF_SIGNED_CERT: ["its TLS certificate is signed by itself", AUTHORITY],
  UNABLE_TO_GET_ISSUER_CERT: [
    "its TLS certificate comes from an authority that is not known here",
    AUTHORITY,
  ],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: [
    "its TLS certificate comes from an authority that is not known here",
    AUTHORITY,
  ],
  // All that Deno says of a certificate, whatever is wrong with it.
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ["its TLS certificate cannot be verified", `${CLOCK}; ${AUTHORITY}`],
  EPROTO: ["it does not speak TLS there, or another kind of it", NO_TLS],
  ERR_SSL_WRONG_VERSION_NUMBER: ["it does not speak TLS there", NO_TLS],
  ERR_SSL_PACKET_LENGTH_TOO_LONG: ["it does not speak TLS there", NO_TLS],
};

/** What a status of a proxy means for who wants a tunnel. */
const REFUSALS: Readonly<Record<number, string>> = {
  401: "it wants a user and a password, or others",
  403: "its rules do not allow this target: ask whoever runs it",
  407: "it wants a user and a password, or others",
  502: "it could not reach the target",
  503: "it could not reach the target",
  504: "the target did not answer it in time",
};

/** Judges what an exchange threw. */
export function exchangeFailure(error: unknown): ExchangeFailure {
  if (isProxyFailure(error)) return error.failure;
  const code = codeOf(error);
  const [why = null, advice = null] = KNOWN[code] ?? [];
  return { code, why, advice };
}

interface ProxyFailure extends Error {
  readonly failure: ExchangeFailure;
}

function isProxyFailure(error: unknown): error is ProxyFailure {
  return error instanceof Error && "failure" in error;
}

/** `cause`, met on the way to `proxy` and not behind it, as an error to throw. */
export function proxyFailure(proxy: Proxy, cause: unknown): Error {
  const { code, why, advice } = exchangeFailure(cause);
  return failed(
    `the proxy ${proxy.origin} of ${proxy.variable} failed: ${why ?? "no tunnel"}`,
    code,
    advice,
    cause,
  );
}

/**
 * The answer of a proxy that opens no way to `target`, as an error to throw.
 *
 * @param offers `Proxy-Authenticate`, or all of its values
 */
export function proxyRefusal(
  proxy: Proxy,
  status: number,
  target: string,
  offers: string | readonly string[] = [],
): Error {
  const why = `the proxy ${proxy.origin} of ${proxy.variable} answered ${status} for ${target}`;
  return failed(
    why,
    `PROXY_${status}`,
    foreignSchemes([offers].flat()) ?? REFUSALS[status] ?? null,
    undefined,
  );
}

/** What to do about a proxy that takes no password as it is; `null` where it does, or does not say. */
function foreignSchemes(offers: readonly string[]): string | null {
  const schemes = offers.flatMap((offer) => offer.match(/(?<=^|,)\s*[A-Za-z]{3,20}(?=\s|,|$)(?!\s*=)/g) ?? [])
    .map((scheme) => scheme.trim());
  if (schemes.length === 0 || schemes.some((scheme) => /^basic$/i.test(scheme))) return null;
  const named = [...new Set(schemes)].join(", ");
  return `it asks for ${named}, and only Basic is spoken here: let a relay on this host log in to it`;
}

/** What went wrong behind `proxy`, within the tunnel, as an error to throw: the proxy may have had its hand in it. */
export function failureBehind(proxy: Proxy, cause: unknown): Error {
  const { code, why, advice } = exchangeFailure(cause);
  const way = `through the proxy ${proxy.origin} of ${proxy.variable}`;
  return failed(why === null ? `the exchange failed ${way}` : `${why}, ${way}`, code, advice, cause);
}

// A code of our own: at one that tells of a closed connection undici asks the proxy again at once, without an end.
function failed(why: string, code: string, advice: string | null, cause: unknown): ProxyFailure {
  const failure: ExchangeFailure = { code, why, advice };
  return Object.assign(new Error(why, { cause }), { code: "ERR_PROXY", failure });
}

/** The code of the innermost cause that has one. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  if ("code" in error && typeof error.code === "string") return error.code;
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  return error.cause === undefined ? error.name : codeOf(error.cause);
}
