import { Buffer } from "node:buffer";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import process from "node:process";
import { createGunzip, type Gunzip, gzipSync, type ZlibOptions } from "node:zlib";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  chooseInflate,
  createInflateBySteps,
  inflatedByStream,
  type Pieces,
} from "../../../../src/graph/body/inflate.ts";
import { openInflater } from "../../../../src/graph/body/inflater.ts";
import { openUnchecked } from "../../../../src/graph/body/unchecked.ts";

function chunksOf(bytes: Uint8Array, length: number): Pieces {
  let at = 0;
  return async () => {
    await Promise.resolve();
    at += length;
    return at - length < bytes.length ? bytes.subarray(at - length, at) : null;
  };
}

/** All that came out, copied as it came: pieces share their memory. */
async function collected(pieces: Pieces): Promise<Buffer> {
  const copies: Buffer[] = [];
  for (let piece = await pieces(); piece !== null; piece = await pieces()) copies.push(Buffer.from(piece));
  return Buffer.concat(copies);
}

function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(() => "no failure", (error: { code?: string }) => error.code);
}

const TEXT = Buffer.from(
  JSON.stringify({ value: Array.from({ length: 9_000 }, (_, id) => ({ id, name: `n${id * 7}` })) }),
);
/** A header that tells the name of a file. */
const NAMED = Buffer.from([0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3, 0x61, 0]);
const RANDOM = randomBytes(300_000);

describe.each([
  ["by steps", createInflateBySteps()],
  ["by steps without its CRC", createInflateBySteps(openUnchecked)],
  ["by a stream", inflatedByStream],
])(
  "A gzip body, inflated %s",
  (_, inflate) => {
    const bodies: [string, Buffer, Buffer][] = [
      ["of text", gzipSync(TEXT), TEXT],
      ["of what cannot be compressed", gzipSync(RANDOM), RANDOM],
      ["that grows a thousandfold", gzipSync(Buffer.alloc(1_200_000)), Buffer.alloc(1_200_000)],
      ["of exactly one piece", gzipSync(Buffer.alloc(512 * 1024, 1)), Buffer.alloc(512 * 1024, 1)],
      ["of nothing", gzipSync(""), Buffer.alloc(0)],
      ["that names its file", Buffer.concat([NAMED, gzipSync(TEXT).subarray(10)]), TEXT],
      ["in two members", Buffer.concat([gzipSync("one, "), gzipSync("two")]), Buffer.from("one, two")],
      ["with zeros behind it", Buffer.concat([gzipSync("text"), Buffer.alloc(20)]), Buffer.from("text")],
    ];
    it.each(bodies)("%s is what was compressed, however it is cut", async (_, body, expected) => {
      for (const length of [1, 10, 1000, 65_536, body.length]) {
        if (body.length / length > 3_000) continue;
        const whole = await collected(inflate(chunksOf(body, length)));
        expect(whole.equals(expected), `in chunks of ${length}`).toBe(true);
      }
    });

    it("is refused when it is cut off, wherever", async () => {
      const body = gzipSync(TEXT);
      for (const end of [1, 9, 10, 500, body.length - 9, body.length - 1]) {
        expect(await failureOf(collected(inflate(chunksOf(body.subarray(0, end), 400))))).toBe("Z_BUF_ERROR");
      }
    });

    it.each([
      ["no gzip", (body: Buffer) => Buffer.concat([Buffer.from("<html>"), body])],
      ["damaged", (body: Buffer) => body.fill(0xff, 2000, 2100)],
      ["not as long as it tells", (body: Buffer) => body.fill(0, body.length - 4)],
      ["followed by something else", (body: Buffer) => Buffer.concat([body, Buffer.from("else")])],
    ])("is refused when it is %s", async (_, spoil) => {
      expect(await failureOf(collected(inflate(chunksOf(spoil(gzipSync(TEXT)), 700))))).toBe("Z_DATA_ERROR");
    });
  },
);

