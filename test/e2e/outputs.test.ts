/** The collector's outputs, which graphtap does not serve itself: that is said before anything is lost. */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import { describe, expect, it } from "vitest";
import { programCommand, run, startCommand } from "../support/program.ts";
import { contoso, openSite } from "../support/site.ts";

async function collectorsFile() {
  const site = await openSite();
  const file = site.write([contoso("directory_audits")]);
  const devo = { type: "devo_platform", config: { address: "collector-us.devo.io", port: 443 } };
  writeFileSync(
    file,
    JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")) as object, outputs: { devo } }),
  );
  return file;
}

const SAID = /"level":"error","message":"NOTHING REACHES outputs\.devo \(collector-us\.devo\.io:443\)/;

describe("a file with outputs", () => {
  it("is told of at the start when event lines go to /dev/null, and not when they go into a pipe", async () => {
    const file = await collectorsFile();
    const words = [...programCommand, "pull", "-c", file];
    const lost = await startCommand(["sh", "-c", 'exec "$@" > /dev/null', "sh", ...words]).ended;
    expect(lost.stderr).toMatch(SAID);
    expect(lost.stderr).toContain("which is /dev/null");
    const taken = await run(["pull", "-c", file]);
    expect([taken.code, taken.stderr.includes("NOTHING REACHES")]).toEqual([0, false]);
  });

  // A process space of its own, as a container has it.
  const unshare = ["unshare", "--user", "--map-root-user", "--pid", "--fork", "--kill-child"];
  const contains = process.platform === "linux" &&
    spawnSync(unshare[0]!, [...unshare.slice(1), "true"]).status === 0;
  it.runIf(contains)("is told of when they go to a container's log", async () => {
    const file = await collectorsFile();
    const { stderr } = await startCommand([...unshare, ...programCommand, "pull", "-c", file]).ended;
    expect(stderr).toMatch(SAID);
    expect(stderr).toContain("which is the log of this container");
  });

  it("is noted by check", async () => {
    const checked = await run(["check", "-c", await collectorsFile()]);
    expect(checked.stdout.toString()).toMatch(
      /^note: outputs\.devo \(collector-us\.devo\.io:443\): a shipper/m,
    );
  });
});
