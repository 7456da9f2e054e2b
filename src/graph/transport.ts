/** What the engine needs of HTTP, so that tests can stand in for the network. */

export interface HttpRequest {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
  /** Whether it goes straight to its target, whatever proxies there are. @default false */
  readonly isStraight?: boolean;
  /** Milliseconds until the answer must begin. @default the transport's own */
  readonly headersTimeoutMs?: number;
}

export interface HttpResponse {
  readonly status: number;
  /**
   * The value of a header, whose name is given in lower case; `null` when absent. Of one that came several times, all
   * values with commas between them where it is a list, else the first.
   */
  header(name: string): string | null;
  /** The decoded body. Reading to its end, or breaking off, frees the connection. */
  readonly body: AsyncIterable<Uint8Array>;
}

/**
 * Sends one request and answers with status, headers and the decoded body as it arrives. Redirects are not followed.
 *
 * @throws graph-unreachable no connection, or it broke; graph-timeout no answer in time
 */
export type Transport = (request: HttpRequest) => Promise<HttpResponse>;

/** The first `maxBytes` of a body as text; what is beyond them is thrown away unread. */
export async function readText(response: HttpResponse, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body) {
    chunks.push(chunk.slice(0, maxBytes - length));
    length += chunk.length;
    if (length >= maxBytes) break;
  }
  return new TextDecoder().decode(concat(chunks));
}

function concat(chunks: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
