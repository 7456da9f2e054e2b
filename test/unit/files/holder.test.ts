import { describe, expect, it } from "vitest";
import {
  type Fate,
  fateOf,
  type Holder,
  holderIn,
  holderInWords,
  holderName,
  isSurelyGone,
} from "../../../src/files/holder.ts";
import type { Host } from "../../../src/files/host.ts";

const host = (start: string | null | undefined, changes: Partial<Host> = {}): Host => ({
  boot: "boot-1",
  namespace: "pid:[1]",
  hostname: "alpha",
  startOf: () => start,
  ...changes,
});
const holder: Holder = { pid: 42, started: "777", boot: "boot-1", namespace: "pid:[1]", hostname: "alpha" };

describe("the fate of a holder", () => {
  // The last column: a pod that follows another has its name, and the other may still run on a host that was cut off.
  it.each<[string, Host, Fate, boolean]>([
    ["its process lives", host("777"), "lives", false],
    ["its process ended", host(null), "gone", true],
    ["its number went to another process", host("888"), "gone", true],
    ["processes cannot be told", host(undefined), "unknown", false],
    ["a host of its name was started again", host("777", { boot: "boot-2" }), "gone", false],
    ["it is of another host", host(null, { boot: "boot-2", hostname: "beta" }), "unknown", false],
    ["it is of another container", host(null, { namespace: "pid:[2]" }), "unknown", false],
  ])("when %s", (_, here, fate, isSure) => {
    expect(fateOf(holder, here)).toBe(fate);
    expect(isSurelyGone(holder, here)).toBe(isSure);
  });

  it("is not certain on a system that does not tell its starts apart", () => {
    expect(isSurelyGone({ ...holder, boot: null }, host(null, { boot: null }))).toBe(false);
  });
});

describe("the name of a holder's file", () => {
  it.each<Holder>([
    holder,
    { ...holder, hostname: "tap,a/ü%" },
    { pid: 7, started: null, boot: null, namespace: null, hostname: null },
  ])("tells the holder again: %o", (one) => {
    const [first, second] = [holderName(one, 0), holderName(one, 1)];
    expect(first).not.toBe(second);
    expect(first).not.toContain("/");
    expect([holderIn(first), holderIn(second)]).toEqual([one, one]);
  });

  it.each(["", ".tmp", "42", "0,1,2,3,4,5", "42,%,b,n,h,0"])("tells none: %j", (name) => {
    expect(holderIn(name)).toBeNull();
  });
});

it("a holder of another host is named with its host", () => {
  expect(holderInWords(holder, host(null))).toBe("process 42");
  expect(holderInWords(holder, host(null, { hostname: "beta" }))).toBe("process 42 on alpha");
});
