/**
 * Locking without `flock`: each process puts down a claim, a file of its own that says who it is, and then looks at
 * the claims of the others. Two can never both hold the folder, because the later of two claims sees the earlier;
 * at worst two that start together both stand back.
 *
 * Whose process cannot be looked into, for it is of another container or host, is told by the claim itself: who holds
 * one writes it again every few seconds, and one that stays as it is for longer was left by a process that was killed.
 * A holder that finds its claim gone was taken for dead, as after a long standstill, and has to end.
 */
import { randomUUID } from "node:crypto";
import { closeSync, fstatSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { listFolder, readFileIfAny, removeFile, replaceFile, UNFINISHED } from "./durable.ts";
import { failureCode } from "./failure.ts";
import { fateOf, type Holder, holderOf } from "./holder.ts";
import type { Host } from "./host.ts";

const PREFIX = "lock.";

/** Who put down a claim. */
export interface Claimant extends Holder {
  /** Whether it is written again for as long as the process lives; version 0.1 did not. */
  readonly beats: boolean;
}

/** A claim of another process that lives, or may live. */
export interface OtherClaim {
  readonly path: string;
  readonly pid: number | null;
  /** Whether its holder writes it again every few seconds, and cannot be told from here by other means. */
  readonly isWatched: boolean;
}

/** Puts down the claim of process `pid`; the path of its file. @throws `state-unusable` */
export function putClaim(dir: string, pid: number, host: Host): string {
  const claimant: Claimant = { ...holderOf(pid, host), beats: true };
  const path = join(dir, `${PREFIX}${pid}-${randomUUID()}`);
  replaceFile(path, JSON.stringify(claimant) + "\n");
  return path;
}

/** The claim of a process that lives, or may live, other than `own`; dead ones are deleted. @throws `state-unusable` */
export function findClaim(dir: string, host: () => Host, own?: string): OtherClaim | null {
  for (const { name, isFolder } of listFolder(dir)) {
    const path = join(dir, name);
    if (isFolder || !name.startsWith(PREFIX) || name.endsWith(UNFINISHED) || path === own) continue;
    const text = readFileIfAny(path)?.toString("utf8");
    if (text === undefined) continue;
    const claimant = parse(text);
    if (claimant === null) return { path, pid: null, isWatched: false };
    const fate = fateOf(claimant, host());
    if (fate !== "gone") {
      return { path, pid: claimant.pid, isWatched: fate === "unknown" && claimant.beats };
    }
    removeFile(path);
  }
  return null;
}

/** Writes a claim again, for others to see that its holder lives; false when it is gone. */
export function renewClaim(path: string): boolean {
  let fd: number;
  try {
    fd = openSync(path, "r+");
  } catch (error) {
    // What fails otherwise may pass, and costs the claim only if it lasts.
    return failureCode(error) !== "ENOENT";
  }
  try {
    writeSync(fd, "{", 0);
  } catch {
    // As above.
  } finally {
    closeSync(fd);
  }
  return true;
}

/** When a claim was written last, in milliseconds of the file system's clock; `null` when it is gone. */
export function lastRenewal(path: string): number | null {
  let fd: number;
  try {
    // Opened, and not only looked at: a network file system asks its server then.
    fd = openSync(path, "r");
  } catch {
    return null;
  }
  try {
    return fstatSync(fd).mtimeMs;
  } finally {
    closeSync(fd);
  }
}

function parse(text: string): Claimant | null {
  try {
    const { pid, started = null, boot = null, namespace = null, hostname = null, beats } = JSON.parse(text);
    return typeof pid === "number"
      ? { pid, started, boot, namespace, hostname, beats: beats === true }
      : null;
  } catch {
    return null;
  }
}
