/** A state folder that is full, taken, impossible or damaged. */
import type { Buffer } from "node:buffer";
import { spawnSync } from "node:child_process";
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { addSeconds } from "../../src/instant.ts";
import { eventLines, EXACT, tally } from "../support/eventLines.ts";
import type { Status } from "../../src/server/status/schema.ts";
import { run, start } from "../support/program.ts";
import { ask, serve } from "../support/serving.ts";
import { contoso, openSite, type Site } from "../support/site.ts";
import { tempFolder } from "../support/tempFolder.ts";

const records = (...outputs: { stdout: Buffer }[]) =>
  outputs.flatMap(({ stdout }) => eventLines(stdout)).map(({ record }) => record);

/** Four pages of directory audits. */
function fourPages(site: Site): void {
  site.emulator.produce("directoryAudits", 200, {
    from: addSeconds(site.start, 60),
    to: addSeconds(site.start, 3000),
  });
  site.emulator.faults.add({
    match: { collection: "directoryAudits", times: "always" },
    do: { kind: "shortPage", records: 50 },
  });
}

/** A volume of 64 KiB; `null` where this user may not mount one. */
function smallVolume(): string | null {
  const folder = tempFolder();
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", folder], {
    encoding: "utf8",
  });
  if (mounted.status !== 0) return null;
  onTestFinished(() => void spawnSync("umount", [folder]));
  return folder;
}

describe("the state folder", () => {
  // So many KiB are free: the failing step is the lock, the first page's keys, its position, the second page's.
  it.for([0, 4, 8, 12])(
    "on a disk with %i KiB left: exit code 5, nothing lost once there is space",
    async (left, context) => {
      const volume = smallVolume();
      if (volume === null) return context.skip("a small volume needs the right to mount one");
      const site = await openSite();
      fourPages(site);
      const config = site.write([contoso("directory_audits")]);
      const pull = () => run(["pull", "-c", config, "--state", join(volume, "state")]);
      const ballast = join(volume, "ballast");
      writeFileSync(ballast, new Uint8Array((64 - left) * 1024));
      const full = await pull();
      expect(full.code, full.stderr).toBe(5);
      // The lock comes before the log; what fails later is logged.
      expect(full.stderr).toMatch(
        /(graphtap: state-unusable: |"message":"ended: ).*ENOSPC; the volume is full/,
      );
      expect(full.stderr).toContain("state-unusable");
      expect(full.stderr).not.toMatch(/^\s+at /m);

      rmSync(ballast);
      const after = await pull();
      expect(after.code).toBe(0);
      const { missing, foreign } = tally(site.records("directory_audits"), records(full, after));
      expect({ missing, foreign }).toEqual({ missing: [], foreign: [] });
      expect(records(full, after).length - 200, "records twice").toBeLessThanOrEqual(50);
      expect((await pull()).stdout.toString()).toBe("");
    },
  );

  it("that another process uses: exit code 5, naming it", async () => {
    const site = await openSite();
    const config = site.write([contoso("directory_audits")]);
    const first = start(["run", "-c", config]);
    await first.until(() => site.requests("directoryAudits") > 0, "the first poll");
    const second = await run(["pull", "-c", config]);
    expect(second).toMatchObject({ code: 5 });
    expect(second.stdout.toString()).toBe("");
    expect(second.stderr).toMatch(new RegExp(`^graphtap: state-in-use: .*\\b${first.pid}\\b.*\\n$`));

    first.kill("SIGKILL");
    await first.exited;
    expect((await run(["pull", "-c", config])).code, "a killed process frees it").toBe(0);
  });

  it("that cannot be made: exit code 5", async () => {
    const site = await openSite();
    const file = join(site.folder, "file");
    writeFileSync(file, "");
    const ended = await run([
      "pull",
      "-c",
      site.write([contoso("directory_audits")]),
      "--state",
      join(file, "state"),
    ]);
    expect(ended.code).toBe(5);
    expect(ended.stderr).toMatch(/^graphtap: state-unusable: Cannot [^\n]*\n$/);
  });

  it("with a damaged checkpoint: set aside and reported, the stream resumes without repeating", async () => {
    const site = await openSite();
    fourPages(site);
    const config = site.write([contoso("directory_audits")]);
    const first = await run(["pull", "-c", config]);
    const folder = join(site.state, "10001", "directory_audits");
    writeFileSync(join(folder, "checkpoint.json"), '{"persistence_version": 3, "serv');
    site.emulator.produce("directoryAudits", 5);
    const second = await run(["pull", "-c", config]);
    expect(second.code).toBe(0);
    expect(second.stderr).toMatch(/checkpoint\.json\\" is damaged .*kept as/);
    expect(readdirSync(folder).some((name) => name.includes("corrupt"))).toBe(true);
    expect(tally(site.records("directory_audits"), records(first, second))).toEqual(EXACT);
  });
});

it("a damaged ledger of gaps is told on the page and in the status, with what it costs", async () => {
  const site = await openSite();
  fourPages(site);
  const config = site.write([contoso("directory_audits")]);
  expect((await run(["pull", "-c", config])).code).toBe(0);
  writeFileSync(join(site.state, "10001", "directory_audits", "gaps.json"), '[\n{"from": "half a gap');
  const serving = await serve(["-c", config]);
  const status = async () => JSON.parse((await ask(`${serving.url}/v1/status`)).body.toString()) as Status;
  const { state_damage, summary, verdict } = await status();
  expect(state_damage).toEqual([
    expect.stringMatching(
      /gaps\.json" is damaged: kept as ".*corrupt.*"; gaps recorded in it are not tried again/,
    ),
  ]);
  expect([summary, verdict]).toEqual([
    expect.stringMatching(/^Something in the state folder was damaged\./),
    "late",
  ]);
  const page = (await ask(`${serving.url}/`)).body.toString();
  expect(page).toContain("Something in the state folder was damaged</h3>");
  expect(page).toContain("are not tried again");
  serving.kill("SIGTERM");
  expect((await serving.ended).code).toBe(0);

  const mended = await serve(["-c", config]);
  const { state_damage: after } = JSON.parse(
    (await ask(`${mended.url}/v1/status`)).body.toString(),
  ) as Status;
  expect(after).toEqual([]);
});
