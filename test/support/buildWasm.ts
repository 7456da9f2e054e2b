/** `npm run wasm`: builds each `*.as.ts` of src into the `*Bytes.ts` beside it. */
import asc from "assemblyscript/asc";
import { Buffer } from "node:buffer";
import { readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { framerTables } from "./framerTables.ts";

const SRC = new URL("../../src/", import.meta.url);

/** What is built: the path of source (which may import others) and result without their ends, and the name of the result's constant. */
export const WASM_MODULES: readonly WasmModule[] = [
  // Between what it places in the memory by hand, so that the compiler's own data lies in nobody's way.
  {
    path: "json/framer",
    name: "FRAMER_BASE64",
    compilerData: 114_688,
    tables: { name: "FRAMER_TABLES_BASE64", make: framerTables },
  },
  { path: "json/paths", name: "PATHS_BASE64", isGuest: true },
  { path: "json/sha256", name: "SHA256_BASE64", compilerData: 16_384 },
  { path: "record/hmac", name: "HMAC_BASE64", compilerData: 16_384 },
  { path: "state/seen/orderedTable", name: "ORDERED_TABLE_BASE64" },
  { path: "sink/lineObjects", name: "LINE_OBJECTS_BASE64", compilerData: 16_384 },
];

export interface WasmModule {
  readonly path: string;
  readonly name: string;
  /** Where the compiler may lay its own data. @default nowhere, for it has none */
  readonly compilerData?: number;
  /** What is made once here and not by each process, with the name of its constant. */
  readonly tables?: { readonly name: string; readonly make: () => Uint8Array };
  /** Works in the memory of another module. @default false */
  readonly isGuest?: boolean;
}

/** Where the result is. */
export function bytesFile({ path }: WasmModule): string {
  return fileURLToPath(new URL(`${path}Bytes.ts`, SRC));
}

/** The text of the result, as the source builds it. @throws when the source does not compile */
export async function buildWasm(
  { path, name, compilerData = 0, isGuest = false, tables }: WasmModule,
): Promise<string> {
  const file = `${path.replace(/.*\//, "")}.as.ts`;
  const folder = new URL(".", new URL(path, SRC));
  const memory = isGuest ? "--importMemory" : `--memoryBase ${compilerData}`;
  const options = `--optimizeLevel 3 --noAssert --enable simd --runtime stub ${memory}`;
  let wasm: Uint8Array | undefined;
  const { error, stderr } = await asc.main([file, "--outFile", "out.wasm", ...options.split(" ")], {
    readFile: (asked) => asked.endsWith(".as.ts") ? readFileSync(new URL(asked, folder), "utf8") : null,
    writeFile: (asked, content) => {
      if (asked === "out.wasm" && content instanceof Uint8Array) wasm = content;
    },
    listFiles: () => [],
  });
  if (error !== null || wasm === undefined) throw new Error(`Cannot build ${file}: ${stderr}`);
  return [
    `// Built from ${file} by \`npm run wasm\`.`,
    ...constant(name, wasm),
    ...(tables === undefined ? [] : constant(tables.name, tables.make())),
    "",
  ].join("\n");
}

/** The lines of a constant. */
function constant(name: string, bytes: Uint8Array): string[] {
  const lines = Buffer.from(bytes).toString("base64").match(/.{1,100}/g) ?? [];
  return [`export const ${name}: string = [`, ...lines.map((line) => `  "${line}",`), '].join("");'];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const module of WASM_MODULES) writeFileSync(bytesFile(module), await buildWasm(module));
}
