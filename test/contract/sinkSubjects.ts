/** Every sink there is, each with another side that can be told what to do: what `sinks.test.ts` judges. */
import { Buffer } from "node:buffer";
import { join } from "node:path";
import { expect } from "vitest";
import { createResponseSink } from "../../src/server/pull/responseSink.ts";
import type { FileLocker } from "../../src/files/lock.ts";
import { openFileSink } from "../../src/sink/file.ts";
import { createFunctionSink } from "../../src/sink/functionSink.ts";
import type { BodyKind } from "../../src/sink/httpBody.ts";
import { createLineMark } from "../../src/sink/lineMark.ts";
import { createReaderSink } from "../../src/sink/readerSink.ts";
import type { Sink } from "../../src/sink/sink.ts";
import { createStdoutSink } from "../../src/sink/stdout.ts";
import { STOP_GRACE_MS } from "../../src/sink/writeQueue.ts";
import { type HandClock, handClock } from "../support/handClock.ts";
import { spoolText } from "../support/spoolModel.ts";
import { hostLocker } from "../support/stateLocker.ts";
import { tempFolder } from "../support/tempFolder.ts";
import { httpRig } from "../unit/sink/httpRig.ts";
import { openReceiver } from "../unit/sink/receiver.ts";

/** What the other side does with lines. */
export type Mood = "takes" | "refuses" | "stalls";

/** An open sink and its other side. */
export interface Opened {
  readonly sink: Sink;
  readonly clock: HandClock;
  readonly stop: AbortController;
  /** What the other side has got, as lines. */
  taken(): string;
  /** From the next write on. */
  become(mood: Mood): void;
  /** Resolves when lines have come to a side that takes none. */
  met(): Promise<void>;
  /** The same sink as a new process would open it, after the first was killed. */
  again(): Promise<Opened>;
  /** Fails unless everything is let go of. */
  expectReleased(): Promise<void>;
}

/** A sink, and which parts of the contract are its own. */
export interface Subject {
  readonly name: string;
  open(): Promise<Opened>;
  /** The code of a write that its other side refuses. */
  readonly refusal: string;
  /** What ends a write that its other side does not take, and when; `null` where no write can stall. */
  readonly gives: { readonly up: "after a stop" | "by itself"; readonly afterMs: number } | null;
  /**
   * Whether a stop ends its writes at once: the other side is in this process, and knows of it. What a stop does there is
   * in `test/unit/sink/readerSink.test.ts`. @default false
   */
  readonly stopsAtOnce?: true;
  /** What it knows of the records that it accepted. */
  readonly accepted: "nothing" | "in this process" | "in the next process, too";
}

const AFTER_A_STOP = { up: "after a stop", afterMs: STOP_GRACE_MS } as const;

/** More than the spool may hold here, so that a write of it is refused. */
export const LARGE_LINE = `${"x".repeat(200_000)}\n`;
const SPOOL_BYTES = 100_000;

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Waits for something that nobody announces; the test's time limit ends it. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await turn();
}

function openStdout(folder = tempFolder()): Opened {
  const clock = handClock();
  const stop = new AbortController();
  let mood: Mood = "takes";
  let text = "";
  let stuck = 0;
  const write = async (bytes: Uint8Array) => {
    if (mood === "refuses") throw Object.assign(new Error("write EPIPE"), { code: "EPIPE" });
    if (mood === "stalls") {
      stuck++;
      return new Promise<void>(() => {});
    }
    // The kernel takes the bytes some time after it was asked to.
    await turn();
    text += Buffer.from(bytes).toString();
  };
  return {
    sink: createStdoutSink(write, { stop: stop.signal, clock }, createLineMark(join(folder, "mark"), null)),
    clock,
    stop,
    taken: () => text,
    become: (next) => void (mood = next),
    met: () => until(() => stuck > 0),
    again: () => Promise.resolve(openStdout()),
    expectReleased: () => Promise.resolve(),
  };
}

function openFile(folder = tempFolder()): Opened {
  const clock = handClock();
  const path = join(folder, "events.ndjson");
  const host = hostLocker();
  let unlock = () => {};
  const locker: FileLocker = (file) => {
    const lock = host(file);
    if (lock.status === "locked") unlock = lock.release;
    return lock;
  };
  const open = () =>
    openFileSink({
      path,
      rotateBytes: 1e9,
      rotateSeconds: 3600,
      maxSpoolBytes: SPOOL_BYTES,
      locker,
      now: clock.now,
      report: () => {},
    });
  return {
    sink: open(),
    clock,
    stop: new AbortController(),
    taken: () => spoolText(path),
    // Its limit refuses; who writes the large line meets it.
    become: () => {},
    met: () => Promise.resolve(),
    again() {
      // A process that was killed holds no lock.
      unlock();
      return Promise.resolve(openFile(folder));
    },
    expectReleased: () => open().close(),
  };
}

