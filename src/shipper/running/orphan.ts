/**
 * A shipper that outlived the graphtap which started it. It is told to end by `process.ts`, but may need a while for that,
 * and two on one buffer would send everything twice: the next start waits for its end, and brings it about.
 */
import { join } from "node:path";
import { kill } from "node:process";
import type { Clock } from "../../clock.ts";
import { GraphtapError } from "../../errors.ts";
import { readFileIfAny, removeFile, replaceFile } from "../../files/durable.ts";
import { fateOf, type Holder, holderOf } from "../../files/holder.ts";
import type { Host } from "../../files/host.ts";

const RECORD = "shipper.json";
/** Milliseconds for its end after SIGTERM, and after SIGKILL. */
const PATIENCE_MS = 10_000;
const LOOK_MS = 50;

/** Notes who runs, by number, start and boot: a number alone is soon another process's. @throws state-unusable */
export function recordShipper(folder: string, pid: number, host: Host): void {
  replaceFile(join(folder, RECORD), `${JSON.stringify(holderOf(pid, host))}\n`);
}

/** Notes that nobody runs. @throws state-unusable */
export function forgetShipper(folder: string): void {
  removeFile(join(folder, RECORD));
}

/**
 * Ends the shipper that a process before this one left running, if it did.
 *
 * @returns its number when there was one
 * @throws state-in-use it does not end; the reason of `signal`
 */
export async function endOrphan(
  folder: string,
  host: Host,
  clock: Clock,
  signal: AbortSignal,
): Promise<number | null> {
  const record = read(folder);
  const lives = () => record !== null && fateOf(record, host) === "lives";
  if (record === null || !lives()) return null;
  for (const name of ["SIGTERM", "SIGKILL"] as const) {
    send(record.pid, name);
    for (let waitedMs = 0; waitedMs < PATIENCE_MS; waitedMs += LOOK_MS) {
      if (!lives()) return record.pid;
      await clock.sleep(LOOK_MS, signal);
    }
  }
  throw new GraphtapError(
    "state-in-use",
    `Cannot end process ${record.pid}, the shipper that an earlier graphtap left running on "${folder}"; end it first`,
  );
}

function send(pid: number, name: "SIGTERM" | "SIGKILL"): void {
  try {
    kill(pid, name);
  } catch {
    // It has ended meanwhile, or belongs to somebody else: then it is said that it does not end.
  }
}

function read(folder: string): Holder | null {
  try {
    const record = JSON.parse(readFileIfAny(join(folder, RECORD))?.toString("utf8") ?? "null") as
      | Holder
      | null;
    return typeof record?.pid === "number" ? record : null;
  } catch (error) {
    // A file that is no JSON was left by nobody of ours.
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
