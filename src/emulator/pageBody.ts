import { Buffer } from "node:buffer";
import type { Page } from "./pages.ts";
import type { Random } from "./random.ts";

/** How the envelope of a page is written. */
export interface Envelope {
  /** `@odata.context`. */
  readonly context: string;
  readonly random: Random;
  /** End with a bracket that does not match. */
  readonly broken: boolean;
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
  head += `,"value":[`;
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
