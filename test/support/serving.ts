import type { Buffer as Bytes } from "node:buffer";
import { Buffer } from "node:buffer";
import { readFileSync } from "node:fs";
import { type IncomingHttpHeaders, type IncomingMessage, request } from "node:http";
import { onTestFinished } from "vitest";
import { type Running, start, type StartOptions } from "./program.ts";

/** The token of each server that made one up for itself, by its origin. */
const tokens = new Map<string, string>();

/** A running `graphtap serve`. */
export interface Serving extends Running {
  /** Origin without a slash at its end. */
  readonly url: string;
}

/**
 * Starts `graphtap serve` on any free port of loopback, unless the words say otherwise, and waits until it listens. What
 * is asked for then carries its token, where it made one up for itself.
 */
export function serve(words: readonly string[], options: StartOptions = {}): Promise<Serving> {
  const listen = words.includes("--listen") ? [] : ["--listen", "127.0.0.1:0"];
  return listening(start(["serve", ...listen, "--log-format", "json", ...words], options));
}

/** Waits until a program listens; what is asked of it then carries its token. */
export async function listening(running: Running): Promise<Serving> {
  const found = () => /"message":"listening","url":"([^"]+)"/.exec(running.stderr)?.[1];
  await running.until(() => found() !== undefined, "the server listens");
  const url = found()!.replace("0.0.0.0", "127.0.0.1");
  const [, file] = /"token_file":"([^"]+)"/.exec(running.stderr) ?? [];
  if (file !== undefined) tokens.set(url, readFileSync(file, "utf8").trim());
  return Object.assign(running, { url });
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Bytes;
  /** Whether the message was whole. */
  readonly whole: boolean;
}

/** One request, and the answer to its end, whole or not. */
export async function ask(
  url: string,
  options: { method?: string; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const response = await open(url, options);
  const chunks: Bytes[] = [];
  return await new Promise((resolve) => {
    const end = () =>
      resolve({
        status: response.statusCode ?? 0,
        headers: response.headers,
        body: Buffer.concat(chunks),
        whole: response.complete,
      });
    response.on("data", (chunk: Bytes) => chunks.push(chunk)).on("end", end).on("error", end);
  });
}

/** One request, and the answer as it begins; nothing of its body is read. */
export function open(
  url: string,
  options: { method?: string; headers?: Record<string, string> } = {},
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    // A connection of its own, so that one that is broken is nobody else's.
    const token = tokens.get(new URL(url).origin);
    const own = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const headers = { ...own, ...options.headers };
    const sent = request(url, { agent: false, ...options, headers }, (response) => {
      response.on("error", () => {});
      onTestFinished(() => void response.destroy());
      resolve(response);
    });
    sent.on("error", reject).end();
  });
}
