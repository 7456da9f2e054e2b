import { Buffer } from "node:buffer";
import { compileModule, instantiate } from "../json/webAssembly.ts";
import { type Batch, type MakeBatch, MOST_BYTES, type Place, type Unsent } from "./batch.ts";
import { LINE_OBJECTS_BASE64 } from "./lineObjectsBytes.ts";
import { bufferOf, LINE_FEED, lineEnd, textOf } from "./lineBounds.ts";

/** The exports of `lineObjects.as.ts`. */
interface Wasm {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  readonly count: { readonly value: number };
  readonly taken: { readonly value: number };
  prepare(): void;
  encode(from: number, to: number, out: number, end: number, most: number): number;
}

// Places in the memory, as in lineObjects.as.ts. Behind each lies what may be read, or written, beyond it.
const LINES = 65_536;
const BEHIND = 64;
const BODIES = [LINES + MOST_BYTES + BEHIND, LINES + 2 * (MOST_BYTES + BEHIND)] as const;
const MEMORY_BYTES = LINES + 3 * (MOST_BYTES + BEHIND);
const PAGE_BYTES = 65_536;

/**
 * Lines as an array of objects `{"line":"…"}`, from which JSON gives back the bytes of each but for its line feed. JSON
 * text is UTF-8 and has no way to write other bytes, so a sequence that is not UTF-8 leaves as U+FFFD: rather one sign
 * changed than a body that the receiver takes with a 201 and then drops. `--body lines`, the file and standard output
 * carry such bytes as they are.
 *
 * In WebAssembly, with SIMD; where the runtime has none, by {@linkcode objectsByText}.
 */
export function createLineObjects(): MakeBatch {
  const module = compileModule(LINE_OBJECTS_BASE64);
  const wasm = module === null ? null : instantiate<Wasm>(module);
  return wasm === null ? objectsByText : objectsByWasm(wasm);
}

function objectsByWasm(wasm: Wasm): MakeBatch {
  wasm.memory.grow(Math.ceil((MEMORY_BYTES - wasm.memory.buffer.byteLength) / PAGE_BYTES));
  wasm.prepare();
  const memory = Buffer.from(wasm.memory.buffer);
  return (unsent, most, place) => {
    const { lines } = unsent;
    const whole = Math.min(MOST_BYTES, lines.length);
    memory.set(whole < lines.length ? lines.subarray(0, whole) : lines, LINES);
    const end = memory.subarray(LINES, LINES + whole).lastIndexOf(LINE_FEED) + 1;
    const out = BODIES[place];
    const bodyEnd = wasm.encode(LINES, LINES + end, out, out + MOST_BYTES, most);
    const count = wasm.count.value;
    // Larger than a batch, or without a line feed.
    if (count === 0) return objectsByText(unsent, 1, place);
    const first = lines.subarray(0, wasm.taken.value - LINES);
    return { lines: first, count, body: memory.subarray(out, bodyEnd), place };
  };
}

/** The same by texts of JavaScript, which costs ten times as much. */
export function objectsByText({ lines }: Unsent, most: number, place: Place): Batch {
  const buffer = bufferOf(lines);
  const parts: Buffer[] = [];
  // What opens or parts them goes before each, and the bracket behind all.
  let bytes = 1;
  let end = 0;
  while (end < lines.length && parts.length < most) {
    const next = lineEnd(buffer, end);
    const sign = parts.length === 0 ? "[" : ",";
    const part = Buffer.from(`${sign}{"line":${JSON.stringify(textOf(lines.subarray(end, next)))}}`);
    if (parts.length > 0 && bytes + part.length > MOST_BYTES) break;
    bytes += part.length;
    parts.push(part);
    end = next;
  }
  const body = Buffer.concat([...parts, Buffer.from("]")]);
  return { lines: lines.subarray(0, end), count: parts.length, body, place };
}
