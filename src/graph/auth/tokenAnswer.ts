import { GraphtapError } from "../../errors.ts";
import { aadstsAdvice, aadstsCodes, isTransient } from "./aadsts.ts";
import type { IssuedToken } from "./token.ts";

const DEFAULT_LIFETIME_SECONDS = 3600;

/** What a token endpoint answered. */
export interface TokenAnswer {
  readonly endpoint: string;
  readonly status: number;
  readonly text: string;
  /** The key of the configuration that proved who asked. */
  readonly configKey: string;
}

/**
 * Reads what a token endpoint answered: the token (RFC 6749, section 5.1), or why there is none (section 5.2).
 * No part of the body gets into a message but its code and numbers: the description may hold ids.
 *
 * @throws token-refused the credentials are wrong; token-unavailable the endpoint cannot answer now
 */
export function readTokenAnswer({ endpoint, status, text, configKey }: TokenAnswer): IssuedToken {
  const body = objectOf(text);
  const from = `Cannot get a token from ${endpoint}`;
  const issued = status === 200 ? issuedToken(body) : null;
  if (issued !== null) return issued;
  const error = body["error"];
  if (status >= 400 && status < 500 && typeof error === "string" && error !== "") {
    const codes = aadstsCodes(body);
    const passing = status === 429 || error === "temporarily_unavailable" || isTransient(codes);
    const named = codes[0] === undefined ? "" : `, AADSTS${codes[0]}`;
    const advice = aadstsAdvice(codes) ??
      (passing ? "it is asked again" : `check tenant_id, client_id and ${configKey}`);
    throw new GraphtapError(
      passing ? "token-unavailable" : "token-refused",
      `${from}: it answered ${status} "${safeWord(error)}"${named}; ${advice}`,
    );
  }
  const refused = status >= 400 && status < 500 && status !== 408 && status !== 429;
  // A page of success that is no token, or an address that is not there, comes from somebody else than Entra.
  const advice = refused || status < 400 ? "check override_login_url and any proxy" : "it is asked again";
  throw new GraphtapError(
    refused ? "token-refused" : "token-unavailable",
    `${from}: its answer (status ${status}) is not a token response; ${advice}`,
  );
}

function issuedToken(body: Readonly<Record<string, unknown>>): IssuedToken | null {
  const { access_token: token, token_type: type, expires_in: expires = DEFAULT_LIFETIME_SECONDS } = body;
  if (typeof token !== "string" || token === "") return null;
  if (typeof type !== "string" || type.toLowerCase() !== "bearer") return null;
  // Some front ends write the number as a text.
  const lifetimeSeconds = typeof expires === "string" ? Number.parseFloat(expires) : expires;
  return typeof lifetimeSeconds === "number" && lifetimeSeconds >= 0 ? { token, lifetimeSeconds } : null;
}

function objectOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value as Record<string, unknown> : {};
  } catch {
    return {};
  }
}

function safeWord(text: string): string {
  return /^[\w.-]{1,60}$/.test(text) ? text : "an error";
}
