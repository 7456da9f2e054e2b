/**
 * Beside a tap: memory goes back to the system when work is over.
 *
 * V8 collects its garbage when memory runs out, and not when nothing happens: what the polls of many streams leave
 * behind would stay for ever. What buffers hold outside of its heap counts as well, and at 64 MiB more than before V8
 * begins a collection, mostly on other threads and in short steps (v8.Isolate::AdjustAmountOfExternalAllocatedMemory).
 * So a buffer of that size is made and let go. Nothing is written to it: it takes addresses, and no memory.
 *
 * The first collection finds the garbage. Only after a second one, with little new in between, does V8 make its young
 * generation small again, and after a third one it soon moves what lives on half empty pages together by itself.
 */
import type { Clock } from "../clock.ts";
import type { Runtime } from "./runtime.ts";
import type { Tap } from "./tap.ts";

/** How often memory is looked at; milliseconds. V8 judges by the last five seconds whether little is new. */
export const LOOK_MS = 6000;
/** What of one processor may be in use when a collection begins. */
const QUIET_SHARE = 0.2;
/** What has come to resident memory since the last collections, as a share of what they left, that is worth others. */
const WORTH_SHARE = 0.25;
/** Collections in a row, one a look. */
const COLLECTIONS = 3;
/** A little more than what V8 takes as pressure; bytes. */
const PRESSURE_BYTES = 65 * 1024 * 1024;

/** What a process uses. */
export type Usage = Pick<Runtime, "rssBytes" | "cpuSeconds">;

/** Has V8 begin to collect its garbage; it goes on by itself. On Deno, and where there is no room for a buffer, nothing happens. */
export function beginCollection(): void {
  try {
    new ArrayBuffer(PRESSURE_BYTES);
  } catch {
    // A limit of addresses, such as `ulimit -v`. Memory stays where it is.
  }
}

/** Judges, from one look to the next, whether it is time for a collection. */
export function createCollectionJudge({ rssBytes, cpuSeconds }: Usage): () => boolean {
  let usedSeconds = cpuSeconds();
  // What was read at the start is garbage, too.
  let due = COLLECTIONS;
  let leastBytes = Infinity;
  return () => {
    const seconds = cpuSeconds();
    const isQuiet = seconds - usedSeconds < QUIET_SHARE * LOOK_MS / 1000;
    usedSeconds = seconds;
    if (!isQuiet) return false;
    if (due === 0) {
      const bytes = rssBytes();
      leastBytes = Math.min(leastBytes, bytes);
      if (bytes < leastBytes * (1 + WORTH_SHARE)) return false;
      due = COLLECTIONS;
      leastBytes = Infinity;
    }
    due--;
    return true;
  };
}

/** Begins collections when they are worth it and little else happens, until the tap stops. */
export async function giveMemoryBack(
  { engine: { clock }, stop }: { readonly engine: { readonly clock: Clock }; readonly stop: Tap["stop"] },
  usage: Usage,
  collect: () => void = beginCollection,
): Promise<void> {
  const isTime = createCollectionJudge(usage);
  try {
    for (;;) {
      await clock.sleep(LOOK_MS, stop.signal);
      if (isTime()) collect();
    }
  } catch {
    // Only the stop wakes it early, and whoever stops says why.
  }
}
