/** What compressing costs and nothing else: a file's lines in pieces as large as a batch. Prints milliseconds. */
import { readFileSync } from "node:fs";
import process from "node:process";
import { gzipSync } from "node:zlib";

const [, , file = "", level = "6", batchBytes = "1048576"] = process.argv;
const lines = readFileSync(file);
const before = process.cpuUsage();
for (let at = 0; at < lines.length; at += Number(batchBytes)) {
  gzipSync(lines.subarray(at, at + Number(batchBytes)), { level: Number(level) });
}
const { user, system } = process.cpuUsage(before);
process.stdout.write(String((user + system) / 1000));
