/**
 * `node .ci/sbom.mjs`: prints what is in the program and the library, as CycloneDX 1.5 in JSON. npm tells it of all that
 * is installed; what is only a tool is left out. The same sources give the same bytes.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { packagesOf } from "../notices.mjs";

const home = fileURLToPath(new URL("..", import.meta.url));
const { metafile } = await build({
  absWorkingDir: home,
  entryPoints: ["src/main.ts", "src/mod.ts", "src/plugin/plugin.ts", "src/mod/emulator.ts", "src/mod/cli.ts"],
  bundle: true,
  splitting: true,
  platform: "node",
  format: "esm",
  outdir: "dist",
  write: false,
  metafile: true,
  logLevel: "warning",
});
const bundled = new Set(
  packagesOf(Object.keys(metafile.inputs)).filter((folder) => folder !== ".").map((folder) => {
    const { name, version } = JSON.parse(readFileSync(`${home}/${folder}/package.json`, "utf8"));
    return `${name}@${version}`;
  }),
);

const npm = execFileSync("npm", ["sbom", "--sbom-format", "cyclonedx", "--package-lock-only"], { cwd: home });
const all = JSON.parse(npm.toString());
const components = all.components.filter((component) => bundled.has(component["bom-ref"]))
  // They are no tools here: they are in the bundle.
  .map(({ scope: _, properties: __, ...component }) => component);
const missing = [...bundled].filter((ref) => !components.some((component) => component["bom-ref"] === ref));
if (missing.length > 0) throw new Error(`Cannot describe ${missing.join(", ")}: npm does not tell of it`);

const root = all.metadata.component["bom-ref"];
const dependencies = [
  { ref: root, dependsOn: components.map((component) => component["bom-ref"]) },
  ...components.map((component) => ({ ref: component["bom-ref"], dependsOn: [] })),
];
const commit = execFileSync("git", ["log", "-1", "--format=%ct"], { cwd: home }).toString();
const timestamp = new Date(Number(commit) * 1000).toISOString();
const digest = createHash("sha256").update(JSON.stringify([root, components])).digest("hex");
const uuid = digest.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, "$1-$2-4$3-8$4-$5");
const { tools: _, ...metadata } = all.metadata;
// npm calls it by the folder that it is in.
metadata.component.name = JSON.parse(readFileSync(`${home}/package.json`, "utf8")).name;
process.stdout.write(`${
  JSON.stringify(
    {
      ...all,
      serialNumber: `urn:uuid:${uuid}`,
      metadata: { ...metadata, timestamp },
      components,
      dependencies,
    },
    null,
    2,
  )
}\n`);
