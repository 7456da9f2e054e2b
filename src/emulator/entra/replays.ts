/** The assertions that were used: each may be used once. */
export interface Replays {
  /** Whether an assertion of this `jti` was used before; if not, it is now. Times are milliseconds since the epoch. */
  seen(clientId: string, jti: string, until: number, now: number): boolean;
}

/**
 * An empty register. Microsoft asks for a `jti` that is never the same (certificate-credentials) and does not say what
 * becomes of one that comes again; RFC 7523, section 3, lets a server refuse it, and no client may count on less.
 */
export function createReplays(): Replays {
  const used = new Map<string, number>();
  return {
    seen(clientId, jti, until, now) {
      for (const [name, end] of used) if (end <= now) used.delete(name);
      const name = `${clientId}/${jti}`;
      const isKnown = used.has(name);
      used.set(name, until);
      return isKnown;
    },
  };
}
