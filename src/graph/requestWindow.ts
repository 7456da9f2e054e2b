/**
 * Which requests Graph may still count.
 *
 * Graph counts a request when it arrives, and nobody here knows when that is: somewhere between its sending and the
 * beginning of its answer. So a request counts from its sending until the limit's stretch after its answer began. Then
 * no stretch of Graph's own time can hold more requests than the limit, however long they travel: of one request too
 * many, the last one sent would have had to wait for another to be over.
 */

/**
 * A request whose answer nobody waits for any more may still be on its way, and is counted within so many milliseconds.
 * Connections that take longer than this to carry a request are none.
 */
export const LONGEST_TRAVEL_MS = 5_000;

/** A request, in milliseconds since the epoch. */
export interface SentRequest {
  readonly sentMs: number;
  /** When Graph had counted it at the latest; `null` while that is not known. */
  readonly countedMs: number | null;
}

/** Remembers the requests of a limiter for the process that comes after this one. */
export interface RequestMemory {
  /** What earlier processes sent and Graph may still count. */
  readonly past: readonly SentRequest[];
  sent(sentMs: number): void;
  counted(sentMs: number, countedMs: number): void;
}

/** For a limiter that nobody comes after. */
export const noMemory: RequestMemory = { past: [], sent: () => {}, counted: () => {} };

export interface RequestWindow {
  /** Counts a request that is being sent. To be called once, when it is known by when Graph has counted it. */
  send(nowMs: number): (countedMs: number) => void;
  /**
   * Milliseconds until one more request fits among `requests` in any `stretchMs`; 0 when it does, `Infinity` when an
   * answer has to come first.
   */
  waitMs(nowMs: number, requests: number, stretchMs: number): number;
  /** How many requests Graph may count in the stretch that ends now. */
  count(nowMs: number, stretchMs: number): number;
}

interface Counted {
  readonly sentMs: number;
  countedMs: number | null;
}

export function createRequestWindow(memory: RequestMemory = noMemory): RequestWindow {
  let counted: Counted[] = memory.past.map((request) => ({ ...request }));
  return {
    send(nowMs) {
      const request: Counted = { sentMs: nowMs, countedMs: null };
      counted.push(request);
      memory.sent(nowMs);
      return (countedMs) => {
        request.countedMs = countedMs;
        memory.counted(nowMs, countedMs);
      };
    },
    waitMs(nowMs, requests, stretchMs) {
      // Fewer than that were ever sent, or all but those are known to be over.
      if (counted.length < requests) return 0;
      counted = counted.filter((request) => mayCount(request, nowMs, stretchMs));
      const tooMany = counted.length - requests;
      if (tooMany < 0) return 0;
      const ends = counted.map(({ countedMs }) => countedMs === null ? Infinity : countedMs + stretchMs);
      return ends.sort((a, b) => a - b)[tooMany]! - nowMs;
    },
    count: (nowMs, stretchMs) => counted.filter((request) => mayCount(request, nowMs, stretchMs)).length,
  };
}

/** A time in the future means that the host's clock was set back: it must not block for hours. */
function mayCount({ sentMs, countedMs }: Counted, nowMs: number, stretchMs: number): boolean {
  if (sentMs > nowMs || (countedMs ?? 0) > nowMs + LONGEST_TRAVEL_MS) return false;
  return countedMs === null || countedMs + stretchMs > nowMs;
}
