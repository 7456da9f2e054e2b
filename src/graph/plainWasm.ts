import { setFlagsFromString } from "node:v8";

/**
 * Runs `work`; WebAssembly that is compiled meanwhile stays as V8 compiles it first, and is never optimised.
 *
 * undici parses headers by WebAssembly. V8 optimises that after a few hundred letters, on a thread of its own, for a
 * tenth of a second: longer than a pull that finds nothing new takes in all. Bodies hardly pass through the parser, so
 * a long run gains nothing by it either.
 *
 * Deno takes no flags from a program that runs, so there the parser is optimised all the same.
 */
export async function withPlainWasm<T>(work: () => Promise<T>): Promise<T> {
  setFlagsFromString("--liftoff-only");
  try {
    return await work();
  } finally {
    // The other two follow the first one down, but not up. V8 keeps no compiled code under other flags than it began with.
    for (const flag of ["--no-liftoff-only", "--wasm-tier-up", "--wasm-dynamic-tiering"]) {
      setFlagsFromString(flag);
    }
  }
}
