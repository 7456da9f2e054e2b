import {
  appendFileSync,
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { GraphtapError } from "../../../src/errors.ts";
import { type Hold, holdersOf, type HoldOptions, takeHold } from "../../../src/files/hold.ts";
import type { Host } from "../../../src/files/host.ts";
import { freshFolder } from "../../support/state.ts";

const alpha: Host = { boot: "1", namespace: "n", hostname: "alpha", startOf: () => "5" };
const beta: Host = { ...alpha, boot: "2", hostname: "beta" };

function take(dir: string, host: Host = alpha, options: Partial<HoldOptions> = {}): Hold {
  const lostTo: HoldOptions["lostTo"] = (holder) =>
    new GraphtapError("state-in-use", `taken by ${holder?.pid} on ${holder?.hostname}`);
  return takeHold(dir, { pid: host === alpha ? 11 : 22, host, lostTo, ...options });
}
const lost = expect.objectContaining({ code: "state-in-use", message: "taken by 22 on beta" });

describe("a hold on a folder", () => {
  it("is told by a folder that goes with it", () => {
    const dir = freshFolder();
    const hold = take(dir);
    expect(holdersOf(dir)).toMatchObject([{ holder: { pid: 11, hostname: "alpha" } }]);
    for (let times = 0; times < 3; times++) hold.check();
    expect(hold.release()).toBe(true);
    expect(readdirSync(dir)).toEqual([]);
  });

  it("ends when another process takes the folder, and its failure is told once", () => {
    const dir = freshFolder();
    const told: GraphtapError[] = [];
    const first = take(dir, alpha, { onLost: (failure) => told.push(failure) });
    const second = take(dir, beta);
    for (let times = 0; times < 2; times++) expect(first.check).toThrow(lost);
    expect(told).toEqual([lost]);
    expect(first.release()).toBe(false);
    second.check();
    expect(holdersOf(dir)).toMatchObject([{ holder: { pid: 22 } }]);
  });

  it("replaces files, and leaves what another holder wrote as it is", () => {
    const dir = freshFolder();
    const file = join(dir, "file");
    const first = take(dir);
    first.replaceFile(file, "one");
    const second = take(dir, beta);
    second.replaceFile(file, "two");
    expect(() => first.replaceFile(file, "late")).toThrow(lost);
    expect(readFileSync(file, "utf8")).toBe("two");
    second.release();
    expect(readdirSync(dir)).toEqual(["file"]);
  });

  it("writes nothing once it is lost", () => {
    const dir = freshFolder();
    const first = take(dir);
    take(dir, beta);
    expect(() => first.during(() => writeFileSync(join(dir, "late"), ""))).toThrow(lost);
    expect(readdirSync(dir)).not.toContain("late");
  });

  it("lets nobody read what was appended by one that stood still behind its check", () => {
    const dir = freshFolder();
    const file = join(dir, "file");
    writeFileSync(file, "before\n");
    const first = take(dir);
    const open = openSync(file, "a");
    expect(() =>
      first.during(() => {
        const second = take(dir, beta);
        second.renew(file);
        appendFileSync(file, "second\n");
        writeSync(open, "late\n");
      })
    ).toThrow(lost);
    closeSync(open);
    expect(readFileSync(file, "utf8")).toBe("before\nsecond\n");
  });

  it("says that it is lost rather than how a write failed for that", () => {
    const dir = freshFolder();
    const first = take(dir);
    expect(() =>
      first.during(() => {
        take(dir, beta);
        throw new Error("stale");
      })
    ).toThrow(lost);
  });

  it.each<[string, Host, boolean]>([
    ["has ended on this host", { ...alpha, startOf: (pid) => (pid === 11 ? null : "5") }, false],
    ["still runs", alpha, true],
    ["ran on another host of the same name", { ...alpha, boot: "2" }, true],
    ["ran in another container", { ...alpha, namespace: "m" }, true],
  ])("follows one that %s", (_, host, followsLiving) => {
    const dir = freshFolder();
    take(dir);
    expect(take(dir, host, { pid: 33 }).followsLiving).toBe(followsLiving);
  });

  it("beside another one in the same folder touches it not", () => {
    const dir = freshFolder();
    const first = take(dir);
    take(dir, beta, { prefix: ".spool.holder-" });
    first.check();
  });
});
