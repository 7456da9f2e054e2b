import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Clock } from "../../../../src/clock.ts";
import type { Host } from "../../../../src/files/host.ts";
import { endOrphan, forgetShipper, recordShipper } from "../../../../src/shipper/running/orphan.ts";
import { tempFolder } from "../../../support/tempFolder.ts";

/** No system gives a number so high: a signal to it reaches nobody. */
const PID = 2_147_483_647;
const never = new AbortController().signal;

/** A host where a process with this number began at that moment, and is looked at so often before it is gone. */
function hostOf(started: string, looks = Infinity): Host {
  const startOf = () => looks-- > 0 ? started : null;
  return { boot: "b", namespace: "n", hostname: "tap-1", startOf };
}

/** A clock that adds up the waits. */
function countingClock() {
  let waitedMs = 0;
  const sleep = (ms: number, signal?: AbortSignal) => {
    signal?.throwIfAborted();
    return Promise.resolve(void (waitedMs += ms));
  };
  return { clock: { sleep } as unknown as Clock, waitedMs: () => waitedMs };
}

/** A folder whose record names a shipper that began at that moment. */
function folderOf(started: string): string {
  const folder = tempFolder();
  recordShipper(folder, PID, hostOf(started));
  return folder;
}

describe("a shipper that an earlier start left running", () => {
  it("is awaited, not longer than it takes", async () => {
    const { clock, waitedMs } = countingClock();
    expect(await endOrphan(folderOf("10:00"), hostOf("10:00", 20), clock, never)).toBe(PID);
    expect(waitedMs()).toBeGreaterThan(0);
    expect(waitedMs()).toBeLessThan(2000);
  });

  it("keeps the start back when it does not end in 20 s, and is named", async () => {
    const { clock, waitedMs } = countingClock();
    const folder = folderOf("10:00");
    await expect(endOrphan(folder, hostOf("10:00"), clock, never)).rejects.toMatchObject({
      code: "state-in-use",
      message:
        `Cannot end process ${PID}, the shipper that an earlier graphtap left running on "${folder}"; end it first`,
    });
    expect(waitedMs()).toBe(20_000);
  });

  it("is not awaited any longer when the stop comes", async () => {
    const stop = new AbortController();
    stop.abort(new Error("stopped by SIGTERM"));
    const { clock } = countingClock();
    await expect(endOrphan(folderOf("10:00"), hostOf("10:00"), clock, stop.signal)).rejects.toThrow(
      "stopped",
    );
  });
});

describe("nobody is awaited, and nobody ended", () => {
  it.each([
    ["its number has gone to another process", hostOf("11:00")],
    ["the system was started again since", { ...hostOf("10:00"), boot: "another" }],
    ["it was of another container", { ...hostOf("10:00"), namespace: "another" }],
  ])("where %s", async (_, host) => {
    const { clock, waitedMs } = countingClock();
    expect(await endOrphan(folderOf("10:00"), host, clock, never)).toBeNull();
    expect(waitedMs()).toBe(0);
  });

  it("after the shipper has ended in order", async () => {
    const folder = folderOf("10:00");
    forgetShipper(folder);
    expect(await endOrphan(folder, hostOf("10:00"), countingClock().clock, never)).toBeNull();
  });

  it.each(["", "no JSON", "null", "[]", '{"pid":"1"}'])("where the record is %j", async (text) => {
    const folder = tempFolder();
    writeFileSync(join(folder, "shipper.json"), text);
    expect(await endOrphan(folder, hostOf("10:00"), countingClock().clock, never)).toBeNull();
  });
});

it("the record tells a process by its number, its start and the boot", () => {
  expect(JSON.parse(readFileSync(join(folderOf("10:00"), "shipper.json"), "utf8"))).toEqual({
    pid: PID,
    started: "10:00",
    boot: "b",
    namespace: "n",
    hostname: "tap-1",
  });
});
