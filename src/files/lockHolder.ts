/** Who has a folder, in words, for whoever finds it in use or has lost it. */
import { join } from "node:path";
import { GraphtapError } from "../errors.ts";
import { readFileIfAny } from "./durable.ts";
import { holdersOf } from "./hold.ts";
import { type Holder, holderInWords } from "./holder.ts";
import { type Host, thisHost } from "./host.ts";

/**
 * The folder cannot be taken.
 *
 * @param file what says so: a claim can be left behind, the file "lock" cannot
 */
export function inUse(dir: string, pid: number | null, file: string, here: Host): GraphtapError {
  const by = pid === null ? "another process" : holderInWords({ pid, hostname: hostOf(dir, pid) }, here);
  // Only a claim can outlive its process unnoticed; the file named "lock" never has to be deleted.
  const stale = file.endsWith("lock") ? "" : `, or delete "${file}" if you are sure that it ended`;
  return new GraphtapError(
    "state-in-use",
    `Cannot use the state folder "${dir}": ${by} is using it; stop that one first${stale}, or choose another folder with --state`,
  );
}

/** Who has the folder, as far as that can be told: "process 12", or with the host where it is another one. */
export function whoHas(dir: string, here: Host = thisHost()): string {
  const pid = readPid(join(dir, "lock"));
  const holders = holdersOf(dir).map(({ holder }) => holder).filter((holder) => holder !== null);
  const holder = holders.find((one) => one.pid === pid) ?? holders[0];
  if (holder !== undefined) return holderInWords(holder, here);
  return pid === null ? "another process" : `process ${pid}`;
}

/** The host of the process `pid` that has the folder; `null` where that cannot be told. */
function hostOf(dir: string, pid: number): string | null {
  return holdersOf(dir).find(({ holder }) => holder?.pid === pid)?.holder?.hostname ?? null;
}

/** The folder was taken while this process had it. */
export function lostFolder(dir: string, holder: Holder | null, here: Host): GraphtapError {
  const by = holder === null ? "another process" : holderInWords(holder, here);
  return new GraphtapError(
    "state-in-use",
    `Cannot go on with the state folder "${dir}": ${by} took it while this one stood still or had no connection to ` +
      `it, or somebody deleted what it held; nothing was written since`,
  );
}

/** The process that the file `path` names; `null` where it names none. */
export function readPid(path: string): number | null {
  const text = readFileIfAny(path)?.toString("latin1").trim() ?? "";
  return /^[1-9]\d{0,9}$/.test(text) ? Number(text) : null;
}
