/** `node .ci/checkVersion.mjs TAG`: whether all that names a version names the one of the tag; says what does not. */
import { readFileSync } from "node:fs";
import process from "node:process";

const tag = process.argv[2] ?? "";
const read = (file) => readFileSync(new URL(`../${file}`, import.meta.url), "utf8");
const lock = JSON.parse(read("package-lock.json"));
const named = {
  "package.json": JSON.parse(read("package.json")).version,
  "package-lock.json": lock.version,
  'package-lock.json, packages[""]': lock.packages[""].version,
  "deno.json": JSON.parse(read("deno.json")).version,
  "src/wiring/version.ts": /version = "([^"]*)"/.exec(read("src/wiring/version.ts"))?.[1],
};
const wrong = Object.entries(named).filter(([, version]) => `v${version}` !== tag);
for (const [place, version] of wrong) {
  process.stderr.write(`${place} names version "${version}", and the tag is "${tag}"\n`);
}
if (!/^v\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/.test(tag)) {
  process.stderr.write(`"${tag}" is no version tag, such as v1.2.3\n`);
  process.exitCode = 1;
}
if (wrong.length > 0) process.exitCode = 1;
