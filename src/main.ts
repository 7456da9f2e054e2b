#!/usr/bin/env node
/** The process: words, environment, standard streams, signals, exit code. Nothing else touches them. */
import { Buffer } from "node:buffer";
import process from "node:process";
import { runCli } from "./cli/cli.ts";
import type { Runtime } from "./cli/runtime.ts";
import { flockByCommand, type LockableFile, lockByFile } from "./state/lock.ts";

/** The part of Deno that Node has no equal for. */
interface DenoNamespace {
  readonly stdout: { write(bytes: Uint8Array): Promise<number> };
  openSync(path: string, options: { read: boolean; write: boolean }): LockableFile;
}

const deno = (globalThis as { Deno?: DenoNamespace }).Deno;

// Deno's process.stdout blocks the whole program until the reader takes the bytes; its own writer does not.
async function writeByDeno(stdout: DenoNamespace["stdout"], bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await stdout.write(bytes.subarray(at));
}

function writeByNode(bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(bytes, (error) => error ? reject(error) : resolve());
  });
}

async function readStdin(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString("utf8");
}

const runtime: Runtime = {
  args: process.argv.slice(2),
  env: process.env,
  writeStdout: deno ? (bytes) => writeByDeno(deno.stdout, bytes) : writeByNode,
  writeStderr: (text) => void process.stderr.write(text),
  stderrIsTerminal: process.stderr.isTTY === true,
  readStdin,
  onStopSignal: (callback) => {
    process.on("SIGTERM", callback);
    process.on("SIGINT", callback);
  },
  // Deno locks a file itself, which needs no permission to run flock.
  locker: deno ? lockByFile((path) => deno.openSync(path, { read: true, write: true })) : flockByCommand,
  pid: process.pid,
};

// The error reaches the writer's callback too; without a listener it would also end the process with a stack trace.
process.stdout.on("error", () => {});
process.stderr.on("error", () => {});

process.on("uncaughtException", (error) => {
  process.stderr.write(`graphtap: bug: ${error.stack ?? error.message}\n`, () => process.exit(70));
});

/** Ends the process when standard error has taken its last line, or will not. */
function exit(code: number): void {
  const end = () => process.exit(code);
  setTimeout(end, 1000);
  process.stderr.write("", end);
}

// All lines were awaited; open connections must not keep the process.
runCli(runtime).then(exit);
