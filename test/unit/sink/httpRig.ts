import { Buffer } from "node:buffer";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { createDeadLetters } from "../../../src/sink/deadLetter.ts";
import { createHttpSink, type HttpSinkOptions } from "../../../src/sink/http.ts";
import { createLog } from "../../../src/telemetry/log.ts";
import { manualClock } from "../../support/manualClock.ts";
import { tempFolder } from "../../support/tempFolder.ts";

/** An HTTP sink whose waits take no time. */
export function httpRig(url: string, options: Partial<HttpSinkOptions> = {}) {
  const clock = manualClock();
  const stop = new AbortController();
  const logged: string[] = [];
  const deadLetter = join(tempFolder(), "dead-letter.ndjson");
  const sink = createHttpSink({
    url,
    body: "lines",
    json: true,
    gzip: false,
    authorization: null,
    userAgent: "graphtap/test",
    deadLetters: createDeadLetters(deadLetter, new URL(url).origin, () => clock.now()),
    clock,
    random: () => 0.5,
    log: createLog({
      write: (line) => logged.push(line),
      format: "json",
      level: "debug",
      now: () => clock.now(),
    }),
    stop: stop.signal,
    ...options,
  });
  onTestFinished(() => sink.close());
  return {
    sink,
    clock,
    stop,
    logged,
    write: (text: string | Uint8Array) => sink.write(Buffer.from(text as string)),
    /** The lines that were set aside, as the file has them. */
    dead: (): Record<string, unknown>[] =>
      existsSync(deadLetter)
        ? readFileSync(deadLetter, "utf8").split("\n").slice(0, -1).map((line) => JSON.parse(line))
        : [],
  };
}

/** Lines with these numbers. */
export const lines = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => `{"n":${from + index}}\n`).join("");
