/** The commands of src/README.md for a server and a co-process, as they stand there. */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { describe, expect, it } from "vitest";
import { addSeconds, fromMillis } from "../../src/instant.ts";
import { eventLines, EXACT, tally } from "../support/eventLines.ts";
import { freePort } from "../support/freePort.ts";
import { programCommand, startCommand } from "../support/program.ts";
import { projectFolder } from "../support/project.ts";
import { contoso, openSite } from "../support/site.ts";

const README = readFileSync(join(projectFolder, "src/README.md"), "utf8");
const [SERVE = "", PULL = "", EXEC = "", ...others] = [...README.matchAll(/^```bash\n([^]*?)^```$/gm)]
  .map(([, script]) => script!);

/** A folder with a configuration, and a shell in it that knows `graphtap`. */
async function readersFolder() {
  const site = await openSite();
  site.emulator.produce("secureScores", 20, { from: addSeconds(fromMillis(Date.now()), -20 * 86_400) });
  site.write([contoso("secure_scores")]);
  const bin = join(site.folder, "bin");
  mkdirSync(bin);
  const program = programCommand.map((word) => `'${word}'`).join(" ");
  writeFileSync(join(bin, "graphtap"), `#!/bin/sh\nexec ${program} "$@"\n`);
  chmodSync(join(bin, "graphtap"), 0o755);
  const shell = (script: string) =>
    startCommand(["sh", "-e", "-c", script], {
      cwd: site.folder,
      env: { PATH: `${bin}:${process.env["PATH"]}` },
    });
  const written = (file: string) =>
    tally(
      site.records("secure_scores"),
      eventLines(readFileSync(join(site.folder, file))).map(({ record }) => record),
    );
  return { shell, written };
}

describe("the README of src", () => {
  const curl = spawnSync("curl", ["--version"]).status === 0;
  it.runIf(curl)("shows a server that is pulled, and a batch that is confirmed", async () => {
    const { shell, written } = await readersFolder();
    const port = await freePort();
    // Another port, since the usual one may be in use here.
    const serving = shell(`exec ${SERVE.trim()} --listen 127.0.0.1:${port}`);
    await serving.until(() => serving.stderr.includes("listening"), "the server listens");
    const { code, stdout, stderr } = await shell(PULL.replaceAll("9464", String(port))).ended;
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout.toString())).toMatchObject({ records: 20, complete: true });
    expect(written("batch.ndjson")).toEqual(EXACT);
    serving.kill("SIGTERM");
    expect((await serving.ended).code).toBe(0);
  });

  it("shows a co-process, and the lines that end its answers", async () => {
    const { shell, written } = await readersFolder();
    const { code, stderr } = await shell(EXEC).ended;
    expect(code, stderr).toBe(0);
    expect(written("events.ndjson")).toEqual(EXACT);
    const [shown] = /\{"request":1,.*?\}/.exec(README) ?? [];
    expect(stderr.split("\n")).toContain(shown);
  });

  it("has no other such commands", () => expect(others).toEqual([]));
});
