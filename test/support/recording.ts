/** Keeps what a terminal showed, where somebody wants to look at it: an asciicast (version 2) for each. */
import type { Buffer } from "node:buffer";
import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { StringDecoder } from "node:string_decoder";
import { expect } from "vitest";

/** Names the folder. */
const VARIABLE = "GRAPHTAP_RECORDINGS";

export interface Recording {
  shown(bytes: Buffer): void;
  typed(text: string): void;
  resized(columns: number, rows: number): void;
}

/** A recording of the running test, if any is wanted. */
export function openRecording(columns: number, rows: number): Recording | null {
  const folder = process.env[VARIABLE];
  if (!folder) return null;
  mkdirSync(folder, { recursive: true });
  const began = Date.now();
  const title = expect.getState().currentTestName ?? "terminal";
  const file = join(folder, `${title.replace(/\W+/g, "-")}-${began}.cast`);
  writeFileSync(file, `${JSON.stringify({ version: 2, width: columns, height: rows, title })}\n`);
  const decoder = new StringDecoder("utf8");
  const event = (kind: "o" | "i" | "r", text: string) =>
    appendFileSync(file, `${JSON.stringify([(Date.now() - began) / 1000, kind, text])}\n`);
  return {
    shown: (bytes) => event("o", decoder.write(bytes)),
    typed: (text) => event("i", text),
    resized: (width, height) => event("r", `${width}x${height}`),
  };
}
