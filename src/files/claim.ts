/**
 * Locking without `flock`: each process puts down a claim, a file of its own that says who it is, and then looks at
 * the claims of the others. Two can never both hold the folder, because the later of two claims sees the earlier;
 * at worst two that start together both stand back. Nobody takes a claim over, so there is no race to do it.
 */
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { listFolder, readFileIfAny, removeFile, replaceFile, UNFINISHED } from "./durable.ts";
import type { Host } from "./host.ts";

const PREFIX = "lock.";

/** Who put down a claim. */
export interface Claimant {
  readonly pid: number;
  readonly started: string | null;
  readonly boot: string | null;
  readonly namespace: string | null;
  readonly hostname: string | null;
}

/** Puts down the claim of process `pid`; the path of its file. @throws `state-unusable` */
export function putClaim(dir: string, pid: number, host: Host): string {
  const { boot, namespace, hostname } = host;
  const claimant: Claimant = { pid, started: host.startOf(pid) ?? null, boot, namespace, hostname };
  const path = join(dir, `${PREFIX}${pid}-${randomUUID()}`);
  replaceFile(path, JSON.stringify(claimant) + "\n");
  return path;
}

/** The claim of a process that lives, or may live, other than `own`; dead ones are deleted. @throws `state-unusable` */
export function findClaim(
  dir: string,
  host: () => Host,
  own?: string,
): { path: string; pid: number | null } | null {
  for (const { name, isFolder } of listFolder(dir)) {
    const path = join(dir, name);
    if (isFolder || !name.startsWith(PREFIX) || name.endsWith(UNFINISHED) || path === own) continue;
    const text = readFileIfAny(path)?.toString("utf8");
    if (text === undefined) continue;
    const claimant = parse(text);
    if (claimant === null) return { path, pid: null };
    if (!isGone(claimant, host())) return { path, pid: claimant.pid };
    removeFile(path);
  }
  return null;
}

/** Whether the process certainly ended. */
export function isGone(claimant: Claimant, here: Host): boolean {
  if (claimant.boot !== here.boot) {
    // The same host has been started again; another one, on a shared volume, we cannot look into.
    return claimant.hostname !== null && claimant.hostname === here.hostname;
  }
  if (claimant.namespace !== here.namespace) return false;
  const started = here.startOf(claimant.pid);
  if (started === undefined) return false;
  // The number may have gone to another process since.
  return started === null || (claimant.started !== null && started !== claimant.started);
}

function parse(text: string): Claimant | null {
  try {
    const { pid, started = null, boot = null, namespace = null, hostname = null } = JSON.parse(text);
    return typeof pid === "number" ? { pid, started, boot, namespace, hostname } : null;
  } catch {
    return null;
  }
}
