/** One configuration among shards, by the real program. */
import { describe, expect, it } from "vitest";
import { shardOf } from "../../src/config/shard.ts";
import { run } from "../support/program.ts";
import { contoso, openSite } from "../support/site.ts";

describe("a shard", () => {
  it("has its inputs only, waits for positions of others, and begins when it may", async () => {
    const site = await openSite();
    const config = site.write([contoso("signIns")]);
    const index = shardOf("10001", 2);
    const [own, other] = [`${index}/2`, `${1 - index}/2`];
    const check = await run(["check", "-c", config, "--shard", other]);
    expect(check.stdout.toString()).toContain(`valid; shard ${other}, 0 of 1 inputs, 0 streams`);
    const waits = await run(["pull", "-c", config, "--shard", own]);
    expect([waits.code, waits.stdout.length]).toEqual([5, 0]);
    expect(waits.stderr).toContain("graphtap state adopt");
    expect((await run(["state", "adopt", "-c", config])).stderr).toContain("adopted");
    expect((await run(["pull", "-c", config, "--shard", own])).code).toBe(0);
    const moved = await run(["state", "export", "--move", "-c", config]);
    expect(moved.code).toBe(0);
    expect((await run(["pull", "-c", config, "--shard", own])).code).toBe(5);
  });

  it("that is not written as one is a mistake of the command line", async () => {
    const site = await openSite();
    const { code, stderr } = await run(["run", "-c", site.write([contoso("signIns")]), "--shard", "2/2"]);
    expect(code).toBe(2);
    expect(stderr).toContain("expected I/N with I from 0 to N-1");
  });
});
