/** What can be asked of the process that changes nothing of it: figures, and what runs it. */
import process from "node:process";

/** Resident memory in bytes. */
export function rssBytes(): number {
  return process.memoryUsage.rss();
}

/** Processor time in seconds, of user and system together. */
export function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Of the clock that systemd compares with, in microseconds. */
export function monotonicMicros(): number {
  return Math.round(Number(process.hrtime.bigint()) / 1000);
}

/** What runs the program, such as "node 20.20.2". */
export function runtimeName(): string {
  const { deno, node } = process.versions;
  return deno === undefined ? `node ${node}` : `deno ${deno}`;
}

/** When the process began; milliseconds since the epoch. */
export function startedMs(): number {
  return Math.round(performance.timeOrigin);
}

/** Its number. */
export function pid(): number {
  return process.pid;
}
