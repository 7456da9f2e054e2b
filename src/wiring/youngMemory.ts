/** How much memory new objects may take before V8 looks which of them are still in use. */
import { setFlagsFromString } from "node:v8";

/**
 * Keeps V8's young generation as large as the start made it: 8 MB with one stream. By itself it grows to 32 MB in any process
 * that works for long, since V8 adds up what outlives its collections. The buffers of sockets are found with it, and lie
 * about for so much longer.
 *
 * The factor is of the whole process, and read each time V8 would let it grow; at a start V8 takes no less than 2. Node 20,
 * 22, 24, 26 and Deno 2 know it; one that does not says so on standard error, and goes on. Before the launcher keeps what
 * V8 compiled it sets the factor back (`build.mjs`).
 */
export function keepYoungMemorySmall(): void {
  setFlagsFromString("--semi-space-growth-factor=1");
}
