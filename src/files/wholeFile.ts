/** Files that are read whole, and so must end: /dev/zero does not, and a log named by mistake takes all memory. */
import { Buffer } from "node:buffer";
import { closeSync, openSync, readSync } from "node:fs";

/**
 * Bytes of a file at most. Eighty thousand inputs are that long, and the parser of YAML needs some eighty times the
 * length of its text in memory.
 */
export const MOST_FILE_BYTES = 16 * 1024 * 1024;

const PIECE_BYTES = 64 * 1024;

/** The bytes of a file, which may be a pipe. @throws what the system says; `EFBIG` when there are more than {@linkcode MOST_FILE_BYTES} */
export function readWholeFile(path: string): Buffer {
  const collected = collect();
  const fd = openSync(path, "r");
  try {
    for (;;) {
      const piece = Buffer.allocUnsafe(PIECE_BYTES);
      const length = readSync(fd, piece, 0, PIECE_BYTES, null);
      if (length === 0) return collected.whole();
      collected.add(piece.subarray(0, length));
    }
  } finally {
    closeSync(fd);
  }
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
