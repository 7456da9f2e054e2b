import { Buffer } from "node:buffer";
import { Readable } from "node:stream";
import { createGzip } from "node:zlib";
import type { Page } from "./pages.ts";
import type { Random } from "./random.ts";

/** How the envelope of a page is written. */
export interface Envelope {
  /** `@odata.context`. */
  readonly context: string;
  readonly random: Random;
  /** End with a bracket that does not match. */
  readonly broken: boolean;
  /** The key of the array that holds the records. @default "value" */
  readonly array?: string;
  /** Finished members that stand before it. @default none */
  readonly before?: string;
}

const BLOCK_BYTES = 65_536;

/**
 * Writes a page in blocks of about 64 KB. Records are copied byte for byte. Graph promises no order of the
 * envelope's members, so the link stands before or after the array, and hints appear now and then.
 */
export function* pageBlocks(
  page: Page,
  records: Iterable<Uint8Array>,
  envelope: Envelope,
): Generator<Uint8Array> {
  const link = page.nextLink === null ? "" : `"@odata.nextLink":${JSON.stringify(page.nextLink)}`;
  const linkFirst = envelope.random.chance(0.5);
  const hint = envelope.random.chance(1 / 8)
    ? `,"@microsoft.graph.tips":"Use $select to choose only the properties your app needs. For example: GET ${
      envelope.context.replace(/^.*#/, "")
    }?$select=id"`
    : "";
  let head = `{"@odata.context":${JSON.stringify(envelope.context)}`;
  if (page.count !== null) head += `,"@odata.count":${page.count}`;
  if (linkFirst && link !== "") head += `,${link}`;
  if (envelope.before !== undefined) head += `,${envelope.before}`;
  head += `,${JSON.stringify(envelope.array ?? "value")}:[`;
  let tail = `]${hint}`;
  if (!linkFirst && link !== "") tail += `,${link}`;
  tail += envelope.broken ? "]" : "}";

  let pending: Uint8Array[] = [Buffer.from(head)];
  let length = 0;
  let isFirst = true;
  for (const record of records) {
    if (!isFirst) pending.push(COMMA);
    isFirst = false;
    pending.push(record);
    length += record.byteLength + 1;
    if (length < BLOCK_BYTES) continue;
    yield Buffer.concat(pending);
    pending = [];
    length = 0;
  }
  pending.push(Buffer.from(tail));
  yield Buffer.concat(pending);
}

const COMMA = Buffer.from(",");

/** A stream of blocks, made as the reader asks for them. */
export function streamOf(
  blocks: Generator<Uint8Array> | AsyncGenerator<Uint8Array>,
): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await blocks.next();
      if (next.done) controller.close();
      else controller.enqueue(next.value);
    },
    async cancel() {
      await blocks.return(undefined);
    },
  }, { highWaterMark: 0 });
}

/** The blocks, compressed. */
export async function* gzipped(blocks: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const block of Readable.from(blocks).pipe(createGzip())) yield block as Uint8Array;
}

/** A body that fails when its request is aborted, as one from a socket does. */
export function abortable(body: ReadableStream<Uint8Array>, signal: AbortSignal): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  let stop = () => {};
  return new ReadableStream<Uint8Array>({
    start(controller) {
      stop = () => {
        controller.error(signal.reason);
        reader.cancel(signal.reason).catch(() => {});
      };
      if (signal.aborted) stop();
      else signal.addEventListener("abort", stop, { once: true });
    },
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (signal.aborted) return;
        if (!done) return controller.enqueue(value);
        signal.removeEventListener("abort", stop);
        controller.close();
      } catch (error) {
        signal.removeEventListener("abort", stop);
        if (!signal.aborted) controller.error(error);
      }
    },
    cancel(reason) {
      signal.removeEventListener("abort", stop);
      return reader.cancel(reason);
    },
  }, { highWaterMark: 0 });
}
