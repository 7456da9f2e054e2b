import { Buffer } from "node:buffer";
import { statSync } from "node:fs";
import { dirname } from "node:path";
import { makeFolder } from "../files/durable.ts";
import { textOf, withoutLineFeed } from "./lineBounds.ts";
import type { DeadLetterFile } from "./sink.ts";
import { attemptSink } from "./sinkFailure.ts";
import { openSpoolFile, type SpoolFile } from "./spoolFile.ts";

/** Where lines go that a receiver will never take. */
export interface DeadLetters {
  readonly path: string;
  /** The file as it is now; `null` when it is not there, or empty. */
  file(): DeadLetterFile | null;
  /**
   * Sets a line aside, durably.
   *
   * @param reason the receiver's own words; they stay in the file, with the line they may quote
   * @throws sink-full, sink-unusable
   */
  add(line: Uint8Array, status: number, reason: string): void;
  close(): void;
}

/**
 * A file with one JSON object a line, 0600: `time`, `receiver`, `status`, `reason` and the `line`, or `line_base64`
 * where the line is not UTF-8. It is made when it is needed, never rotated and never read by graphtap: whoever has
 * seen to the reason sends the lines on and deletes it.
 */
export function createDeadLetters(path: string, receiver: string, now: () => number): DeadLetters {
  let file: SpoolFile | undefined;

  function open(): SpoolFile {
    attemptSink("create", dirname(path), () => makeFolder(dirname(path)));
    const opened = openSpoolFile(path, now);
    opened.cutTornLine();
    return opened;
  }

  /** Opens the file anew where somebody took it away or changed it; what is appended is lost otherwise. */
  function current(): SpoolFile {
    if (file !== undefined && file.disturbance() !== null) {
      file.close();
      file = undefined;
    }
    return file ??= open();
  }

  return {
    path,
    file() {
      try {
        const bytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
        return bytes === 0 ? null : { path, bytes };
      } catch {
        // Whoever only looks learns nothing more of it; adding a line fails with what is wrong.
        return null;
      }
    },
    add(line, status, reason) {
      const entry = { time: new Date(now()).toISOString(), receiver, status, reason, ...contentOf(line) };
      const bytes = Buffer.from(`${JSON.stringify(entry)}\n`);
      current().append(bytes);
      // Taken away in that very moment: once more.
      if (file?.disturbance() != null) current().append(bytes);
    },
    close: () => file?.close(),
  };
}

function contentOf(line: Uint8Array): { line: string } | { line_base64: string } {
  const text = textOf(line);
  const bytes = withoutLineFeed(line);
  return Buffer.from(text).equals(bytes)
    ? { line: text }
    : { line_base64: Buffer.from(bytes).toString("base64") };
}
