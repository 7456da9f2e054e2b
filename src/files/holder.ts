/** Who has a folder, told by the name of a file: that takes no room on a full volume, and is read without opening. */
import type { Host } from "./host.ts";

/** A process that has a folder. */
export interface Holder {
  readonly pid: number;
  /** When it began, as its host tells it; `null` where that cannot be told. */
  readonly started: string | null;
  readonly boot: string | null;
  readonly namespace: string | null;
  readonly hostname: string | null;
}

/** This process, or another one of this host. */
export function holderOf(pid: number, host: Host): Holder {
  const { boot, namespace, hostname } = host;
  return { pid, started: host.startOf(pid) ?? null, boot, namespace, hostname };
}

/** The name of a holder's file. @param turn one of its names from another */
export function holderName({ pid, started, boot, namespace, hostname }: Holder, turn: number): string {
  return [pid, started, boot, namespace, hostname, turn].map((part) => encodeURIComponent(part ?? ""))
    .join(",");
}

/** The holder that a name tells; `null` when it tells none. */
export function holderIn(name: string): Holder | null {
  const [pid = "", ...parts] = name.split(",");
  if (!/^[1-9]\d{0,9}$/.test(pid) || parts.length !== 5) return null;
  try {
    const [started, boot, namespace, hostname] = parts.map((part) => decodeURIComponent(part) || null);
    return {
      pid: Number(pid),
      started: started ?? null,
      boot: boot ?? null,
      namespace: namespace ?? null,
      hostname: hostname ?? null,
    };
  } catch {
    return null;
  }
}

/** What can be told of a process. */
export type Fate = "lives" | "gone" | "unknown";

/** What became of a process. */
export function fateOf(holder: Holder, here: Host): Fate {
  if (holder.boot !== here.boot) {
    // The same host has been started again; another one, on a shared volume, we cannot look into.
    return holder.hostname !== null && holder.hostname === here.hostname ? "gone" : "unknown";
  }
  if (holder.namespace !== here.namespace) return "unknown";
  const started = here.startOf(holder.pid);
  if (started === undefined) return "unknown";
  // The number may have gone to another process since.
  const isOther = holder.started !== null && started !== holder.started;
  return started === null || isOther ? "gone" : "lives";
}

/**
 * Whether it is certain that a process has ended. Another host may have the same name, as pods that follow each other
 * do: only what runs under this very start of a system can be looked into.
 */
export function isSurelyGone(holder: Holder, here: Host): boolean {
  return holder.boot !== null && holder.boot === here.boot && fateOf(holder, here) === "gone";
}

/** A process in words, as seen from here: "process 12", or "process 12 on tap-a" where it is of another host. */
export function holderInWords({ pid, hostname }: Pick<Holder, "pid" | "hostname">, here: Host): string {
  return hostname === null || hostname === here.hostname ? `process ${pid}` : `process ${pid} on ${hostname}`;
}
