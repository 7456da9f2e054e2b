/**
 * Builds the library for Node: `node buildModule.mjs [FOLDER]`, dist/lib by default, which is emptied first.
 *
 * - One file for each entry of package.json's `exports`, as modules that share what they have in common: so there is one
 *   copy of each part, and what one entry needs alone is loaded by it alone. They need nothing but node.
 * - types/: the declarations that the entries reach, and no others. They need no package, either.
 * - NOTICES.txt: the licences of all that is in it.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { notices } from "./notices.mjs";

const home = fileURLToPath(new URL(".", import.meta.url));
const folder = resolve(process.argv[2] ?? "dist/lib");
const entries = {
  mod: "src/mod.ts",
  plugin: "src/plugin/plugin.ts",
  emulator: "src/mod/emulator.ts",
  cli: "src/mod/cli.ts",
};

/**
 * What stands in for imports that open the standard streams: of process, and since Node 24 of util, which looks whether
 * there are colours. They have the names that the sources ask for.
 */
const QUIET = {
  "node:process": "export default process; export const { getBuiltinModule, kill, platform } = process;",
  "node:util": 'export const { parseArgs, promisify } = process.getBuiltinModule("node:util");',
};

rmSync(folder, { recursive: true, force: true });
const { metafile } = await build({
  absWorkingDir: home,
  entryPoints: entries,
  bundle: true,
  splitting: true,
  platform: "node",
  target: "node20.19",
  format: "esm",
  outdir: folder,
  chunkNames: "parts/[hash]",
  metafile: true,
  logLevel: "warning",
  charset: "utf8",
  legalComments: "none",
  // Names stay, for the stack trace of a bug.
  minifyWhitespace: true,
  minifySyntax: true,
  // Packages that are no modules ask for what Node brings by require.
  banner: {
    js: 'import{createRequire as requireFrom}from"node:module";const require=requireFrom(import.meta.url);',
  },
  plugins: [{
    name: "quiet",
    setup(build) {
      build.onResolve(
        { filter: /^node:(?:process|util)$/ },
        ({ path, kind }) => kind === "import-statement" ? { path, namespace: "quiet" } : undefined,
      );
      build.onLoad({ filter: /./, namespace: "quiet" }, ({ path }) => ({ contents: QUIET[path] }));
    },
  }],
});
writeFileSync(join(folder, "package.json"), '{ "type": "module", "sideEffects": false }\n');
writeFileSync(join(folder, "NOTICES.txt"), notices(Object.keys(metafile.inputs)));
writeTypes();

/** Writes the declarations that the entries reach. */
function writeTypes() {
  const work = mkdtempSync(join(tmpdir(), "graphtap-types-"));
  try {
    const config = join(work, "tsconfig.json");
    const compilerOptions = {
      noEmit: false,
      declaration: true,
      emitDeclarationOnly: true,
      stripInternal: true,
      rootDir: home,
      outDir: work,
      typeRoots: [join(home, "node_modules/@types")],
    };
    const files = Object.values(entries).map((entry) => join(home, entry));
    const include = [join(home, "src/**/*.d.ts")];
    writeFileSync(
      config,
      JSON.stringify({ extends: join(home, "tsconfig.json"), compilerOptions, files, include }),
    );
    const compiler = join(home, "node_modules/typescript/bin/tsc");
    const { status } = spawnSync(process.execPath, [compiler, "-p", config], { stdio: "inherit" });
    if (status !== 0) throw new Error("Cannot write the types of the library: tsc failed");
    copyReached(work, Object.values(entries).map((entry) => entry.replace(/\.ts$/, ".d.ts")));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Copies declarations and all that they import. Who uses them needs no package for that. */
function copyReached(from, files) {
  const reached = new Set(files);
  for (const file of reached) {
    const text = readFileSync(join(from, file), "utf8");
    // Not what stands in a comment.
    const moved = text.replace(/^(?!\s*\*)(.*?(?:from |import\()")([^"]+)"/gm, (_, before, target) => {
      if (target.startsWith("node:")) return `${before}${target}"`;
      if (!target.startsWith(".")) throw new Error(`Cannot publish ${file}: its types need "${target}"`);
      reached.add(relative(from, resolve(from, dirname(file), target)).replace(/\.ts$/, ".d.ts"));
      return `${before}${target.replace(/\.ts$/, ".js")}"`;
    });
    const to = join(folder, "types", file);
    mkdirSync(dirname(to), { recursive: true });
    writeFileSync(to, moved);
  }
}
