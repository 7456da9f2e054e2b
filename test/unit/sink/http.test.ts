import { Buffer } from "node:buffer";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { GraphtapError } from "../../../src/errors.ts";
import { recordKey } from "../../../src/record/keyMaker.ts";
import { handClock } from "../../support/handClock.ts";
import { httpRig, lines } from "./httpRig.ts";
import { openReceiver, type Reaction } from "./receiver.ts";

const text = (bodies: readonly Buffer[]) => Buffer.concat(bodies).toString();

describe("delivery over HTTP", () => {
  it("posts lines in their order, one request at a time, over one connection", async () => {
    const receiver = await openReceiver();
    const { write } = httpRig(receiver.url);
    await Promise.all([write(lines(0, 2500)), write(lines(2500, 2600)), write(lines(2600, 2601))]);
    expect(text(receiver.taken)).toBe(lines(0, 2601));
    expect(receiver.posts.map(({ headers, url }) => [headers["content-type"], headers["user-agent"], url]))
      .toEqual(
        receiver.posts.map(() => ["application/x-ndjson", "graphtap/test", "/ingest"]),
      );
    expect([receiver.posts.length, receiver.mostAtOnce, receiver.connections]).toEqual([5, 1, 1]);
  });

  it("posts objects to Fluent Bit", async () => {
    const receiver = await openReceiver(() => 201);
    const { write } = httpRig(receiver.url, { body: "fluent-bit" });
    await write(lines(0, 3));
    expect(receiver.posts[0]!.headers["content-type"]).toBe("application/json");
    expect(JSON.parse(text(receiver.taken))).toEqual([0, 1, 2].map((n) => ({ line: `{"n":${n}}` })));
  });

  it("compresses when asked", async () => {
    const receiver = await openReceiver();
    const { write } = httpRig(receiver.url, { gzip: true });
    await write(lines(0, 2000));
    expect(receiver.posts[0]!.headers["content-encoding"]).toBe("gzip");
    expect(Number(receiver.posts[0]!.headers["content-length"])).toBeLessThan(
      receiver.posts[0]!.body.length / 2,
    );
    expect(text(receiver.taken)).toBe(lines(0, 2000));
  });

  it("accepts when the receiver has answered, not before", async () => {
    let answered = false;
    const receiver = await openReceiver(() => {
      answered = true;
      return 204;
    });
    const { write } = httpRig(receiver.url);
    const writing = write(lines(0, 1));
    expect(answered).toBe(false);
    await writing;
    expect(answered).toBe(true);
  });

  it.each<[string, Reaction[], "lines" | "fluent-bit"]>([
    ["a reset", ["reset", "reset", 200], "lines"],
    ["5xx", [500, 502, 503, 504, 200], "lines"],
    ["429 and 408", [429, 408, 425, 200], "fluent-bit"],
    ["no answer", ["silent", 200], "lines"],
    ["400, which is how Fluent Bit 4.2.8 says that it is paused", [400, 400, 201], "fluent-bit"],
    ["everything one after the other", [503, "reset", 429, "reset", 500, 200], "fluent-bit"],
  ])("goes on whole after %s", async (_, reactions, body) => {
    const receiver = await openReceiver((_, number) => reactions[number - 1] ?? 200);
    const { write, clock, dead, sink } = httpRig(receiver.url, { body, answerTimeoutMs: 100 });
    await write(lines(0, 3));
    await write(lines(3, 5));
    expect(receiver.posts.slice(0, reactions.length).map((post) => post.body.toString())).toEqual(
      reactions.map(() => receiver.posts[0]!.body.toString()),
    );
    const got = body === "lines"
      ? text(receiver.taken)
      : receiver.taken.flatMap((one) => JSON.parse(String(one)) as { line: string }[])
        .map(({ line }) => `${line}\n`).join("");
    expect(got).toBe(lines(0, 5));
    expect(clock.sleeps).toHaveLength(reactions.length - 1);
    expect(dead()).toEqual([]);
    expect(sink.figures!()).toEqual({
      retries: reactions.length - 1,
      setAside: 0,
      deadLetters: null,
      spool: null,
    });
  });

  it.each(["endless", "unending"] as const)(
    "does not wait for the end of an answer that is %s",
    async (kind) => {
      const receiver = await openReceiver((_, number) => number === 1 ? kind : 200);
      const { write } = httpRig(receiver.url, { bodyTimeoutMs: 100 });
      await write("a\n");
      await write("b\n");
      expect(receiver.taken.map(String)).toEqual(["a\n", "b\n"]);
    },
  );

  it("delivers twice only what was taken with the answer lost", async () => {
    const receiver = await openReceiver((_, number) => number === 2 ? "reset-after-answer" : 200);
    const { write } = httpRig(receiver.url);
    await write(lines(0, 1));
    await write(lines(1, 2));
    await write(lines(2, 3));
    expect(text(receiver.taken)).toBe(lines(0, 2) + lines(1, 3));
  });

  it("waits longer and longer, up to half a minute, and as long as it is asked to", async () => {
    const receiver = await openReceiver((_, number) =>
      number === 10 ? { status: 429, retryAfter: "120" } : number > 10 ? 200 : 503
    );
    const { write, clock } = httpRig(receiver.url);
    await write(lines(0, 1));
    const backoff = [250, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000].map((ms) => ms * 0.75);
    expect(clock.sleeps).toEqual([...backoff, 120_000 + 30_000 * 0.05]);
  });

  it("waits until the date that the receiver names", async () => {
    const receiver = await openReceiver((_, number) =>
      number > 1 ? 200 : { status: 503, retryAfter: "Sun, 22 Nov 2026 16:01:30 GMT" }
    );
    const { write, clock } = httpRig(receiver.url);
    await write(lines(0, 1));
    expect(clock.now()).toBeGreaterThanOrEqual(Date.UTC(2026, 10, 22, 16, 1, 30));
  });

  it("says once a minute that it waits, and when it is over", async () => {
    const receiver = await openReceiver((_, number) => number > 20 ? 200 : 503);
    const { write, logged } = httpRig(receiver.url);
    await write(lines(0, 1));
    const entries = logged.map((line) => JSON.parse(line));
    const waited = entries.filter(({ level }) => level === "warn");
    expect(waited.length).toBeGreaterThan(3);
    expect(waited.length).toBeLessThan(8);
    expect(waited[0]).toMatchObject({
      message: `${
        new URL(receiver.url).origin
      } does not take the lines: it answered 503; trying until it does`,
      attempts: 1,
    });
    expect(entries.at(-1)).toMatchObject({ level: "info", attempts: 21 });
  });

  it("holds back who writes for as long as the receiver thinks", async () => {
    let open = () => {};
    const gate = new Promise<void>((resolve) => open = resolve);
    const receiver = await openReceiver();
    const { sink } = httpRig(receiver.url, {
      clock: { now: Date.now, sleep: () => gate },
    });
    const full = await openReceiver((_, number) => number === 1 ? 503 : 200);
    const slow = httpRig(full.url, { clock: { now: Date.now, sleep: () => gate } });
    let accepted = 0;
    const writing = [1, 2].map((n) => slow.write(lines(n, n + 1)).then(() => accepted++));
    await sink.write(Buffer.from(lines(0, 1)));
    await sleep(30);
    expect([accepted, full.posts.length]).toEqual([0, 1]);
    open();
    await Promise.all(writing);
    expect(accepted).toBe(2);
  });
});

