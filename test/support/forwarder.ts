/**
 * A shipper at its smallest: starts the program as Fluent Bit's exec input does, and carries each line to Devo, the
 * bytes unchanged. What was not yet handed to the kernel when a connection broke is sent again on the next one.
 */
import { Buffer } from "node:buffer";
import { type ChildProcess, spawn } from "node:child_process";
import { connect as connectPlain, type Socket } from "node:net";
import process from "node:process";
import { connect as connectTls } from "node:tls";
import { onTestFinished } from "vitest";
import type { Authority } from "./certificates.ts";

export interface ForwarderOptions {
  /** Words of the command; started through `sh -c "exec …"`. */
  readonly command: readonly string[];
  readonly port: number;
  /** Signs the certificate that the forwarder shows; `null` for plain TCP. */
  readonly authority: Authority | null;
}

export interface Forwarder {
  /** Lines taken from the program. */
  readonly taken: number;
  readonly stderr: string;
  readonly child: ChildProcess;
  /** The program's exit code, when it is gone, its output was read to the end and all of it was handed on. */
  readonly ended: Promise<number | null>;
}

const RECONNECT_MS = 20;
const MOST_WAITING = 1000;
const LINE_FEED = 0x0a;

export function startForwarder(options: ForwarderOptions): Forwarder {
  const identity = options.authority?.issue("forwarder.test");
  const child = spawn("/bin/sh", ["-c", `exec ${options.command.map(quoted).join(" ")}`], {
    env: withoutOurs(process.env),
    stdio: ["ignore", "pipe", "pipe"],
  });
  const waiting: Buffer[] = [];
  let inFlight = 0;
  let rest: Buffer[] = [];
  let taken = 0;
  let stderr = "";
  let socket: Socket | null = null;
  let over = false;
  let finish = () => {};
  const drained = new Promise<void>((resolve) => finish = resolve);

  child.stderr.on("data", (text) => stderr += text);
  child.stdout.on("data", (bytes: Buffer) => {
    let from = 0;
    for (let at = bytes.indexOf(LINE_FEED); at >= 0; at = bytes.indexOf(LINE_FEED, from)) {
      waiting.push(Buffer.concat([...rest, bytes.subarray(from, at + 1)]));
      rest = [];
      from = at + 1;
      taken++;
    }
    if (from < bytes.length) rest.push(bytes.subarray(from));
    if (waiting.length > MOST_WAITING) child.stdout.pause();
    send();
  });
  child.stdout.on("end", () => {
    over = true;
    send();
  });

  function dial(): void {
    const to = { host: "127.0.0.1", port: options.port };
    const dialled: Socket = options.authority === null || identity === undefined
      ? connectPlain(to, () => ready(dialled))
      : connectTls({ ...to, ca: options.authority.chain, ...identity }, () => ready(dialled));
    dialled.on("error", () => {});
    dialled.on("close", () => {
      socket = null;
      inFlight = 0;
      if (over && waiting.length === 0) finish();
      else setTimeout(dial, RECONNECT_MS).unref();
    });
    dialled.resume();
  }

  function ready(dialled: Socket): void {
    socket = dialled;
    send();
  }

  function send(): void {
    if (socket === null) return;
    const writing = socket;
    while (inFlight < waiting.length && inFlight < 64) {
      inFlight++;
      writing.write(waiting[inFlight - 1]!, (error) => {
        // A line of a connection that is gone stays in the queue.
        if (error || writing !== socket) return;
        waiting.shift();
        inFlight--;
        if (waiting.length < MOST_WAITING / 2) child.stdout.resume();
        send();
      });
    }
    if (over && waiting.length === 0) writing.end();
  }

  dial();
  onTestFinished(() => {
    child.kill("SIGKILL");
    over = true;
    waiting.length = 0;
    socket?.destroy();
  });
  const code = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (status) => resolve(status));
  });
  return {
    get taken() {
      return taken;
    },
    get stderr() {
      return stderr;
    },
    child,
    ended: drained.then(() => code),
  };
}

const quoted = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`;

function withoutOurs(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter(([name, value]) => !/^GRAPHTAP_/.test(name) && value !== undefined),
  ) as Record<string, string>;
}
