/** Which processes live on this host: what a lock without `flock` has to go by. */
import { readFileSync, readlinkSync } from "node:fs";
import { getBuiltinModule } from "node:process";

/** A view of the processes of one host, or of one container on it. */
export interface Host {
  /** Differs after every start of the system; `null` when it cannot be told. */
  readonly boot: string | null;
  /** Which numbering of processes is seen: containers have their own; `null` when there is only one. */
  readonly namespace: string | null;
  readonly hostname: string | null;
  /** When a process began, in a form only good for comparing; `null` when there is none, `undefined` when that cannot be told. */
  startOf(pid: number): string | null | undefined;
}

/** The host as /proc shows it, or as `ps` does where there is none. */
export function thisHost(): Host {
  if (readText("/proc/self/stat") === null) {
    return { boot: null, namespace: null, hostname: null, startOf: startByCommand };
  }
  return {
    boot: readText("/proc/sys/kernel/random/boot_id"),
    namespace: readLink("/proc/self/ns/pid"),
    hostname: readText("/proc/sys/kernel/hostname"),
    startOf(pid) {
      const stat = readText(`/proc/${pid}/stat`);
      if (stat === null) return null;
      // proc(5): the name, in brackets, may hold anything; behind it the 1st field is the state, the 20th the start.
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return fields[0] === "Z" || fields[0] === "X" ? null : fields[19] ?? undefined;
    },
  };
}

const PS = "/bin/ps";

/** Deno asks whoever sits at the terminal for a permission that it does not have, and waits for the answer. */
interface DenoPermissions {
  readonly permissions: { querySync(wanted: { name: "run"; command: string }): { state: string } };
}

function mayRun(command: string): boolean {
  const { Deno: deno } = globalThis as { readonly Deno?: DenoPermissions };
  return deno === undefined || deno.permissions.querySync({ name: "run", command }).state === "granted";
}

function startByCommand(pid: number): string | null | undefined {
  if (!mayRun(PS)) return undefined;
  // The time zone and language of whoever asks must not change the answer.
  const env = { LC_ALL: "C", TZ: "UTC" };
  try {
    const { spawnSync } = getBuiltinModule("node:child_process");
    const { status, stdout } = spawnSync(PS, ["-o", "lstart=", "-p", String(pid)], {
      env,
      encoding: "utf8",
    });
    if (status === null) return undefined;
    return stdout.trim() === "" ? null : stdout.trim();
  } catch {
    return undefined;
  }
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return null;
  }
}

function readLink(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}
