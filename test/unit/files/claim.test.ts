import { describe, expect, it } from "vitest";
import { type Fate, fateOf } from "../../../src/files/claim.ts";
import type { Host } from "../../../src/files/host.ts";

describe("a claim", () => {
  const host = (start: string | null | undefined, changes: Partial<Host> = {}): Host => ({
    boot: "boot-1",
    namespace: "pid:[1]",
    hostname: "alpha",
    startOf: () => start,
    ...changes,
  });
  const claimant = { pid: 42, started: "777", boot: "boot-1", namespace: "pid:[1]", hostname: "alpha" };

  it.each<[string, Host, Fate]>([
    ["its process lives", host("777"), "lives"],
    ["its process ended", host(null), "gone"],
    ["its number went to another process", host("888"), "gone"],
    ["processes cannot be told", host(undefined), "unknown"],
    ["the host was started again", host("777", { boot: "boot-2" }), "gone"],
    ["it is of another host", host(null, { boot: "boot-2", hostname: "beta" }), "unknown"],
    ["it is of another container", host(null, { namespace: "pid:[2]" }), "unknown"],
  ])("when %s", (_, here, fate) => expect(fateOf(claimant, here)).toBe(fate));
});
