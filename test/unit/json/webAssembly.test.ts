import { expect, it } from "vitest";
import { compileModule, instantiate } from "../../../src/json/webAssembly.ts";

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
