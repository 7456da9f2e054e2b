import { spawnSync } from "node:child_process";
import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { onDeno, projectFolder } from "./project.ts";

/** Run once before all tests: the end-to-end tests start `dist/main.js`, which must be what the sources say. */
export default function build(): void {
  if (onDeno || newestChange(["src", "plugins"]) < changedAt("dist/main.js")) return;
  const built = spawnSync("npm", ["run", "--silent", "build"], { cwd: projectFolder, stdio: "inherit" });
  if (built.status === 0) return;
  // Tests of single modules can still tell something; those of the program must not pass with an old one.
  rmSync(bundle, { force: true });
  process.stderr.write("dist/main.js could not be built from the sources\n");
}

function newestChange(folders: readonly string[]): number {
  const files = folders.flatMap((folder) =>
    readdirSync(join(projectFolder, folder), { recursive: true, encoding: "utf8" })
      .map((name) => join(folder, name))
  );
  return Math.max(...["build.mjs", "package.json", "package-lock.json", ...files].map(changedAt));
}

function changedAt(file: string): number {
  return statSync(join(projectFolder, file), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** The bundle that Node runs. */
export const bundle = fileURLToPath(new URL("../../dist/main.js", import.meta.url));
