/** Beside a tap: once a day, when the client secrets of its inputs end. */
import type { Clock } from "../clock.ts";
import { asGraphtapError, GraphtapError } from "../errors.ts";
import { createPermits } from "../graph/permits.ts";
import { askSecretEnd, type SecretEnd } from "../graph/secretEnd.ts";
import type { Source } from "./sources.ts";
import type { SourcedStream, StreamWork } from "./streams.ts";

const DAY_MS = 86_400_000;
/** After a failure that passes. */
const AGAIN_MS = 3_600_000;

/** Who asks for an input. */
interface Watch {
  /** Asked by the means of one of its streams. */
  readonly source: SourcedStream;
  readonly leaving: AbortController;
  readonly done: Promise<void>;
}

/**
 * Asks for each input at once and then so often, by the means of one of its streams, until that goes or the tap stops.
 * Where nobody can tell, the log says what would change that.
 */
export function watchSecrets(clock: Clock, stop: AbortSignal): StreamWork {
  const watches = new Map<string, Watch>();
  stop.addEventListener("abort", () => watches.forEach(({ leaving }) => leaving.abort(stop.reason)), {
    once: true,
  });
  return {
    async leave(streams) {
      const going = [...watches].filter(([, { source }]) => streams.includes(source));
      for (const [input, { leaving }] of going) {
        watches.delete(input);
        leaving.abort(new GraphtapError("stopped", "the stream is gone"));
      }
      await Promise.all(going.map(([, { done }]) => done));
    },
    goOn(streams) {
      for (const source of streams) {
        if (stop.aborted || watches.has(source.input.name)) continue;
        const leaving = new AbortController();
        const done = watchSecret(source, clock, leaving.signal);
        watches.set(source.input.name, { source, leaving, done });
      }
    },
    settled: () => Promise.resolve(),
  };
}

async function watchSecret(source: Source, clock: Clock, signal: AbortSignal): Promise<void> {
  const { expiry } = source;
  try {
    for (;;) {
      let waitMs = DAY_MS;
      try {
        const end = await secretEndOf(source, signal);
        if (end === null) return;
        if ("unknown" in end) expiry.unknown(end.unknown);
        else expiry.learned(end.endsMs);
      } catch (thrown) {
        // Who reads the input meets it, too, and tells it.
        if (signal.aborted || !asGraphtapError(thrown).kind.isFault) return;
        waitMs = AGAIN_MS;
      }
      await clock.sleep(waitMs, signal);
    }
  } catch {
    // Only the end of the watch wakes it early.
  }
}

/** When the secret of an input ends; `null` when its credentials are no secret. */
export async function secretEndOf(source: Source, signal?: AbortSignal): Promise<SecretEnd | null> {
  const { input: { credentials }, graph, graphUrl, tokens, limiters, expiry } = source;
  if (credentials.kind !== "client_secret") return null;
  const permits = createPermits(limiters, "live");
  const { clientId } = credentials;
  return await askSecretEnd({ graph, graphUrl, tokens, permits, clientId, hint: () => expiry.hint }, signal);
}