async function openHttp(body: BodyKind): Promise<Opened> {
  const clock = handClock();
  let mood: Mood = "takes";
  const receiver = await openReceiver(() => ({ takes: 200, refuses: 401, stalls: "silent" } as const)[mood]);
  const connect = (): Opened => {
    const { sink, stop } = httpRig(receiver.url, { body, clock });
    return {
      sink,
      clock,
      stop,
      taken: () => receiver.taken.map((bytes) => linesOf(bytes.toString(), body)).join(""),
      become: (next) => void (mood = next),
      met: () => until(() => receiver.posts.length > 0),
      again: () => Promise.resolve(connect()),
      expectReleased: () => until(() => receiver.open === 0),
    };
  };
  return connect();
}

/** What Fluent Bit makes of a body. */
function linesOf(body: string, kind: BodyKind): string {
  if (kind === "lines") return body;
  return (JSON.parse(body) as { line: string }[]).map(({ line }) => `${line}\n`).join("");
}

const STALL_MS = 60_000;

/** The answer to a pull, which is a sink for as long as it lasts. */
function openResponse(): Opened {
  const clock = handClock();
  const response = createResponseSink({ clock, stallMs: STALL_MS, onClosed: () => {} });
  const reader = response.body.getReader();
  let mood: Mood = "takes";
  let text = "";
  const goOn = async () => {
    while (mood === "takes") {
      const { done, value } = await reader.read();
      if (done) return;
      // What is read is out of this process when more is asked for.
      await turn();
      text += Buffer.from(value).toString();
    }
  };
  void goOn().catch(() => {});
  return {
    sink: { write: response.write, close: () => Promise.resolve(response.end()) },
    clock,
    stop: new AbortController(),
    taken: () => text,
    become(next) {
      mood = next;
      if (next === "refuses") void reader.cancel();
    },
    met: () => until(() => clock.sleeping.length > 0),
    again: () => Promise.resolve(openResponse()),
    expectReleased: async () => expect((await reader.read()).done).toBe(true),
  };
}

/** A function of a program that imports graphtap. */
function openFunction(): Opened {
  const clock = handClock();
  const stop = new AbortController();
  let mood: Mood = "takes";
  let text = "";
  let stuck = 0;
  const write = async (lines: Uint8Array) => {
    if (mood === "refuses") throw new Error("a full disk");
    if (mood === "stalls") {
      stuck++;
      return new Promise<void>(() => {});
    }
    await turn();
    text += Buffer.from(lines).toString();
  };
  return {
    sink: createFunctionSink(write, { stop: stop.signal, clock }),
    clock,
    stop,
    taken: () => text,
    become: (next) => void (mood = next),
    met: () => until(() => stuck > 0),
    again: () => Promise.resolve(openFunction()),
    expectReleased: () => Promise.resolve(),
  };
}

/** A loop of such a program, which takes line after line. */
function openLoop(other = { text: "" }): Opened {
  const stop = new AbortController();
  const reader = createReaderSink(stop.signal);
  let mood: Mood = "takes";
  const goOn = async () => {
    for (let line = await reader.next(); line !== null; line = await reader.next()) {
      if (mood === "refuses") return reader.leave();
      other.text += `${Buffer.from(line.bytes).toString()}\n`;
    }
  };
  void goOn();
  return {
    sink: reader.sink,
    clock: handClock(),
    stop,
    taken: () => other.text,
    become: (next) => void (mood = next),
    met: () => Promise.resolve(),
    again: () => Promise.resolve(openLoop(other)),
    expectReleased: () => Promise.resolve(),
  };
}

/** All sinks; one that is added to `src/sink` joins them. */
export const subjects: readonly Subject[] = [
  {
    name: "standard output",
    open: () => Promise.resolve(openStdout()),
    refusal: "sink-closed",
    gives: AFTER_A_STOP,
    accepted: "nothing",
  },
  {
    name: "a file",
    open: () => Promise.resolve(openFile()),
    refusal: "sink-full",
    gives: null,
    accepted: "in the next process, too",
  },
  {
    name: "HTTP, body of lines",
    open: () => openHttp("lines"),
    refusal: "sink-unusable",
    gives: AFTER_A_STOP,
    accepted: "in this process",
  },
  {
    name: "HTTP, body for Fluent Bit",
    open: () => openHttp("fluent-bit"),
    refusal: "sink-unusable",
    gives: AFTER_A_STOP,
    accepted: "in this process",
  },
  {
    name: "the answer to a pull",
    open: () => Promise.resolve(openResponse()),
    refusal: "sink-closed",
    gives: { up: "by itself", afterMs: STALL_MS },
    accepted: "nothing",
  },
  {
    name: "a function of a program",
    open: () => Promise.resolve(openFunction()),
    refusal: "sink-unusable",
    gives: AFTER_A_STOP,
    accepted: "nothing",
  },
  {
    name: "a loop of a program",
    open: () => Promise.resolve(openLoop()),
    refusal: "sink-closed",
    gives: null,
    stopsAtOnce: true,
    accepted: "in this process",
  },
];
