/** Hosts that limit addresses (`ulimit -v`), of which a runtime reserves ten gigabytes for each memory of WebAssembly. */
import process from "node:process";
import { describe, expect, it } from "vitest";
import { eventLines } from "../support/eventLines.ts";
import { programCommand, startCommand } from "../support/program.ts";
import { onDeno } from "../support/project.ts";
import { contoso, openSite } from "../support/site.ts";

const RECORDS = 20_000;

/** The program, with so many kilobytes of addresses. */
function limited(kilobytes: number, ...words: string[]): string[] {
  return ["bash", "-c", `ulimit -v ${kilobytes}; exec "$@"`, "bash", ...programCommand, ...words];
}

describe.runIf(process.platform === "linux" && !onDeno)("few addresses", () => {
  it("for nothing but the connection are enough to deliver all", { timeout: 120_000 }, async () => {
    const site = await openSite();
    site.emulator.produce("directoryAudits", RECORDS, { from: site.start });
    const config = site.write([contoso("directory_audits")]);
    const { code, stdout, stderr } = await startCommand(limited(14_000_000, "pull", "-c", config), {}).ended;
    expect(code, stderr).toBe(0);
    expect(new Set(eventLines(stdout).map(({ id }) => id)).size).toBe(RECORDS);
  });

  it("for less than that are told of, with what to do", async () => {
    const site = await openSite();
    const config = site.write([contoso("directory_audits")]);
    const running = startCommand(limited(6_000_000, "pull", "-c", config), {});
    await running.until(() => running.stderr.includes("ulimit -v"), "a word on the limit");
    running.kill("SIGTERM");
    const { stderr } = await running.ended;
    expect(stderr).toContain("the runtime has no addresses left for WebAssembly");
    expect(stderr).not.toContain("graphtap: bug");
  });

  it("for less than a server needs are told of, too", async () => {
    const command = limited(6_000_000, "demo", "--serve");
    const { code, stderr } = await startCommand(command, {}).ended;
    expect(stderr).toContain("no addresses left for WebAssembly: raise the limit of addresses (ulimit -v)");
    expect(code).toBe(1);
  });
});
