import { type FileLocker, flockByCommand, type LockableFile, lockByFile } from "../../src/files/lock.ts";

interface DenoNamespace {
  openSync(path: string, options: { read: boolean; write: boolean }): LockableFile;
}

/** The locker that the program has on this runtime. */
export function hostLocker(): FileLocker {
  const deno = (globalThis as { Deno?: DenoNamespace }).Deno;
  return deno ? lockByFile((path) => deno.openSync(path, { read: true, write: true })) : flockByCommand;
}
