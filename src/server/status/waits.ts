/** What keeps a stream waiting: a place in a budget of requests, or Graph's answer. */
import type { Clock } from "../../clock.ts";
import type { Stream } from "../../tap/stream.ts";

export const WAITS = ["permit", "graph"] as const;

/** What the request under way waits for. */
export interface Wait {
  readonly what: (typeof WAITS)[number];
  /** Milliseconds since the epoch. */
  readonly sinceMs: number;
}

/** The same stream; `note` is told of each wait when it begins, and `null` when Graph has answered. */
export function watchWaits(
  stream: Stream,
  { now }: Pick<Clock, "now">,
  note: (wait: Wait | null) => void,
): Stream {
  const begin = (what: Wait["what"]) => note({ what, sinceMs: now() });
  return {
    ...stream,
    limiters: stream.limiters.map((limiter) => ({
      ...limiter,
      async acquire(...asked) {
        begin("permit");
        const permit = await limiter.acquire(...asked);
        begin("graph");
        return permit;
      },
    })),
    graph: {
      async ask(...request) {
        begin("graph");
        try {
          return await stream.graph.ask(...request);
        } finally {
          note(null);
        }
      },
    },
  };
}
