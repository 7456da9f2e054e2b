import { asGraphtapError, GraphtapError } from "../../errors.ts";
import { type HttpRequest, type HttpResponse, readText, type Transport } from "../transport.ts";

const MAX_BODY_BYTES = 64 * 1024;

/**
 * Asks somebody who gives tokens, and reads the whole of the answer.
 *
 * @throws token-unavailable there is no answer; the signal's reason
 */
export async function exchange(
  transport: Transport,
  request: HttpRequest,
): Promise<{ readonly response: HttpResponse; readonly text: string }> {
  try {
    const response = await transport(request);
    return { response, text: await readText(response, MAX_BODY_BYTES) };
  } catch (cause) {
    if (request.signal?.aborted) throw request.signal.reason;
    const error = asGraphtapError(cause);
    if (error.kind.recovery === "exit") throw error;
    throw new GraphtapError(
      "token-unavailable",
      `Cannot get a token from ${withoutQuery(request.url)}: ${error.message}`,
      { cause },
    );
  }
}

/** An address as it is shown: what GitHub's has as its query is not for everybody. */
function withoutQuery(url: string): string {
  return url.replace(/[?#].*$/s, "");
}
