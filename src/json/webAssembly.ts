import { Buffer } from "node:buffer";

/** What we use of WebAssembly, which the types of Node do not know. */
interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => CompiledModule;
  readonly Instance: new (
    module: CompiledModule,
    imports?: { readonly env: { readonly memory: Memory } },
  ) => { readonly exports: unknown };
}

/** Of which instances can be made. */
export interface CompiledModule {
  readonly __compiled?: never;
}

/** The memory of an instance. What `buffer` is changes when it grows. */
export interface Memory {
  readonly buffer: ArrayBuffer;
}

/** `null` where the runtime cannot: it may have no SIMD. */
export function compileModule(base64: string): CompiledModule | null {
  try {
    return new (api().Module)(Buffer.from(base64, "base64"));
  } catch {
    return null;
  }
}

/**
 * The exports of a fresh instance, which has a memory of its own unless it works in one that is there.
 *
 * `null` when there is no room: a runtime reserves gigabytes of addresses for each memory, and `ulimit -v` counts those.
 * It then is not to be asked again: it collects all its garbage, several times, before it says no.
 */
export function instantiate<Exports>(module: CompiledModule, memory?: Memory): Exports | null {
  const imports = memory === undefined ? [] : [{ env: { memory } }] as const;
  try {
    return new (api().Instance)(module, ...imports).exports as Exports;
  } catch {
    return null;
  }
}

function api(): WebAssemblyApi {
  return (globalThis as unknown as { readonly WebAssembly: WebAssemblyApi }).WebAssembly;
}
