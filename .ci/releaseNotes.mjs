/** `node .ci/releaseNotes.mjs TAG`: prints what CHANGELOG.md says of the version that a tag names. */
import { readFileSync } from "node:fs";
import process from "node:process";

const tag = process.argv[2] ?? "";
const version = tag.replace(/^v/, "");
const changelog = readFileSync(new URL("../CHANGELOG.md", import.meta.url), "utf8");
const [, ...sections] = changelog.split(/^## /m);
// A heading may go on behind the version, by a date.
const section = sections.find((one) => one.split(/\s/, 1)[0] === version);
const notes = section?.slice(section.indexOf("\n")).trim() ?? "";
if (version === "" || notes === "") {
  process.stderr.write(`CHANGELOG.md has no notes below "## ${version}", which tag "${tag}" names\n`);
  process.exit(1);
}
process.stdout.write(`${notes}\n`);
