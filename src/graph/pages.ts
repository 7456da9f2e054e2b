import type { Clock } from "../clock.ts";
import { codesOf, GraphtapError } from "../errors.ts";
import { fromMillis, type Instant } from "../instant.ts";
import type { Framers } from "../json/framer.ts";
import type { OnBatch, OnRecord, OnTooLong, PageEnd } from "../json/page.ts";
import { createPageScanner } from "../json/scanner.ts";
import type { Log } from "../telemetry/log.ts";
import type { GraphClient, GraphRequest } from "./client.ts";
import type { Asked } from "./asked.ts";
import { checkLink, type Visited } from "./links.ts";
import type { Permits } from "./permits.ts";
import { isHtml } from "./refusal.ts";
import { withRetries } from "./retry.ts";
import type { HttpResponse } from "./transport.ts";

/** Who reads a page, and what becomes of it. */
export interface PageReader {
  readonly graph: GraphClient;
  readonly graphUrl: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  /** Without, each page costs several times as much. */
  readonly framers?: Framers;
  /** Takes each record; a page that breaks off is read again, so the same record may come again. */
  readonly onRecord: OnRecord;
  /** Takes many at once, where they can be had so. */
  readonly onBatch?: OnBatch | undefined;
  /** Told of a record that is longer than is read; the others of its page are taken all the same. */
  readonly onTooLong?: OnTooLong;
  /** Called after each piece of the page, when its records have been taken; reading waits for it. */
  readonly onProgress: () => Promise<void>;
  /** Called behind each page, whole or not, when no more of it is taken; reading waits for it, too. */
  readonly onPageEnd?: () => Promise<void>;
  /** Called behind each page, whole or not, with the bytes that came of it. */
  readonly onBytes?: (bytes: number) => void;
  /** Called before each request. */
  readonly onRequest: () => void;
  /** Called when one has failed and is to be sent again. */
  readonly onFailure?: (error: GraphtapError) => void;
}

/** A request that is answered with records. */
export interface PageRequest extends GraphRequest {
  /** The key of the array that holds them. @default "value" */
  readonly array?: string;
}

export interface Page {
  /** Where the next page is, checked; `null` after the last. */
  readonly nextLink: string | null;
  readonly records: number;
  /** What Graph's own clock said, if it said what can be. */
  readonly serverTime: Instant | null;
}

/** How a page is asked for. */
export interface ReadOptions {
  readonly permits: Permits;
  /** Links followed before in this window. */
  readonly visited: Pick<Visited, "has">;
  /** How often it is sent at most. */
  readonly attempts: number;
}

/**
 * Reads one page to its end, again if it breaks off.
 *
 * @throws whatever waiting does not mend; the signal's reason
 */
export function readPage(
  reader: PageReader,
  request: PageRequest,
  asked: Asked,
  how: ReadOptions,
  signal?: AbortSignal,
): Promise<Page> {
  return withRetries(async () => {
    reader.onRequest();
    const response = await reader.graph.ask(request, asked, how.permits, signal);
    const { service } = asked;
    const { nextLink, records } = await scan(reader, response, { service, array: request.array }, signal);
    const place = { service, graphUrl: reader.graphUrl, pageUrl: request.url, visited: how.visited };
    return {
      nextLink: nextLink === null ? null : checkLink(nextLink, place),
      records,
      serverTime: serverTime(response.header("date")),
    };
  }, {
    clock: reader.clock,
    random: reader.random,
    attempts: how.attempts,
    signal,
    onRetry(error, delayMs, attempt) {
      reader.onFailure?.(error);
      // What lies with the whole input has been told, once for all of its streams.
      const level = error.kind.ofInput ? "debug" : "warn";
      reader.log[level](error.message, { ...codesOf(error), attempt, retry_in_ms: Math.round(delayMs) });
    },
  });
}

async function scan(
  { framers, onRecord, onBatch, onTooLong, onProgress, onPageEnd, onBytes }: PageReader,
  { body, header }: HttpResponse,
  { service, array = "value" }: { service: string; array: string | undefined },
  signal: AbortSignal | undefined,
): Promise<PageEnd> {
  const from = isHtml(header("content-type")) ? `: ${FOREIGN}` : "";
  await framers?.pageBegins();
  const scanner = createPageScanner({ array }, framers, onTooLong);
  let bytes = 0;
  try {
    for await (const chunk of body) {
      bytes += chunk.length;
      naming(service, from, () => scanner.push(chunk, onRecord, onBatch));
      await onProgress();
      signal?.throwIfAborted();
    }
    return naming(service, from, () => scanner.end());
  } finally {
    try {
      await onPageEnd?.();
    } finally {
      scanner.close();
      framers?.pageEnds();
      onBytes?.(bytes);
    }
  }
}

const FOREIGN = "a page of HTML comes from a proxy, a filter or a gateway on the way, and not from Graph";

/** The scanner knows neither whose page it reads nor where it comes `from`; its message completes this sentence. */
function naming<T>(service: string, from: string, scan: () => T): T {
  try {
    return scan();
  } catch (error) {
    if (!(error instanceof GraphtapError)) throw error;
    throw new GraphtapError(error.code, `Cannot read page of "${service}": ${error.message}${from}`, {
      cause: error,
    });
  }
}

/** Graph answers now: no answer is older than this program, or of a year that no HTTP date can name. */
const EARLIEST_ANSWER_MS = Date.UTC(2020);
const LATEST_ANSWER_MS = Date.UTC(10_000);

function serverTime(date: string | null): Instant | null {
  const millis = date === null ? NaN : Date.parse(date);
  return millis >= EARLIEST_ANSWER_MS && millis < LATEST_ANSWER_MS ? fromMillis(millis) : null;
}
