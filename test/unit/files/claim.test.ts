import { describe, expect, it } from "vitest";
import { isGone } from "../../../src/files/claim.ts";
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

  it.each<[string, Host, boolean]>([
    ["its process lives", host("777"), false],
    ["its process ended", host(null), true],
    ["its number went to another process", host("888"), true],
    ["processes cannot be told", host(undefined), false],
    ["the host was started again", host("777", { boot: "boot-2" }), true],
    ["it is of another host", host(null, { boot: "boot-2", hostname: "beta" }), false],
    ["it is of another container", host(null, { namespace: "pid:[2]" }), false],
  ])("when %s", (_, here, gone) => expect(isGone(claimant, here)).toBe(gone));
});
