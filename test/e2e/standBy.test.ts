/** Two processes for one state folder: one works, the other stands by and goes on when the first is gone. */
import { Buffer } from "node:buffer";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { describe, expect, it } from "vitest";
import { addSeconds, formatInstant } from "../../src/instant.ts";
import { eventLines, EXACT, tally } from "../support/eventLines.ts";
import { lastWord } from "../support/lastWord.ts";
import { HANG_MS, run, type Running, start } from "../support/program.ts";
import { ask, serve } from "../support/serving.ts";
import { contoso, openSite, type Site } from "../support/site.ts";
import { onDeno } from "../support/project.ts";
import { tempFolder } from "../support/tempFolder.ts";

const records = (...processes: Running[]) =>
  processes.flatMap(({ stdout }) => eventLines(stdout.subarray(0, stdout.lastIndexOf(10) + 1)))
    .map(({ record }) => record);

/** So many audits, in pages of 50. */
function fill(site: Site, count: number): void {
  const within = { from: addSeconds(site.start, 60), to: addSeconds(site.start, 9000) };
  site.emulator.produce("directoryAudits", count, within);
}
async function audits(count: number): Promise<{ site: Site; config: string }> {
  const site = await openSite();
  fill(site, count);
  site.emulator.faults.add({
    match: { collection: "directoryAudits", times: "always" },
    do: { kind: "shortPage", records: 50 },
  });
  return { site, config: site.write([contoso("directory_audits")]) };
}
const says = (running: Running, words: string) => running.stderr.includes(`"message":"${words}"`);
const standsBy = (running: Running) => running.until(() => says(running, "standing by"), "it stands by");
const takesOver = (running: Running) => running.until(() => says(running, "took over"), "it takes over");

/** A `flock` that says yes to everybody: a lock that its file server does not keep. */
function faithlessLock(): Record<string, string> {
  const folder = tempFolder();
  writeFileSync(join(folder, "flock"), "#!/bin/sh\nexit 0\n", { mode: 0o700 });
  return { PATH: `${folder}:${process.env["PATH"]}` };
}

/** All that the stream's files hold. */
function stateOf(site: Site): string {
  const folder = join(site.state, "10001", "directory_audits");
  return execFileSync("sh", ["-c", "find . -type f -exec md5sum {} + | sort -k2", "sh"], {
    cwd: folder,
    encoding: "utf8",
  });
}

