import { describe, expect, it } from "vitest";
import { lockByFile } from "../../../src/files/lock.ts";

// Locks that the host knows, and those of other processes, are in `test/e2e/crash/lock.test.ts`.
describe("a file", () => {
  it("on a host or file system without locks is reported as such", () => {
    const locker = lockByFile(() => ({
      tryLockSync: () => {
        throw new Error("ENOTSUP");
      },
      close: () => {},
    }));
    expect(locker("lock").status).toBe("unsupported");
  });
});
