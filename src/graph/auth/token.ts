import type { Clock } from "../../clock.ts";

/** A token is renewed this long before its end, or halfway through a shorter life. */
const RENEW_BEFORE_SECONDS = 300;

/** A bearer token, and how long it lasts from now. */
export interface IssuedToken {
  readonly token: string;
  readonly lifetimeSeconds: number;
}

/**
 * Asks whoever gives tokens for a new one: Entra's token endpoint (`entra.ts`), or what stands in its place.
 *
 * @throws token-refused the credentials are wrong; token-unavailable there is no answer now
 */
export type TokenIssuer = (signal?: AbortSignal) => Promise<IssuedToken>;

export interface TokenSource {
  /**
   * A bearer token with life left; callers at the same time share one request.
   *
   * @throws what the issuer throws
   */
  get(signal?: AbortSignal): Promise<string>;
  /** Forgets `token`, which Graph refused, unless it has been renewed since. */
  reject(token: string): void;
}

/** Keeps the token that `issue` gave for as long as it is good. */
export function createTokenSource(issue: TokenIssuer, clock: Clock): TokenSource {
  let current: { token: string; renewAt: number } | null = null;
  let pending: Promise<string> | null = null;

  async function renew(signal: AbortSignal | undefined): Promise<string> {
    const { token, lifetimeSeconds } = await issue(signal);
    const usable = Math.max(lifetimeSeconds - RENEW_BEFORE_SECONDS, lifetimeSeconds / 2);
    current = { token, renewAt: clock.now() + usable * 1000 };
    return token;
  }
  return {
    get(signal) {
      if (current !== null && clock.now() < current.renewAt) return Promise.resolve(current.token);
      pending ??= renew(signal).finally(() => pending = null);
      return pending;
    },
    reject(token) {
      if (current?.token === token) current = null;
    },
  };
}
