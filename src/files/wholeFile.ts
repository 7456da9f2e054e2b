/**
 * Files that are read whole, and so must end: /dev/zero does not, a log named by mistake takes all memory, and a pipe
 * that nobody writes to would hold up everything for ever.
 */
import { Buffer } from "node:buffer";
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { failureCode } from "./failure.ts";

/**
 * Bytes of a file at most. Eighty thousand inputs are that long, and the parser of YAML needs some eighty times the
 * length of its text in memory.
 */
export const MOST_FILE_BYTES = 16 * 1024 * 1024;

const PIECE_BYTES = 64 * 1024;
/** How long a pipe may be silent: somebody may have to type a passphrase on its other end. */
const PIPE_PATIENCE_MS = 60_000;
/** A pipe is looked at so often. */
const LOOK_MS = 20;
// Windows has no such flag and leaves it undefined.
const WITHOUT_WAITING: number = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/**
 * The bytes of a file, which may be a pipe.
 *
 * @param patienceMs how long a pipe may be silent, in milliseconds; nothing else runs in this process meanwhile
 * @default 60_000
 * @throws what the system says; `EFBIG` when there are more than {@linkcode MOST_FILE_BYTES}; `ETIMEDOUT` when a pipe
 * was silent for too long
 */
export function readWholeFile(path: string, patienceMs: number = PIPE_PATIENCE_MS): Buffer {
  const collected = collect();
  // Without waiting: to open a pipe that nobody writes to would wait until somebody does.
  const fd = openSync(path, WITHOUT_WAITING);
  try {
    // Before its writer has come, a pipe looks as it does at its end.
    let mayBegin = fstatSync(fd).isFIFO();
    let silentMs = 0;
    for (;;) {
      const piece = readPiece(fd);
      if (piece !== "nothing yet" && piece.length > 0) {
        collected.add(piece);
        mayBegin = false;
        silentMs = 0;
        continue;
      }
      if (piece === "nothing yet") mayBegin = false;
      else if (!mayBegin) return collected.whole();
      if (silentMs >= patienceMs) throw Object.assign(new Error("nothing came"), { code: "ETIMEDOUT" });
      pause(LOOK_MS);
      silentMs += LOOK_MS;
    }
  } finally {
    closeSync(fd);
  }
}

/** Bytes, none at the end. */
function readPiece(fd: number): Buffer | "nothing yet" {
  const piece = Buffer.allocUnsafe(PIECE_BYTES);
  try {
    return piece.subarray(0, readSync(fd, piece, 0, PIECE_BYTES, null));
  } catch (error) {
    if (failureCode(error) === "EAGAIN") return "nothing yet";
    throw error;
  }
}

function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/** The same of a stream, such as standard input. @throws as {@linkcode readWholeFile} */
export async function readWholeStream(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const collected = collect();
  for await (const piece of stream) collected.add(piece);
  return collected.whole();
}

/** Whether a file could not be read because it is not there. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

/** Why a file could not be read, in words. */
export function whyUnreadable(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "it cannot be opened";
  if (code === "ENOENT") return "there is no such file";
  if (code === "EACCES") return "permission denied";
  if (code === "EISDIR") return "it is a folder";
  if (code === "ETIMEDOUT") return "it is a pipe, and nothing comes from it";
  if (code === "EFBIG") return `it is longer than ${MOST_FILE_BYTES / 1024 / 1024} MiB`;
  if (error instanceof Error && error.name === "NotCapable") {
    return "Deno was not allowed to: grant --allow-read for it";
  }
  return code;
}

function collect() {
  const pieces: Uint8Array[] = [];
  let length = 0;
  return {
    add(piece: Uint8Array): void {
      length += piece.length;
      if (length > MOST_FILE_BYTES) throw Object.assign(new Error("too long"), { code: "EFBIG" });
      pieces.push(piece);
    },
    whole: () => Buffer.concat(pieces),
  };
}
