/** The module as others get it: from a tarball on Node, from the sources by an import map on Deno. */
import { execFile, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { transform } from "esbuild";
import { onDeno, projectFolder } from "./project.ts";

const read = (file: string) => readFileSync(join(projectFolder, file), "utf8");

/** What a program printed, and how it ended. */
export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** An empty folder in which programs can import graphtap. */
export interface ModuleFolder {
  readonly folder: string;
  /** What the entries are called there. */
  readonly entries: readonly string[];
  /** Runs a program in TypeScript, in a folder of its own below. @param permissions Deno's; @default to read and write the folder */
  run(name: string, source: string, permissions?: readonly string[]): Promise<Ran>;
}

/** Entries as JSR names them. */
const ENTRIES = ["", "/plugin", "/emulator", "/cli"].map((entry) => `@graphtap/graphtap${entry}`);

/** Makes one; whoever made it removes it. */
export function openModuleFolder(): ModuleFolder {
  const folder = mkdtempSync(join(tmpdir(), "graphtap-module-"));
  return onDeno ? asOfJsr(folder) : asOfNpm(folder);
}

/** Not by `spawnSync`: the Graph that a program asks may be served by this process. */
function start(folder: string, words: readonly string[]): Promise<Ran> {
  return new Promise((resolve) =>
    execFile(process.execPath, words, { cwd: folder }, (error, stdout, stderr) => {
      const status = error === null ? 0 : typeof error.code === "number" ? error.code : null;
      resolve({ status, stdout, stderr });
    })
  );
}

function asOfNpm(folder: string): ModuleFolder {
  const home = join(folder, "node_modules/graphtap");
  mkdirSync(home, { recursive: true });
  for (
    const [command, ...words] of [
      ["npm", "run", "--silent", "module"],
      ["npm", "pack", "--silent", "--ignore-scripts", "--pack-destination", folder],
    ]
  ) {
    const { status, stderr } = spawnSync(command!, words, { cwd: projectFolder, encoding: "utf8" });
    if (status !== 0) throw new Error(`${command} ${words.join(" ")} failed: ${stderr}`);
  }
  const { version } = JSON.parse(read("package.json")) as { version: string };
  const tarball = join(folder, `graphtap-${version}.tgz`);
  spawnSync("tar", ["xzf", tarball, "-C", home, "--strip-components", "1"]);
  return {
    folder,
    entries: ENTRIES.map((entry) => entry.replace("@graphtap/", "")),
    async run(name, source) {
      const renamed = source.replaceAll("@graphtap/graphtap", "graphtap");
      const { code } = await transform(renamed, { loader: "ts", format: "esm" });
      const own = join(folder, name);
      mkdirSync(own, { recursive: true });
      writeFileSync(join(own, "program.mts"), renamed);
      writeFileSync(join(own, "program.mjs"), code);
      return start(own, ["program.mjs"]);
    },
  };
}

function asOfJsr(folder: string): ModuleFolder {
  const { exports, imports } = JSON.parse(read("deno.json")) as Record<
    "exports" | "imports",
    Record<string, string>
  >;
  const own = Object.entries(exports).map(([entry, file]) => [
    `@graphtap/graphtap${entry.slice(1)}`,
    pathToFileURL(join(projectFolder, file)).href,
  ]);
  const parts = Object.entries(imports).map(([name, target]) => [
    `${name}/`,
    `${target.replace("npm:", "npm:/")}/`,
  ]);
  const map = join(folder, "map.json");
  writeFileSync(map, JSON.stringify({ imports: { ...imports, ...Object.fromEntries([...parts, ...own]) } }));
  return {
    folder,
    entries: ENTRIES,
    run(
      name,
      source,
      permissions = ["--allow-read", "--allow-write=.", "--allow-env", "--allow-net=127.0.0.1"],
    ) {
      const own = join(folder, name);
      mkdirSync(own, { recursive: true });
      writeFileSync(join(own, "program.ts"), source);
      const words = ["run", "--no-prompt", "--no-config", "--no-lock", "--quiet", "--import-map", map];
      return start(own, [...words, ...permissions, "program.ts"]);
    },
  };
}
