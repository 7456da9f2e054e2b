import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { buildWasm, bytesFile, WASM_MODULES } from "../support/buildWasm.ts";

it.each(WASM_MODULES)("What is checked in of $path is what its source builds", async (module) => {
  expect(await buildWasm(module)).toBe(readFileSync(bytesFile(module), "utf8"));
});
