/** A reader that goes away: `graphtap pull | head -1`. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { addSeconds } from "../../src/instant.ts";
import { eventLines, EXACT, tally } from "../support/eventLines.ts";
import { lastWord } from "../support/lastWord.ts";
import { programCommand, run, start, startCommand } from "../support/program.ts";
import { contoso, openSite } from "../support/site.ts";

/** One page of several megabytes: far more than any pipe holds, so that it cannot have been accepted whole. */
async function bigPage() {
  const site = await openSite();
  const within = { from: addSeconds(site.start, 60), to: addSeconds(site.start, 3000) };
  site.emulator.produce("directoryAudits", 900, within);
  site.emulator.produce("alerts_v2", 900, within);
  return { site, config: site.write([contoso("directory_audits", "alerts_v2")]) };
}

/** Log lines only, none of them a crash, and the last one says why it ended. */
function expectQuiet(stderr: string): void {
  expect(lastWord(stderr)).toEqual({
    said: "ended: Cannot write: standard output was closed by its reader",
    level: "error",
    code: "sink-closed",
    exit_code: 4,
  });
  for (const line of stderr.split("\n").slice(0, -1)) expect(line).toMatch(/^\{"time":/);
  expect(stderr).not.toMatch(/EPIPE|^\s+at /m);
}

const intoFullVolume = (...words: string[]) =>
  startCommand(["sh", "-c", '"$@" > /dev/full', "sh", ...programCommand, ...words]).ended;

describe("a closed standard output", () => {
  it("ends a pull quietly with exit code 4, and the rest comes next time", async () => {
    const { site, config } = await bigPage();
    const cut = start(["pull", "-c", config]);
    await cut.until(() => cut.lines > 0, "a first line");
    cut.closeStdout();
    expect(await cut.exited).toBe(4);
    expectQuiet((await cut.ended).stderr);

    const rest = await run(["pull", "-c", config]);
    expect(rest.code).toBe(0);
    const lines = eventLines(rest.stdout);
    for (const service of ["directory_audits", "alerts_v2"]) {
      const records = lines.filter((line) => line.service === service).map(({ record }) => record);
      expect(tally(site.records(service), records), service).toEqual(EXACT);
    }
  });

  it("ends `graphtap pull | head -1` the same way", async () => {
    const { site, config } = await bigPage();
    const code = join(site.folder, "code");
    const script = `{ "$@"; echo "$?" > '${code}'; } | head -1`;
    const piped = await startCommand(["sh", "-c", script, "sh", ...programCommand, "pull", "-c", config])
      .ended;
    expect(eventLines(piped.stdout).length).toBe(1);
    expect(readFileSync(code, "utf8")).toBe("4\n");
    expectQuiet(piped.stderr);
  });

  it("ends `graphtap run` too, at the first line that nobody takes", async () => {
    const { config } = await bigPage();
    const forever = start(["run", "-c", config]);
    await forever.until(() => forever.lines > 0, "a first line");
    forever.closeStdout();
    expect(await forever.exited).toBe(4);
    expectQuiet((await forever.ended).stderr);
  });

  it.each(["services", "schema", "--help"])("ends `graphtap %s` quietly too", async (command) => {
    const printing = start([command]);
    printing.closeStdout();
    expect(await printing.exited).toBe(4);
    expect(printing.stderr).toBe("");
  });

  it("does not fail a command that had nothing to say", async () => {
    const site = await openSite();
    const empty = start(["pull", "-c", site.write([contoso("directory_audits")])]);
    empty.closeStdout();
    expect(await empty.exited).toBe(0);
  });
});

describe.skipIf(!existsSync("/dev/full"))("a standard output that is a file on a full volume", () => {
  it("ends a pull, and says why; all comes next time", async () => {
    const { site, config } = await bigPage();
    const full = await intoFullVolume("pull", "-c", config);
    expect(full.code).toBe(4);
    expect(full.stderr).toMatch(
      /"message":"ended: Cannot write \\"standard output\\": ENOSPC; the volume is full.*"code":"sink-full"/,
    );
    expect(full.stderr).not.toMatch(/^\s+at /m);
    const { stdout } = await run(["pull", "-c", config]);
    const audits = eventLines(stdout).filter(({ service }) => service === "directory_audits");
    expect(tally(site.records("directory_audits"), audits.map(({ record }) => record))).toEqual(EXACT);
  });

  it("ends a command that prints in one line", async () => {
    const { code, stderr } = await intoFullVolume("services");
    expect(code).toBe(4);
    expect(stderr).toMatch(/^graphtap: sink-full: .*\n$/);
  });
});