describe("a batch that is too large", () => {
  it.each(["lines", "fluent-bit"] as const)("of %s goes in halves, in order", async (body) => {
    const receiver = await openReceiver((post) => post.body.length > 100 ? 413 : 200);
    const { write, dead } = httpRig(receiver.url, { body });
    await write(lines(0, 50));
    const got = text(receiver.taken).match(/"n\\?":(\d+)/g)!.map((found) => Number(/\d+/.exec(found)));
    expect(got).toEqual(Array.from({ length: 50 }, (_, n) => n));
    expect(dead()).toEqual([]);
  });

  it("of one line is set aside with the reason, and the rest arrives", async () => {
    const receiver = await openReceiver((post) => post.body.length > 1000 ? 413 : 200);
    const { write, dead, logged } = httpRig(receiver.url);
    const giant = `{"giant":"${"x".repeat(2000)}"}\n`;
    await write(lines(0, 5) + giant + lines(5, 9));
    expect(text(receiver.taken)).toBe(lines(0, 9));
    expect(dead()).toEqual([{
      time: expect.stringMatching(/^2026-11-22T16:/),
      receiver: new URL(receiver.url).origin,
      status: 413,
      reason: "this is why",
      line: giant.trimEnd(),
    }]);
    expect(logged.join()).not.toContain("xxx");
  });
});