describe("a process that stands by", () => {
  it("goes on when the active one is killed: nothing is lost, and no more than a page comes twice", async () => {
    const { site, config } = await audits(2000);
    const active = start(["run", "-c", config]);
    await active.until(() => active.lines > 300, "some pages");
    // The pipe fills, and the poll stays in its midst.
    active.hold();
    const other = start(["run", "-c", config, "--wait"]);
    await standsBy(other);
    expect(other.stderr).toContain(`"in_use_by":"process ${active.pid}"`);
    expect(other.lines).toBe(0);
    active.kill("SIGKILL");
    const killedMs = Date.now();
    await takesOver(other);
    expect(Date.now() - killedMs).toBeLessThan(HANG_MS);
    active.read();
    await active.ended;
    await other.until(() => other.lines > 0 && says(other, "pull done"), "a whole poll");
    other.kill("SIGTERM");
    expect(await other.exited).toBe(0);
    const { missing, foreign } = tally(site.records("directory_audits"), records(active, other));
    expect({ missing, foreign }).toEqual({ missing: [], foreign: [] });
    expect(records(active, other).length - 2000, "records twice").toBeLessThanOrEqual(50);
  });

  it("ends cleanly when it is told to, and leaves the active one alone", async () => {
    const { config } = await audits(10);
    const active = start(["run", "-c", config]);
    await active.until(() => says(active, "pull done"), "a poll");
    const range = ["--from", "2026-11-22T16:00:00Z", "--to", "2026-11-22T17:00:00Z"];
    const others = [
      ["run"],
      ["pull"],
      ["exec"],
      ["serve", "--listen", "127.0.0.1:0"],
      ["replay", ...range],
    ].map(([word, ...more]) => start([word!, "-c", config, "--wait", ...more]));
    for (const other of others) await standsBy(other);
    for (const other of others) {
      other.kill("SIGTERM");
      const { code, stderr, stdout } = await other.ended;
      expect([code, stdout.length]).toEqual([0, 0]);
      expect(lastWord(stderr).said).toBe("ended: stopped by SIGTERM");
    }
    active.kill("SIGTERM");
    expect(await active.exited).toBe(0);
  });

  it("answers that it lives and is not ready, until it takes over", async () => {
    const { config } = await audits(10);
    const active = start(["run", "-c", config]);
    await active.until(() => says(active, "pull done"), "a poll");
    const other = await serve(["-c", config, "--wait"]);
    const answers = async () => {
      const [health, ready] = [await ask(`${other.url}/healthz`), await ask(`${other.url}/readyz`)];
      return [health.status, ready.status];
    };
    expect(await answers()).toEqual([200, 503]);
    const ready = await ask(`${other.url}/readyz`);
    expect(ready.body.toString()).toContain(`standing by: process ${active.pid} has the state folder`);
    const metrics = await ask(`${other.url}/metrics`);
    expect(metrics.body.toString()).toContain("graphtap_standing_by 1\n");
    expect((await ask(`${other.url}/v1/status`)).status).toBe(503);
    active.kill("SIGTERM");
    await takesOver(other);
    await other.until(() => says(other, "pull done"), "a poll");
    expect(await answers()).toEqual([200, 200]);
    expect((await ask(`${other.url}/metrics`)).body.toString()).toContain("graphtap_standing_by 0\n");
  });

  it("replays a range as soon as the active one is gone; positions are changed by nobody who waits", async () => {
    const { site, config } = await audits(30);
    const active = start(["run", "-c", config]);
    await active.until(() => says(active, "pull done"), "a poll");
    const reset = await run(["state", "reset", "-c", config], { env: { GRAPHTAP_WAIT: "1" } });
    expect([reset.code, reset.stderr]).toEqual([5, expect.stringContaining("state-in-use")]);
    const range = ["--from", formatInstant(site.start), "--to", formatInstant(addSeconds(site.start, 9000))];
    const replay = start(["replay", "-c", config, ...range, "--again", "--wait"]);
    await standsBy(replay);
    active.kill("SIGTERM");
    expect(await active.exited).toBe(0);
    expect((await replay.ended).code).toBe(0);
    expect(tally(site.records("directory_audits"), records(replay))).toEqual(EXACT);
  });

  it("does not wait for what no other process has", async () => {
    const { site, config } = await audits(10);
    const fresh = join(site.folder, "new", "state");
    const pulled = await run(["pull", "-c", config, "--wait", "--state", fresh]);
    expect(pulled.code, pulled.stderr).toBe(0);
    expect(pulled.stderr).not.toContain("standing by");
    writeFileSync(join(site.folder, "file"), "");
    const refused = await run([
      "pull",
      "-c",
      config,
      "--wait",
      "--state",
      join(site.folder, "file", "state"),
    ]);
    expect(refused.code).toBe(5);
    expect(refused.stderr).toContain("state-unusable");
  });
});

// Deno locks files itself, and its lock cannot be made to fail from here.
describe.skipIf(onDeno)("a process that lost its lock while it stood still", () => {
  it.each([["stdout"], ["a spool"]])(
    "ends with 5 and has made nothing durable since, with lines to %s",
    async (where) => {
      const { site, config } = await audits(2000);
      const spool = join(site.folder, "spool");
      mkdirSync(spool);
      const to = where === "stdout" ? [] : ["--to", `file:${join(spool, "lines")}`];
      const words = ["run", "-c", config, ...to];
      const first = start(words, { env: faithlessLock() });
      const folder = join(site.state, "10001", "directory_audits", "seen");
      await first.until(() => existsSync(folder) && readdirSync(folder).length > 0, "a commit");
      first.kill("SIGSTOP");
      const second = start([...words, "--wait"]);
      await second.until(() => says(second, "pull done"), "a whole poll of the second");
      second.kill("SIGSTOP");
      const before = stateOf(site);
      const lines = readLines(spool);
      first.kill("SIGCONT");
      expect(await first.exited).toBe(5);
      expect(lastWord(first.stderr)).toMatchObject({ code: "state-in-use" });
      expect(lastWord(first.stderr).said).toContain(`process ${second.pid} took it`);
      expect(stateOf(site)).toBe(before);
      expect(readLines(spool)).toEqual(lines);

      second.kill("SIGCONT");
      second.kill("SIGTERM");
      expect(await second.exited).toBe(0);
      site.emulator.produce("directoryAudits", 5);
      const third = start(["pull", "-c", config, ...to]);
      expect(await third.exited).toBe(0);
      const spooled = readLines(spool).map((line) => eventLines(line)[0]!.record);
      const all = [...records(first, second, third), ...spooled];
      const { missing, foreign } = tally(site.records("directory_audits"), all);
      expect({ missing, foreign }).toEqual({ missing: [], foreign: [] });
      expect(all.length - 2005, "records twice").toBeLessThanOrEqual(50);
    },
  );
});

function readLines(folder: string) {
  return readdirSync(folder).filter((name) => !name.startsWith(".")).sort()
    .flatMap((name) => readFileSync(join(folder, name)).toString("latin1").split("\n").slice(0, -1))
    .map((line) => Buffer.from(`${line}\n`, "latin1"));
}
