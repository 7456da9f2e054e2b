/**
 * Imported before a program of Node on Linux: tells at its end the longest stretch of processor time that its main thread
 * took without a turn of the event loop, in milliseconds, from the last SIGUSR2 on.
 */
import { readFileSync, writeSync } from "node:fs";
import process from "node:process";
import { setImmediate, setTimeout } from "node:timers";

/** Its first field is the time on a processor in nanoseconds: how busy others keep the machine does not count. */
const FILE = `/proc/self/task/${process.pid}/schedstat`;
const cpuMs = () => Number(readFileSync(FILE, "utf8").split(" ", 1)[0]) / 1e6;

let longest = 0;
let since = cpuMs();

function turn() {
  longest = Math.max(longest, cpuMs() - since);
  since = cpuMs();
  // Through all phases of the loop.
  setTimeout(() => setImmediate(turn).unref(), 0).unref();
}

turn();
process.on("SIGUSR2", () => {
  longest = 0;
  since = cpuMs();
});
process.on("exit", () => writeSync(2, `longest stretch: ${longest}\n`));
