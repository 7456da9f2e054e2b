/** Beside a tap: once a day, when the client secrets of its inputs end. */
import type { Clock } from "../clock.ts";
import { asGraphtapError } from "../errors.ts";
import { createPermits } from "../graph/permits.ts";
import { askSecretEnd, type SecretEnd } from "../graph/secretEnd.ts";
import type { Source } from "./streams.ts";
import type { Tap } from "./tap.ts";

const DAY_MS = 86_400_000;
/** After a failure that passes. */
const AGAIN_MS = 3_600_000;

/** Asks at once and then so often, until the tap stops. Where nobody can tell, the log says what would change that. */
export async function watchSecrets(
  { streams, engine: { clock }, stop }: Pick<Tap, "streams" | "engine" | "stop">,
): Promise<void> {
  const inputs = new Map(streams.map((stream) => [stream.input, stream]));
  await Promise.all([...inputs.values()].map((source) => watchSecret(source, clock, stop.signal)));
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
    // Only the stop wakes it early, and whoever stops says why.
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
