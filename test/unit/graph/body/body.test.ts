import { Buffer } from "node:buffer";
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openBody, TOO_SLOW } from "../../../../src/graph/body/body.ts";

const TIMEOUT_MS = 1000;

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] }));
afterEach(() => void vi.useRealTimers());

function open() {
  const sent = new PassThrough();
  const body = openBody(sent, { inflate: null, timeoutMs: TIMEOUT_MS, failure: (error) => error });
  return { sent, pieces: body[Symbol.asyncIterator]() };
}

const text = (value: Uint8Array) => Buffer.from(value).toString();
/** Until streams and promises have nothing left to do. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Asks for the next piece, which comes after so long. */
async function waitFor(ms: number, { sent, pieces }: ReturnType<typeof open>): Promise<string> {
  const next = pieces.next();
  await settled();
  vi.advanceTimersByTime(ms);
  sent.write("piece");
  return text((await next).value);
}

describe("a body", () => {
  it("comes piece by piece, and has an end", async () => {
    const { sent, pieces } = open();
    sent.write("one");
    expect(text((await pieces.next()).value)).toBe("one");
    const next = pieces.next();
    sent.end("two");
    expect(text((await next).value)).toBe("two");
    expect(await pieces.next()).toEqual({ done: true, value: undefined });
    expect(vi.getTimerCount()).toBe(0);
  });

  it("is given up when its pieces have kept us waiting for too long altogether", async () => {
    const body = open();
    for (let waits = 0; waits < 3; waits++) expect(await waitFor(300, body)).toBe("piece");
    const last = body.pieces.next().catch((error) => error);
    await settled();
    vi.advanceTimersByTime(99);
    await settled();
    expect(body.sent.destroyed).toBe(false);
    vi.advanceTimersByTime(2);
    expect(await last).toMatchObject({ code: TOO_SLOW });
  });

  it("may be read as slowly as its reader likes", async () => {
    const body = open();
    for (let pieces = 0; pieces < 5; pieces++) {
      expect(await waitFor(100, body)).toBe("piece");
      vi.advanceTimersByTime(10 * TIMEOUT_MS);
      await settled();
    }
    expect(body.sent.destroyed).toBe(false);
    await body.pieces.return?.();
    expect(body.sent.destroyed).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("fails as its connection does", async () => {
    const { sent, pieces } = open();
    const next = pieces.next().catch((error) => error);
    await settled();
    const failure = new Error("other side closed");
    sent.destroy(failure);
    expect(await next).toBe(failure);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("fails where its connection had failed before anybody read it", async () => {
    const { sent, pieces } = open();
    const failure = new Error("other side closed");
    sent.destroy(failure);
    await settled();
    await expect(pieces.next()).rejects.toBe(failure);
  });
});
