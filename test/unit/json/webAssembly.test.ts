import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { compileModule, instantiate } from "../../../src/json/webAssembly.ts";
import { buildWasm, bytesFile, WASM_MODULES } from "../../support/buildWasm.ts";

it.each(WASM_MODULES)("What is checked in of $path is what its source builds", async (module) => {
  expect(await buildWasm(module)).toBe(readFileSync(bytesFile(module), "utf8"));
});

it("A module that the runtime cannot read is none, so that there is another way to go", () => {
  expect(compileModule("AGFzbQIAAAA=")).toBe(null);
});

it("Each instance has a memory of its own", () => {
  // (module (memory (export "memory") 1))
  const module = compileModule("AGFzbQEAAAAFAwEAAQcKAQZtZW1vcnkCAA==")!;
  const [one, two] = [instantiate<Memory>(module)!, instantiate<Memory>(module)!];
  new Uint8Array(one.memory.buffer)[0] = 1;
  expect(new Uint8Array(two.memory.buffer)[0]).toBe(0);
});

interface Memory {
  readonly memory: { readonly buffer: ArrayBuffer };
}
