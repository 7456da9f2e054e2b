import { Buffer } from "node:buffer";
import { pipeline, Readable } from "node:stream";
import { createGunzip, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { createInflateBySteps } from "../../../src/graph/body/inflate.ts";
import { openUnchecked } from "../../../src/graph/body/unchecked.ts";
import { seededRandom } from "../../support/lateness.ts";

const BODIES = 800;

type Random = () => number;

/** What came of a body: its bytes, or why it was refused. */
interface Outcome {
  readonly bytes: Buffer | null;
  readonly code: string | null;
  readonly message: string | null;
}

/** What zlib's own stream makes of it. */
function byZlib(chunks: readonly Buffer[]): Promise<Outcome> {
  const stream = pipeline(Readable.from(chunks), createGunzip(), () => {});
  return outcomeOf(stream);
}

function withoutCrc(chunks: readonly Buffer[]): Promise<Outcome> {
  const waiting = chunks.values();
  const pieces = inflate(() => Promise.resolve(waiting.next().value ?? null));
  return outcomeOf((async function* () {
    for (let piece = await pieces(); piece !== null; piece = await pieces()) yield Buffer.from(piece);
  })());
}

const inflate = createInflateBySteps(openUnchecked);

async function outcomeOf(pieces: AsyncIterable<Buffer>): Promise<Outcome> {
  const came: Buffer[] = [];
  try {
    for await (const piece of pieces) came.push(piece);
    return { bytes: Buffer.concat(came), code: null, message: null };
  } catch (error) {
    const { code, message } = error as { code: string; message: string };
    return { bytes: null, code, message };
  }
}

const upTo = (random: Random, most: number) => Math.floor(random() * (most + 1));
const oneOf = <T>(random: Random, values: readonly T[]): T => values[upTo(random, values.length - 1)]!;

/** Text of any length, of which some repeats. */
function text(random: Random): Buffer {
  const length = oneOf(random, [0, 1, 30, 5_000, 70_000, 600_000]);
  const letters = oneOf(random, [1, 4, 256]);
  const unit = Buffer.from(Array.from({ length: 1 + upTo(random, 3_000) }, () => upTo(random, letters - 1)));
  return Buffer.alloc(upTo(random, length), unit);
}

/** A member whose header may tell of more than its ten bytes. */
function member(random: Random): Buffer {
  const level = oneOf(random, [0, 1, 6, 9]);
  const plain = gzipSync(text(random), { level });
  if (random() < 0.7) return plain;
  const flags = upTo(random, 31);
  plain[3] = flags;
  const parts = [plain.subarray(0, 10)];
  if (flags & 4) parts.push(Buffer.from([3, 0, 65, 80, 2]));
  if (flags & 8) parts.push(Buffer.from("a file\0"));
  if (flags & 16) parts.push(Buffer.from("a comment\0"));
  if (flags & 2) parts.push(Buffer.from([upTo(random, 255), upTo(random, 255)]));
  return Buffer.concat([...parts, plain.subarray(10)]);
}

function body(random: Random): Buffer {
  const members = Array.from({ length: oneOf(random, [1, 1, 1, 2, 3]) }, () => member(random));
  return Buffer.concat([...members, ...random() < 0.2 ? [Buffer.from("<html>")] : []]);
}

/** Most likely near an end, where there is most to be told apart. */
function place(random: Random, length: number): number {
  const near = upTo(random, Math.min(length, 24));
  return oneOf(random, [near, length - near, upTo(random, length)]);
}

function spoilt(random: Random, whole: Buffer): Buffer {
  const bytes = random() < 0.5 ? whole : whole.subarray(0, place(random, whole.length));
  if (random() < 0.5) return bytes;
  const damaged = Buffer.from(bytes);
  for (let times = 1 + upTo(random, 2); times > 0 && damaged.length > 0; times--) {
    const at = Math.min(place(random, damaged.length), damaged.length - 1);
    damaged[at] = damaged[at]! ^ (1 << upTo(random, 7));
  }
  return damaged;
}

function chunksOf(random: Random, bytes: Buffer): Buffer[] {
  const chunks: Buffer[] = [];
  const most = oneOf(random, [3, 12, 1_000, 65_536]);
  const cuts = bytes.length / most > 2_000 ? 65_536 : most;
  for (let at = 0; at < bytes.length;) {
    const end = at + 1 + upTo(random, cuts);
    chunks.push(bytes.subarray(at, end));
    at = end;
  }
  return chunks;
}

describe("A gzip body whose CRC is left out", () => {
  it("is all else as zlib has it: whole, cut off and damaged anywhere, in chunks of any size", async () => {
    const counts = { whole: 0, refused: 0, unchecked: 0 };
    for (let seed = 1; seed <= BODIES; seed++) {
      const random = seededRandom(seed);
      // Whole, for a stream of zlib's forgets all that follows a zero, and steps do so in the same chunk only.
      const zeros = Buffer.alloc(oneOf(random, [0, 0, 0, 1, 20]));
      const chunks = chunksOf(random, Buffer.concat([spoilt(random, body(random)), zeros]));
      const [expected, found] = [await byZlib(chunks), await withoutCrc(chunks)];
      if (expected.message === "incorrect data check") {
        counts.unchecked++;
        continue;
      }
      counts[expected.code === null ? "whole" : "refused"]++;
      expect(found.code, `seed ${seed}`).toBe(expected.code);
      expect(expected.bytes === null || found.bytes?.equals(expected.bytes), `seed ${seed}`).toBe(true);
    }
    expect(Math.min(...Object.values(counts)), JSON.stringify(counts)).toBeGreaterThan(BODIES / 20);
  });

  it("is as long as it tells, whatever is in it", async () => {
    let taken = 0;
    for (let seed = 1; seed <= BODIES; seed++) {
      const random = seededRandom(seed);
      const bytes = gzipSync(text(random));
      for (let times = 0; times < 2; times++) {
        const at = 10 + upTo(random, bytes.length - 15);
        bytes[at] = bytes[at]! ^ (1 << upTo(random, 7));
      }
      const { bytes: found } = await withoutCrc(chunksOf(random, bytes));
      if (found === null) continue;
      taken++;
      expect(found.length, `seed ${seed}`).toBe(bytes.readUInt32LE(bytes.length - 4));
    }
    expect(taken).toBeGreaterThan(BODIES / 20);
  });
});
