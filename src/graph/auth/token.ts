import type { Clock } from "../../clock.ts";
import { asGraphtapError } from "../../errors.ts";
import { backoffMs } from "../../net/backoff.ts";
import { shared } from "./shared.ts";

/** A token is renewed this long before its end, or halfway through a shorter life. */
const RENEW_BEFORE_SECONDS = 300;
/** Between two requests for a token while the issuer cannot answer, unless it asks for more. */
const PAUSE = { firstMs: 1000, longestMs: 60_000 };
/** Of the tokens that Graph refuses, one is renewed in so many milliseconds: Entra refuses who asks in a loop. */
const RENEWAL_MS = 60_000;

/** A bearer token, and how long it lasts from now. */
export interface IssuedToken {
  readonly token: string;
  readonly lifetimeSeconds: number;
}

/**
 * Asks whoever gives tokens for a new one: Entra's token endpoint (`entra.ts`), or what stands in its place.
 *
 * @param claims what the token must have, by a challenge of Graph's (`challenge.ts`); who cannot ask for it leaves it out
 * @throws token-refused the credentials are wrong; token-unavailable there is no answer now
 */
export type TokenIssuer = (signal?: AbortSignal, claims?: string) => Promise<IssuedToken>;

export interface TokenSource {
  /**
   * A bearer token with life left. There is one request at a time, which all callers share, and after one that failed
   * a pause for all of them: whoever asks meanwhile waits for its end.
   *
   * @throws what the issuer throws; the signal's reason
   */
  get(signal?: AbortSignal): Promise<string>;
  /** The token at hand, if it has life left; asks nobody. */
  current(): string | null;
  /**
   * Graph refused `token`. Whether there is another to try: it was renewed since, or may be now.
   *
   * @param claims what Graph asks the next token to have: they go into one token request that is answered, not into more
   */
  reject(token: string, claims?: string | null): boolean;
}

/**
 * Keeps the token that `issue` gave for as long as it is good.
 *
 * @param random in [0, 1), for spreading the requests of many processes @default Math.random
 */
export function createTokenSource(
  issue: TokenIssuer,
  clock: Clock,
  random: () => number = Math.random,
): TokenSource {
  let current: { readonly token: string; readonly renewAt: number } | null = null;
  let rejectedAt = -Infinity;
  let claims: string | undefined;
  const pause = createPause(clock, random);

  const renew = shared(async (signal) => {
    await pause.over(signal);
    try {
      const { token, lifetimeSeconds } = await issue(signal, claims);
      claims = undefined;
      const usable = Math.max(lifetimeSeconds - RENEW_BEFORE_SECONDS, lifetimeSeconds / 2);
      current = { token, renewAt: clock.now() + usable * 1000 };
      pause.end();
      return token;
    } catch (thrown) {
      const error = asGraphtapError(thrown);
      if (signal.aborted) throw thrown;
      if (error.kind.recovery === "retry") pause.begin(error.retryAfterSeconds);
      else claims = undefined;
      throw thrown;
    }
  });
  const atHand = () => current !== null && clock.now() < current.renewAt ? current.token : null;
  return {
    get(signal) {
      const token = atHand();
      return token === null ? renew(signal) : Promise.resolve(token);
    },
    current: atHand,
    reject(token, asked) {
      if (current?.token !== token) return true;
      const sinceMs = clock.now() - rejectedAt;
      // A clock that was set back must not keep a refused token.
      if (sinceMs >= 0 && sinceMs < RENEWAL_MS) return false;
      rejectedAt = clock.now();
      current = null;
      claims = asked ?? undefined;
      return true;
    },
  };
}

/** The pause after requests that failed, longer at each. */
function createPause(clock: Clock, random: () => number) {
  let failures = 0;
  let fromMs = 0;
  let lengthMs = 0;
  return {
    async over(signal: AbortSignal): Promise<void> {
      const passed = clock.now() - fromMs;
      // A pause that began in the future means that the clock was set back.
      if (passed >= 0 && passed < lengthMs) await clock.sleep(lengthMs - passed, signal);
    },
    begin(retryAfterSeconds: number | undefined): void {
      lengthMs = backoffMs(PAUSE, ++failures, retryAfterSeconds, random());
      fromMs = clock.now();
    },
    end: () => void (failures = lengthMs = 0),
  };
}
