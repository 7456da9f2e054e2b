import { readText } from "../../src/graph/transport.ts";
import { formatInstant, fromMillis } from "../../src/instant.ts";
import { createGraphStore } from "./graphStore.ts";
import type { Arrivals } from "./lateness.ts";

export interface LaggingReaderOptions {
  readonly arrivals: Arrivals;
  readonly startMs: number;
  readonly endMs: number;
  readonly periodSeconds: number;
  /** How far behind now it reads. @default 300 */
  readonly lagSeconds?: number;
}

/** Requests that a reader made, and the records that it never saw. */
export interface LaggingReaderResult {
  readonly requests: number;
  readonly lost: number;
}

/**
 * The usual way to read a log: at each period everything from where it stopped to a fixed lag behind now, all pages,
 * and never again.
 */
export async function readWithLag(options: LaggingReaderOptions): Promise<LaggingReaderResult> {
  const { arrivals, startMs, endMs, periodSeconds, lagSeconds = 300 } = options;
  let nowMs = startMs;
  const store = createGraphStore(arrivals, {
    field: "createdDateTime",
    links: "skiptoken",
    now: () => nowMs,
  });
  const seen = new Set<string>();
  let requests = 0;
  let fromMs = startMs - 1000;
  for (; nowMs < endMs; nowMs += periodSeconds * 1000) {
    const toMs = nowMs - lagSeconds * 1000;
    if (toMs <= fromMs) continue;
    const filter = `createdDateTime ge ${at(fromMs)} and createdDateTime le ${at(toMs)}`;
    let url: string | undefined = `https://graph.microsoft.com/v1.0/auditLogs/signIns?$filter=${
      encodeURIComponent(filter)
    }&$top=1000`;
    while (url !== undefined) {
      requests++;
      const text = await readText(store.answer({ method: "GET", url, headers: {} }), 1e9);
      const page: { value: { id: string }[]; "@odata.nextLink"?: string } = JSON.parse(text);
      for (const { id } of page.value) seen.add(id);
      url = page["@odata.nextLink"];
    }
    fromMs = toMs;
  }
  return { requests, lost: store.size - seen.size };
}

function at(ms: number): string {
  return formatInstant(fromMillis(ms));
}
