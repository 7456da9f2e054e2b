import { readdirSync } from "node:fs";
import process from "node:process";
import { describe, expect, it } from "vitest";
import { GraphtapError } from "../../../src/errors.ts";
import { acquireLock } from "../../../src/files/folderLock.ts";
import type { FileLocker } from "../../../src/files/lock.ts";
import { standBy } from "../../../src/wiring/standBy.ts";
import { freshFolder } from "../../support/state.ts";

const { pid } = process;
const withoutFlock: FileLocker = () => ({ status: "unsupported" });

function waiting(dir: string) {
  const said: string[] = [];
  const stop = new AbortController();
  let ends = 0;
  const meanwhile = { end: () => Promise.resolve(void ends++) };
  const options = { wait: true, stateDir: dir, log: { format: "text", level: "info" } } as const;
  const runtime = { locker: withoutFlock, pid, writeStderr: (line: string) => said.push(line) };
  const taken = standBy(options, runtime, stop, () => Promise.resolve(meanwhile)).then((one) => one!);
  return { said, stop, taken, ends: () => ends };
}

describe("who waits for a folder", () => {
  it("takes one that nobody has at once, and says nothing", async () => {
    const dir = freshFolder();
    const { said, taken } = waiting(dir);
    const { lock, waited } = await taken;
    expect([waited, said]).toEqual([false, []]);
    lock.release();
  });

  it("says once who has it, and takes it when it is free", async () => {
    const dir = freshFolder();
    const first = acquireLock(dir, withoutFlock, { pid });
    const { said, taken } = waiting(dir);
    first.release();
    const { lock, waited } = await taken;
    expect(waited).toBe(true);
    expect(said).toEqual([
      expect.stringContaining(`standing by`),
      expect.stringContaining("took over"),
    ]);
    expect(said[0]).toContain(`process ${pid}`);
    lock.release();
    expect(readdirSync(dir)).toEqual(["lock"]);
  });

  it("ends by a stop, as it ends what was done meanwhile", async () => {
    const dir = freshFolder();
    const first = acquireLock(dir, withoutFlock, { pid });
    const { said, stop, taken, ends } = waiting(dir);
    stop.abort(new GraphtapError("stopped", "stopped by SIGTERM"));
    await expect(taken).rejects.toMatchObject({ code: "stopped" });
    expect(ends()).toBe(1);
    expect(said.at(-1)).toContain("ended: stopped by SIGTERM");
    first.release();
  });
});