describe("a line that Vector refuses", () => {
  it("is found in the batch and set aside alone, and everything else arrives in order", async () => {
    const receiver = await openReceiver((post) => /"n":(13|700|701)}/.test(String(post.body)) ? 400 : 200);
    const { write, dead, sink } = httpRig(receiver.url);
    const keys = Array.from({ length: 1000 }, (_, n) => recordKey(String(n)));
    await sink.write(Buffer.from(lines(0, 1000)), { stream: "a", keys: Buffer.concat(keys) });
    await write(lines(1000, 1002));
    const bad = lines(13, 14) + lines(700, 702);
    expect(dead().map(({ line, status }) => [line, status])).toEqual(
      bad.trimEnd().split("\n").map((line) => [line, 400]),
    );
    expect(text(receiver.taken)).toBe(lines(0, 13) + lines(14, 700) + lines(702, 1002));
    expect(receiver.posts.length).toBeLessThan(60);
    expect(sink.accepted!("a")).toHaveLength(1000);
    expect(sink.figures!()).toMatchObject({
      retries: 0,
      setAside: 3,
      deadLetters: { bytes: expect.any(Number) },
      spool: null,
    });
  });

  it("keeps its bytes even where they are not UTF-8", async () => {
    const receiver = await openReceiver(() => 400);
    const { write, dead } = httpRig(receiver.url);
    const line = Buffer.from([0x7b, 0xff, 0x7d]);
    await write(Buffer.concat([line, Buffer.from("\n")]));
    expect(dead()).toMatchObject([{ line_base64: line.toString("base64") }]);
  });
});

describe("a receiver that will never take anything", () => {
  it.each([
    [401, "--auth-file"],
    [403, "--auth-file"],
    [404, "path in --to"],
    [415, "--body"],
    [301, "redirects"],
  ])("answering %i ends it with what to check", async (status, words) => {
    const receiver = await openReceiver(() => status);
    const secret = "Basic c2lkZWNhcjpzM2NyM3Q=";
    const { write, logged, dead } = httpRig(receiver.url, { authorization: secret });
    const failure = { code: "sink-unusable", kind: { exitCode: 4 }, message: expect.stringContaining(words) };
    await expect(write(lines(0, 3))).rejects.toMatchObject(failure);
    await expect(write(lines(3, 4)), "it is not asked again").rejects.toMatchObject(failure);
    expect(receiver.posts.map(({ headers }) => headers.authorization)).toEqual([secret]);
    expect(dead()).toEqual([]);
    const error: Error = await write("x\n").catch((thrown) => thrown);
    expect(`${logged.join()} ${error.message}`).not.toContain("c2lkZWNhcjpzM2NyM3Q=");
  });
});

describe("a stop", () => {
  const stopped = new GraphtapError("stopped", "stopped by a signal");

  it("ends the waiting, and tells what was accepted so far", async () => {
    const receiver = await openReceiver((_, number) => number === 1 ? 200 : 503);
    const clock = handClock();
    const rig = httpRig(receiver.url, { clock });
    const keys = Array.from({ length: 1500 }, (_, n) => recordKey(String(n)));
    const writing = rig.sink.write(Buffer.from(lines(0, 1500)), { stream: "a", keys: Buffer.concat(keys) });
    while (clock.sleeping.length === 0) await sleep(1);
    rig.stop.abort(stopped);
    await expect(writing).rejects.toBe(stopped);
    expect(rig.sink.accepted!("a")).toEqual(keys.slice(0, 1000));
    rig.sink.committed!("a");
    expect(rig.sink.accepted!("a")).toEqual([]);
  });

  it("still lets lines out that the receiver takes", async () => {
    const receiver = await openReceiver();
    const rig = httpRig(receiver.url, { clock: handClock() });
    rig.stop.abort(stopped);
    await rig.write(lines(0, 3));
    expect(text(receiver.taken)).toBe(lines(0, 3));
  });

  it("does not wait for a receiver that is gone", async () => {
    const receiver = await openReceiver(() => "reset");
    const rig = httpRig(receiver.url, { clock: handClock() });
    rig.stop.abort(stopped);
    await expect(rig.write(lines(0, 3))).rejects.toBe(stopped);
  });
});
