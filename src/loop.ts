/** The turns of the event loop. */
import { setImmediate } from "node:timers";

/**
 * Resolves when everything else that is due had a turn: connections, signals, timers. Who does long work awaits it between
 * the parts of the work; an answer of a server needs about three turns.
 *
 * Deno 2.9 answers no connection between one immediate and the next, but does between timers. Node does both; there a
 * timer lets the process stand idle for a millisecond, and costs 46 µs of CPU instead of 6.
 */
export const aroundTheLoop: () => Promise<void> = "Deno" in globalThis
  ? () => new Promise((resolve) => void setTimeout(resolve, 0))
  : () => new Promise((resolve) => void setImmediate(resolve));
