import type * as fs from "node:fs";

/** What happens at one call that changes a file. */
export type Mishap =
  /** The process dies: before the call, in the middle of it (a write ends half way), or right after it. */
  | "dies-before"
  | "dies-within"
  | "dies-after"
  /** The volume is full: a write ends half way. */
  | "full"
  /** As `full`, and what would take the half back fails too; later calls succeed. */
  | "full-twice"
  /** As `full`, and every later call fails too. */
  | "full-and-broken";

/** Controls the file functions of a mocked `node:fs`. */
export interface Brittle {
  /** Calls that change files since `arm`. */
  calls: number;
  arm(at: number, mishap: Mishap): void;
  disarm(): void;
}

class Died extends Error {}

type Changing =
  | "writeSync"
  | "fdatasyncSync"
  | "fsyncSync"
  | "ftruncateSync"
  | "renameSync"
  | "openSync"
  | "unlinkSync";

/** `node:fs` with functions that fail when told to. After a death nothing changes any file any more. */
export function brittleFiles(real: typeof fs): { files: typeof fs; brittle: Brittle } {
  let at = Infinity;
  let mishap: Mishap = "dies-before";
  let dead = false;
  const brittle: Brittle = {
    calls: 0,
    arm(call, what) {
      [at, mishap, dead, brittle.calls] = [call, what, false, 0];
    },
    disarm: () => brittle.arm(Infinity, "dies-before"),
  };

  function around<R>(name: Changing, work: () => R, half: () => void): R {
    if (dead) throw mishap.startsWith("dies") ? new Died() : failure("EIO");
    if (++brittle.calls === at + 1 && mishap === "full-twice") throw failure("EIO");
    if (brittle.calls !== at) return work();
    dead = !["full", "full-twice"].includes(mishap);
    if (mishap === "dies-before") throw new Died();
    if (mishap === "dies-after") {
      work();
      throw new Died();
    }
    if (name === "writeSync") half();
    throw mishap === "dies-within" ? new Died() : failure("ENOSPC");
  }

  // A kill takes nothing from the system's cache, so that nothing has to be synced for it, which would take long.
  function call(name: Changing, args: never[]): unknown {
    if (name === "fdatasyncSync" || name === "fsyncSync") return undefined;
    return (real[name] as (...args: never[]) => unknown)(...args);
  }

  const wrapped = Object.fromEntries(
    (["fdatasyncSync", "fsyncSync", "ftruncateSync", "renameSync", "openSync", "unlinkSync"] as const).map((
      name,
    ) => [
      name,
      (...args: never[]) => around(name, () => call(name, args), () => {}),
    ]),
  );
  const writeSync = (fd: number, bytes: Uint8Array, from: number, length: number, position: number) =>
    around(
      "writeSync",
      () => real.writeSync(fd, bytes, from, length, position),
      () => real.writeSync(fd, bytes, from, length >> 1, position),
    );
  return { files: { ...real, ...wrapped, writeSync } as unknown as typeof fs, brittle };
}

function failure(code: string): Error {
  return Object.assign(new Error(code), { code });
}