describe("A gzip body that is not what its CRC tells", () => {
  const spoilt = (body: Buffer) => body.fill(0, body.length - 8, body.length - 4);

  it.each([["by steps", createInflateBySteps()], ["by a stream", inflatedByStream]])(
    "is refused %s",
    async (_, inflate) => {
      const work = collected(inflate(chunksOf(spoilt(gzipSync(TEXT)), 700)));
      expect(await failureOf(work)).toBe("Z_DATA_ERROR");
    },
  );

  it.each([
    ["is taken where its header is plain", gzipSync(TEXT), TEXT.toString()],
    [
      "is refused where it names its file",
      Buffer.concat([NAMED, gzipSync(TEXT).subarray(10)]),
      "Z_DATA_ERROR",
    ],
    [
      "is refused where it is the second member",
      Buffer.concat([gzipSync("one"), gzipSync(TEXT)]),
      "Z_DATA_ERROR",
    ],
  ])("%s, when it is inflated without its CRC", async (_, body, outcome) => {
    const work = collected(createInflateBySteps(openUnchecked)(chunksOf(spoilt(body), 700)));
    expect(await work.then(String, ({ code }) => code)).toBe(outcome);
  });
});

it("A body that is inflated by steps leaves others their turn between the pieces of one chunk", async () => {
  const pieces = createInflateBySteps()(chunksOf(gzipSync(Buffer.alloc(5_000_000)), 1_000_000));
  let waiting = 0;
  let longest = 0;
  for (let piece = await pieces(); piece !== null; piece = await pieces()) {
    if (waiting++ === 0) setImmediate(() => waiting = 0);
    longest = Math.max(longest, waiting);
  }
  expect(longest).toBeLessThanOrEqual(5);
});

it("A body that grows a thousandfold keeps neither a server's answer nor a signal waiting", async () => {
  const server = createServer((_, response) => void response.end("alive")).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const signal = once(process, "SIGUSR2");
  const came: string[] = [];

  const pieces = createInflateBySteps()(chunksOf(gzipSync(Buffer.alloc(200_000_000)), 1_000_000));
  await pieces();
  const answer = fetch(url).then((response) => response.text());
  process.kill(process.pid, "SIGUSR2");
  const others = [answer.then(() => came.push("answer")), signal.then(() => came.push("signal"))];
  while (await pieces() !== null);
  came.push("end");
  await Promise.all(others);
  expect(came.at(-1)).toBe("end");
});

it("A body is inflated by steps on the runtimes that we know", () => {
  expect(chooseInflate()).not.toBe(inflatedByStream);
  expect(chooseInflate(openUnchecked)).not.toBe(inflatedByStream);
});

it("Bodies that are inflated at once by steps, after each other and after one that broke off, do not mix", async () => {
  const inflate = createInflateBySteps();
  const texts = Array.from({ length: 20 }, (_, n) => Buffer.alloc(300_000 + n, `text ${n} `));
  const broken = gzipSync(TEXT).subarray(0, 400);
  for (let round = 0; round < 3; round++) {
    const cutOff = failureOf(collected(inflate(chunksOf(broken, 100))));
    const found = await Promise.all(texts.map((text) => collected(inflate(chunksOf(gzipSync(text), 500)))));
    expect(await cutOff).toBe("Z_BUF_ERROR");
    expect(found.map((text, n) => text.equals(texts[n]!))).toEqual(texts.map(() => true));
  }
});

describe("A body is inflated by a stream where the steps", () => {
  it.each([
    ["are not there", {}],
    ["do nothing", { _handle: { writeSync: () => {} }, _writeState: new Uint32Array(2) }],
    ["say that they wrote what they did not", {
      _handle: { writeSync: () => {} },
      _writeState: new Uint32Array([48, 0]),
    }],
    ["have another way to fail", { _handle: { writeSync: () => fail() }, _writeState: new Uint32Array(2) }],
  ])("%s", (_, parts) => {
    const create = () => ({ destroy: () => {}, ...parts }) as unknown as Gunzip;
    expect(chooseInflate((memory) => openInflater(memory, create))).toBe(inflatedByStream);
  });

  it("do not tell of a failure", () => {
    const create = (options: ZlibOptions = {}) => {
      const gunzip = createGunzip(options);
      const { _handle: handle } = gunzip as unknown as { _handle: object };
      // What is set on it is never called.
      Object.defineProperty(handle, "onerror", { get: () => () => {}, set: () => {} });
      return gunzip;
    };
    expect(chooseInflate((memory) => openInflater(memory, create))).toBe(inflatedByStream);
  });
});

function fail(): never {
  throw new TypeError("illegal invocation");
}
