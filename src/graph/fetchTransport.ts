/** HTTP by a `fetch` that was passed in. */
import { networkError } from "./networkError.ts";
import type { HttpRequest, HttpResponse, Transport } from "./transport.ts";

/**
 * What stands in for the network: the runtime's own `fetch`, one with a proxy or a certificate of its own, or that of
 * an emulator. It is given a request and answers it; it rejects when there is no answer.
 */
export type Fetch = (request: Request) => Promise<Response>;

/** A transport by `fetch`, which inflates bodies itself and has time limits of its own. */
export function fetchTransport(fetch: Fetch): Transport {
  return async (request) => {
    const failed = (error: unknown) => networkError(error, request.url, request.signal);
    let response: Response;
    try {
      response = await fetch(requestOf(request));
    } catch (error) {
      throw failed(error);
    }
    return answerOf(response, failed);
  };
}

function requestOf({ method, url, headers, body, signal }: HttpRequest): Request {
  // What a body may be compressed by is between `fetch` and the other side.
  const { "accept-encoding": _, ...others } = headers;
  return new Request(url, { method, headers: others, body, signal, redirect: "manual" });
}

function answerOf(response: Response, failed: (error: unknown) => unknown): HttpResponse {
  return {
    status: response.status,
    header: (name) => response.headers.get(name),
    body: piecesOf(response, failed),
  };
}

async function* piecesOf(
  { body }: Response,
  failed: (error: unknown) => unknown,
): AsyncGenerator<Uint8Array> {
  if (body === null) return;
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } catch (error) {
    throw failed(error);
  } finally {
    await reader.cancel().catch(() => {});
  }
}
