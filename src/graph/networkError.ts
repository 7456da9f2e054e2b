/** What is said of an exchange that failed below HTTP. */
import { GraphtapError } from "../errors.ts";
import { exchangeFailure } from "../net/exchangeFailure.ts";
import { TOO_SLOW } from "./body/body.ts";

const TIMEOUTS = new Set(["UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT", TOO_SLOW]);

/** The reason of the signal where it was aborted; else the failure as one of ours. */
export function networkError(error: unknown, url: string, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted) return signal.reason;
  if (error instanceof GraphtapError) return error;
  const { code, why, advice } = exchangeFailure(error);
  if (code === "NotCapable") {
    const { origin, host } = new URL(url);
    return new GraphtapError(
      "usage",
      `Cannot read from ${origin}: Deno was not allowed to; grant --allow-net=${host}`,
      { cause: error },
    );
  }
  const reason = code === TOO_SLOW ? "the body came too slowly" : why ?? "the exchange failed";
  return new GraphtapError(
    TIMEOUTS.has(code) ? "graph-timeout" : "graph-unreachable",
    `Cannot read from ${new URL(url).origin}: ${reason} (${code})${advice === null ? "" : `; ${advice}`}`,
    { cause: error },
  );
}
