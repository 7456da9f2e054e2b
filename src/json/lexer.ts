import { COLON, COMMA, QUOTE } from "./ascii.ts";
import { type ACTION, FIRST_ACTION, NEXT, STATE, type StateName, stateName } from "./grammar.ts";
import { plainEnd } from "./text.ts";

/** {@linkcode Lexer.run} came to the end of the bytes. */
export const USED_UP = -1;
/** {@linkcode Lexer.run} met a byte that cannot stand there; {@linkcode Lexer.faultAt} is its index. */
export const FAULT = -2;

/**
 * Checks one page's grammar, byte by byte, across any number of chunks, and stops where the page's outline shows.
 * No byte is looked at twice: what is known between two chunks is the state and the stack.
 */
export interface Lexer {
  /**
   * Reads `bytes[from, to)` up to and including the next bracket that opens or closes one of the outermost three
   * levels (the page, its members, their elements), and returns the index after it, or `USED_UP` or `FAULT`.
   */
  run(bytes: Uint8Array, from: number, to: number): number;
  /** How many brackets are open. */
  depth(): number;
  /** Where the parse stands; after a fault, what stood before the wrong byte. */
  state(): StateName;
  /** Index of the wrong byte in the bytes of the last `run`. */
  faultAt(): number;
  /** Says that the parse stands in the page's "value" array, whose elements must be objects, between two of them. */
  enterRecords(state: "firstRecord" | "nextRecord" | "afterRecord"): void;
}

// A level deeper than this belongs to a record and does not interrupt the run.
const OUTLINE_DEPTH = 2;

/** A lexer at the start of a page. */
export function createLexer(): Lexer {
  // Locals, because a module's variables are read slowly where the modules are not bundled.
  const table = NEXT;
  const { text, colon, firstKey, firstValue, afterMember, afterElement } = STATE;

  let state = STATE.start;
  /** State after a value that ends at this depth. */
  let after = STATE.done;
  /** State after the string being read: the one after a value, or the one after a key. */
  let afterText = after;
  /** For each open bracket, the state after it closes. */
  let stack = new Uint16Array(64);
  let depth = 0;
  let faultAt = 0;

  function run(bytes: Uint8Array, from: number, to: number): number {
    // Written out where the optimiser folds them (a tenth of the time); the types keep them equal to the table's.
    const openKey: typeof ACTION.openKey = 0x8000;
    const openText: typeof ACTION.openText = 0x8001;
    const resumeText: typeof ACTION.resumeText = 0x8002;
    const closeText: typeof ACTION.closeText = 0x8003;
    const openObject: typeof ACTION.openObject = 0x8004;
    const openArray: typeof ACTION.openArray = 0x8005;
    const close: typeof ACTION.close = 0x8006;
    const endLiteral: typeof ACTION.endLiteral = 0x8007;
    const endNumber: typeof ACTION.endNumber = 0x8008;

    let current = state;
    let i = current === text ? plainEnd(bytes, from, to) : from;
    while (i < to) {
      const next = table[current + (bytes[i] as number)] as number;
      i++;
      if (next < FIRST_ACTION) {
        current = next;
        continue;
      }
      switch (next) {
        case openKey:
          current = text;
          afterText = colon;
          i = plainEnd(bytes, i, to);
          // Most of a record is `"key":"value",` again and again: these need no table.
          while (i + 2 < to && bytes[i] === QUOTE && bytes[i + 1] === COLON && bytes[i + 2] === QUOTE) {
            afterText = after;
            i = plainEnd(bytes, i + 3, to);
            if (!(i + 2 < to && bytes[i] === QUOTE && bytes[i + 1] === COMMA && bytes[i + 2] === QUOTE)) {
              break;
            }
            afterText = colon;
            i = plainEnd(bytes, i + 3, to);
          }
          break;
        case openText:
          current = text;
          afterText = after;
          i = plainEnd(bytes, i, to);
          break;
        case resumeText:
          current = text;
          i = plainEnd(bytes, i, to);
          break;
        case closeText:
          current = afterText;
          break;
        case openObject:
        case openArray:
          if (depth === stack.length) stack = grown(stack);
          stack[depth++] = after;
          after = next === openObject ? afterMember : afterElement;
          current = next === openObject ? firstKey : firstValue;
          if (depth <= OUTLINE_DEPTH + 1) {
            state = current;
            return i;
          }
          break;
        case close:
          after = stack[--depth] as number;
          current = after;
          if (depth <= OUTLINE_DEPTH) {
            state = current;
            return i;
          }
          break;
        case endLiteral:
          current = after;
          break;
        case endNumber:
          current = after;
          i--;
          break;
        default:
          state = current;
          faultAt = i - 1;
          return FAULT;
      }
    }
    state = current;
    return USED_UP;
  }

  return {
    run,
    depth: () => depth,
    state: () => stateName(state),
    faultAt: () => faultAt,
    enterRecords(name) {
      state = STATE[name];
      after = STATE.afterRecord;
    },
  };
}

function grown(stack: Uint16Array<ArrayBuffer>): Uint16Array<ArrayBuffer> {
  const larger = new Uint16Array(stack.length * 2);
  larger.set(stack);
  return larger;
}
