/** The lines of exports (`exported.ts`), read and put together beside the places of their streams. */
import { Buffer } from "node:buffer";
import { createHash, hash } from "node:crypto";
import { GraphtapError } from "../../errors.ts";
import { decodeCheckpoint } from "../checkpoint.ts";
import { gapsIn } from "../gapLedger.ts";
import { inventoryIn } from "../inventory.ts";
import { lostRangesIn } from "../lostLedger.ts";
import type { StreamAddress } from "../streamFolders.ts";
import { EXPORT_VERSION } from "./exported.ts";
import type { StagedStream, StreamContent } from "./staged.ts";

/** A stream that is whole, and durable beside its place. */
export interface ArrivedStream {
  /** Whose it was. */
  readonly address: StreamAddress;
  readonly staged: StagedStream;
  /** Tells this export of the stream from every other. */
  readonly origin: string;
}

/** Begins a stream. @param bringsKeys false for a line of version 0.1 @throws whatever refuses it */
export type BeginStream = (address: StreamAddress, bringsKeys: boolean) => StagedStream;

type Line =
  | {
    readonly kind: "stream";
    readonly address: StreamAddress;
    readonly content: StreamContent;
    readonly bringsKeys: boolean;
  }
  | { readonly kind: "keys"; readonly periodMs: number; readonly bytes: Buffer; readonly more: boolean }
  | { readonly kind: "digest"; readonly digest: string }
  | { readonly kind: "end"; readonly streams: number };

/**
 * Reads exports to their end. What has not come whole is deleted again, and with it all that came before.
 *
 * @returns the streams, none of them in its place yet
 * @throws `usage` where the text is no export or was cut; `state-unusable`; what `begin` throws
 */
export async function receiveStreams(
  lines: AsyncIterable<string>,
  begin: BeginStream,
): Promise<readonly ArrivedStream[]> {
  const reader = createReader(begin);
  let number = 0;
  try {
    for await (const text of lines) {
      number++;
      if (text.trim() !== "") reader.take(text, number);
    }
    return reader.end();
  } catch (thrown) {
    reader.discard();
    throw thrown;
  }
}

/** A stream whose lines are coming. */
interface ComingStream {
  readonly address: StreamAddress;
  readonly content: StreamContent;
  readonly staged: StagedStream;
  readonly digest: ReturnType<typeof createHash>;
  /** Of a segment that comes in several lines. */
  readonly pieces: Buffer[];
}

function createReader(begin: BeginStream) {
  const arrived: ArrivedStream[] = [];
  let isEmpty = true;
  let coming: ComingStream | null = null;
  /** Streams of the export that has not ended yet; `null` between exports. */
  let unended: number | null = null;

  function arrive({ address, content, staged }: Omit<ComingStream, "digest" | "pieces">, origin: string) {
    staged.finish(content, origin);
    arrived.push({ address, staged, origin });
  }
  function takeStream(line: Line & { kind: "stream" }, text: string): void {
    const { address, content, bringsKeys } = line;
    const staged = begin(address, bringsKeys);
    const one = { address, content, staged, digest: createHash("sha256"), pieces: [] };
    // From here on it is known, and so deleted whatever comes.
    coming = one;
    if (bringsKeys) {
      unended ??= 0;
      return;
    }
    coming = null;
    arrive(one, hash("sha256", text, "hex"));
  }
  function takeKeys({ staged, pieces }: ComingStream, line: Line & { kind: "keys" }): void {
    pieces.push(line.bytes);
    if (line.more) return;
    staged.addSegment(line.periodMs, Buffer.concat(pieces.splice(0)));
  }
  function finish(one: ComingStream, expected: string, number: number): void {
    const origin = one.digest.digest("hex");
    if (origin !== expected) throw wrong(number, "tells of lines that are not those before it");
    arrive(one, origin);
    coming = null;
    unended = (unended ?? 0) + 1;
  }
  return {
    take(text: string, number: number): void {
      isEmpty = false;
      const line = readLine(text, number);
      const isOfStream = line.kind === "keys" || line.kind === "digest";
      if (isOfStream !== (coming !== null)) throw wrong(number, "is not in its place: lines are missing");
      if (line.kind === "stream") takeStream(line, text);
      if (line.kind === "keys") takeKeys(coming!, line);
      if (line.kind === "digest") return finish(coming!, line.digest, number);
      if (line.kind === "end") {
        if (line.streams !== (unended ?? 0)) throw wrong(number, "tells of another number of streams");
        unended = null;
      } else coming?.digest.update(`${text}\n`);
    },
    end(): readonly ArrivedStream[] {
      if (isEmpty) throw new GraphtapError("usage", "Cannot import: there is nothing on standard input");
      if (coming === null && unended === null) return arrived;
      throw new GraphtapError("usage", "Cannot import: the export was cut, for its end is missing");
    },
    discard(): void {
      coming?.staged.discard();
      for (const { staged } of arrived) staged.discard();
    },
  };
}

function wrong(number: number, what: string): GraphtapError {
  return new GraphtapError("usage", `Cannot import: line ${number} ${what}`);
}

function readLine(text: string, number: number): Line {
  let value: Record<string, unknown> | null;
  try {
    value = JSON.parse(text);
  } catch {
    throw wrong(number, 'is not JSON, or not whole; give what "graphtap state export" prints');
  }
  const { export: version, streams, seen, keys, more, digest } = value ?? {};
  if (typeof version === "number" && version > EXPORT_VERSION) {
    throw wrong(number, `is of version ${version}, written by a newer graphtap: update this one`);
  }
  if (typeof digest === "string") return { kind: "digest", digest };
  if (typeof seen === "string" && typeof keys === "string") {
    return {
      kind: "keys",
      periodMs: Date.parse(seen),
      bytes: Buffer.from(keys, "base64"),
      more: more === true,
    };
  }
  if (typeof streams === "number") return { kind: "end", streams };
  return { kind: "stream", ...readStream(value ?? {}, number), bringsKeys: version !== undefined };
}

function readStream(members: Record<string, unknown>, number: number) {
  const decoded = decodeCheckpoint(JSON.stringify(members["checkpoint"] ?? null), {
    inputId: "",
    service: "",
  });
  if (decoded.kind === "newer") {
    throw wrong(number, `holds a position of version ${decoded.version}, written by a newer graphtap`);
  }
  if (decoded.kind === "corrupt") throw wrong(number, `holds no position: ${decoded.reason}`);
  const gaps = gapsIn(members["gaps"] ?? []);
  if (gaps === null) throw wrong(number, "holds gaps that cannot be read");
  const lost = lostRangesIn(members["lost"] ?? []);
  if (lost === null) throw wrong(number, "holds lost ranges that cannot be read");
  const inventory = members["inventory"] === undefined ? null : inventoryIn(members["inventory"]);
  if (inventory === null && members["inventory"] !== undefined) {
    throw wrong(number, "holds an inventory that cannot be read");
  }
  const { address, position } = decoded;
  return { address, content: { position, gaps, lost, inventory } };
}
