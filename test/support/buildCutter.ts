/** `npm run wasm`: builds `src/json/cutter.as.ts` into `src/json/cutterBytes.ts`. */
import asc from "assemblyscript/asc";
import { Buffer } from "node:buffer";
import { readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";

const folder = new URL("../../src/json/", import.meta.url);
const OUT = fileURLToPath(new URL("cutterBytes.ts", folder));

/** Behind what cutter.as.ts places by hand, so that the compiler's own data lies in nobody's way. */
const COMPILER_DATA = 98_304;
const OPTIONS = `--optimizeLevel 3 --noAssert --enable simd --runtime stub --memoryBase ${COMPILER_DATA}`;

/** The text of `cutterBytes.ts`, as the source builds it. @throws when the source does not compile */
export async function buildCutter(): Promise<string> {
  const source = readFileSync(new URL("cutter.as.ts", folder), "utf8");
  let wasm: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    ["cutter.as.ts", "--outFile", "cutter.wasm", ...OPTIONS.split(" ")],
    {
      readFile: (name) => name === "cutter.as.ts" ? source : null,
      writeFile: (name, content) => {
        if (name === "cutter.wasm" && content instanceof Uint8Array) wasm = content;
      },
      listFiles: () => [],
    },
  );
  if (error !== null || wasm === undefined) throw new Error(`Cannot build cutter.as.ts: ${stderr}`);
  const lines = Buffer.from(wasm).toString("base64").match(/.{1,100}/g) ?? [];
  return [
    "// Built from cutter.as.ts by `npm run wasm`.",
    "export const CUTTER_BASE64: string = [",
    ...lines.map((line) => `  "${line}",`),
    '].join("");',
    "",
  ].join("\n");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(OUT, await buildCutter());
