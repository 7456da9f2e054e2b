/** The real Fluent Bit, where there is one: what it makes of our configurations, and what it loses and repeats. */
import { spawnSync } from "node:child_process";
import { statSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { addSeconds, fromMillis } from "../../src/instant.ts";
import { fluentBitConfig, fluentBitFiles } from "../../src/shipper/fluentBit.ts";
import { EXAMPLE, WAYS_IN } from "../../src/shipper/settings.ts";
import { listSpool } from "../../src/sink/spoolNames.ts";
import { createAuthority } from "../support/certificates.ts";
import { type DevoReceiver, startDevoReceiver } from "../support/devoReceiver.ts";
import { EXACT, tally } from "../support/eventLines.ts";
import {
  fluentBit,
  killHard,
  planPipeline,
  settled,
  stopBoth,
  whyNoFluentBit,
} from "../support/forwarderFluentBit.ts";
import { mountDisk } from "../support/loopDisk.ts";
import { waitFor } from "../support/program.ts";
import { arrivedAt, countAt, fillWithAudits, lostAndRepeated } from "../support/shipped.ts";
import { contoso, openSite, type Site } from "../support/site.ts";
import { tempFolder } from "../support/tempFolder.ts";

if (whyNoFluentBit !== null) console.warn(`fluentBit.test.ts is skipped: ${whyNoFluentBit}`);

const authority = createAuthority();
const SERVICE = "directory_audits";
const COUNT = 5000;

describe.skipIf(whyNoFluentBit !== null)(`Fluent Bit ${fluentBit.version}`, () => {
  const dryRun = (file: string) => {
    const { stdout, stderr } = spawnSync(fluentBit.path, ["--dry-run", "-c", file], { encoding: "utf8" });
    return stdout + stderr;
  };

  it.each(Object.keys(fluentBitFiles()).filter((name) => !name.startsWith("to-")))(
    "accepts fluent-bit/%s, to Devo and to a file",
    (name) => {
      const folder = tempFolder();
      for (const [file, text] of Object.entries(fluentBitFiles())) writeFileSync(join(folder, file), text);
      for (const out of ["to-devo.yaml", "to-file.yaml"]) {
        writeFileSync(join(folder, name), fluentBitFiles()[name]!.replace("to-devo.yaml", out));
        expect(dryRun(join(folder, name))).toContain("configuration test is successful");
      }
    },
  );

  it.each(WAYS_IN)("accepts a user's own configuration via %s, whatever the paths", (via) => {
    const file = join(tempFolder(), "fluent-bit.yaml");
    const settings = { ...EXAMPLE, config: `/opt/my "tap"/it's: #1/config.yaml` };
    writeFileSync(file, fluentBitConfig(settings, via, "A head."));
    expect(dryRun(file)).toContain("configuration test is successful");
  });

  const plan = async (
    via: (typeof WAYS_IN)[number],
    receiver: DevoReceiver,
    site: Site,
    scaled: [string, string][] = [],
    words: string[] = [],
    settings: Readonly<Record<string, unknown>> = {},
  ) =>
    await planPipeline({
      site,
      inputs: [{ ...contoso(), services: { [SERVICE]: settings } }],
      via,
      port: receiver.port,
      authority,
      scaled,
      words,
    });
  const complete = (site: Site, receiver: DevoReceiver) => () =>
    new Set(arrivedAt(receiver)).size >= site.records(SERVICE).length;

  it.each(WAYS_IN)(
    "brings 5 KB to 2 MB via %s, each once and byte for byte",
    async (via) => {
      const site = await openSite();
      fillWithAudits(site, 500, [5_000, 70_000, 200_000, 1_000_000, 2_000_000]);
      const receiver = await startDevoReceiver({ authority });
      const pipeline = await plan(
        via,
        receiver,
        site,
        via === "interval" ? [["interval_sec: 60", "interval_sec: 1"]] : [],
      );
      await pipeline.start();
      await settled(() => countAt(receiver), 8000, complete(site, receiver));
      expect(receiver.problems).toEqual([]);
      expect(tally(site.records(SERVICE), arrivedAt(receiver))).toEqual(EXACT);
      await stopBoth(pipeline);
    },
    240_000,
  );

  it("brings each line of many spool files once, also long after their end and after a restart", async () => {
    const site = await openSite();
    fillWithAudits(site, COUNT);
    site.emulator.faults.add({ match: { times: "always" }, do: { kind: "shortPage", records: 100 } });
    const receiver = await startDevoReceiver({ authority });
    const pipeline = await plan("file", receiver, site, [], ["--rotate-bytes", "500000"]);
    await pipeline.start();
    const arrived = () => countAt(receiver);
    await settled(arrived, 15_000, complete(site, receiver));
    // Longer than a file that was renamed is kept in mind, unless it is told otherwise, and than two looks for new files.
    await sleep(15_000);
    expect(lostAndRepeated(site.records(SERVICE), receiver)).toEqual({ lost: 0, repeated: 0 });
    await stopBoth(pipeline);
    await pipeline.start();
    await sleep(15_000);
    expect(lostAndRepeated(site.records(SERVICE), receiver)).toEqual({ lost: 0, repeated: 0 });
    await stopBoth(pipeline);
  }, 90_000);

  it(
    "reads a new spool file from its start that has the inode of a deleted one, whoever ran meanwhile",
    async ({ skip }) => {
      const site = await openSite();
      const spool = join(site.folder, "spool");
      if (!mountDisk(spool)) {
        skip("this user may not mount a disk, and the others hide what becomes of inodes");
      }
      fillWithAudits(site, COUNT);
      // So slowly that files are deleted, and their inodes given away, while others are read.
      site.emulator.faults.add({ match: { times: "always" }, do: { kind: "shortPage", records: 50 } });
      site.emulator.faults.add({ match: { times: "always" }, do: { kind: "delay", ms: 250 } });
      const receiver = await startDevoReceiver({ authority });
      const pipeline = await plan("file", receiver, site, [], [
        "--rotate-bytes",
        "300000",
        "--keep-seconds",
        "9",
      ]);
      const owners = watchInodes(spool);
      await pipeline.start();
      const arrived = () => countAt(receiver);
      await settled(arrived, 15_000, complete(site, receiver));
      expect(lostAndRepeated(site.records(SERVICE), receiver)).toEqual({ lost: 0, repeated: 0 });
      expect([...owners.values()].filter((names) => names.size > 1).length).toBeGreaterThan(0);

      // The same while Fluent Bit is away: it knows inodes and how far it came in them.
      pipeline.shipper.kill("SIGTERM");
      await pipeline.shipper.exited;
      killHard(pipeline.graphtapPid());
      for (const { path } of listSpool(join(spool, "events.log"))) unlinkSync(path);
      const known = new Set(owners.keys());
      const now = fromMillis(Date.now());
      site.emulator.produce("directoryAudits", 1000, {
        from: addSeconds(now, -15),
        to: addSeconds(now, -1),
      });
      pipeline.startGraphtap();
      const files = () => listSpool(join(spool, "events.log"));
      await waitFor(() => files().some(({ path }) => known.has(statSync(path).ino)), () => "a known inode");
      await pipeline.startShipper();
      await settled(arrived, 15_000, complete(site, receiver));
      expect(lostAndRepeated(site.records(SERVICE), receiver)).toEqual({ lost: 0, repeated: 0 });
      expect(receiver.problems).toEqual([]);
      await stopBoth(pipeline);
    },
    180_000,
  );

  it("carries a host name of any letters as a part of the line", async () => {
    const site = await openSite();
    fillWithAudits(site, 50);
    const receiver = await startDevoReceiver({ authority });
    const pipeline = await plan("http", receiver, site, [], ["--hostname", "büro 7/../?#%s$x"]);
    await pipeline.start();
    await waitFor(complete(site, receiver), () => "the records");
    expect(receiver.problems).toEqual([]);
    expect(new Set(receiver.lines.map(({ host }) => host))).toEqual(new Set(["b_ro_7/../?#%s$x"]));
    await stopBoth(pipeline);
  });

  it("polls a service of 60 s in each run of an interval of 60 s", async () => {
    const site = await openSite();
    fillWithAudits(site, 50);
    const receiver = await startDevoReceiver({ authority });
    const pipeline = await plan("interval", receiver, site, [], [], { request_period_in_seconds: 60 });
    const asked = () => site.requests("directoryAudits");
    await pipeline.start();
    for (let runs = 0, before = 0; runs < 3; runs++) {
      // A run each minute; one that finds nothing due would ask nothing until the next.
      await settled(asked, 75_000, () => asked() > before);
      expect(asked(), `requests of run ${runs + 1}`).toBeGreaterThan(before);
      await settled(asked, 10_000);
      before = asked();
    }
    await stopBoth(pipeline);
  }, 300_000);

  it("loses nothing to a peer that closes what is idle", async () => {
    const site = await openSite();
    fillWithAudits(site, 50);
    const receiver = await startDevoReceiver({ authority, idleMs: 3000 });
    const pipeline = await plan("file", receiver, site, [[
      "net.keepalive_idle_timeout: 20",
      "net.keepalive_idle_timeout: 2",
    ]]);
    await pipeline.start();
    await waitFor(complete(site, receiver), () => "the first lines");
    await sleep(4500);
    const before = receiver.connections;
    pipeline.append('<14>2026-11-22 16:00:00.123 host my.app.graphtap.heartbeat: {"after":"the silence"}\n');
    await waitFor(
      () => receiver.lines.some(({ message }) => message.includes("after")),
      () => "the line after the silence",
    );
    expect(receiver.connections).toBe(before + 1);
    await stopBoth(pipeline);
  });
});

/** The names that each inode of a folder had, looked at until the test ends. */
function watchInodes(folder: string): ReadonlyMap<number, ReadonlySet<string>> {
  const owners = new Map<number, Set<string>>();
  const timer = setInterval(() => {
    for (const { path } of listSpool(join(folder, "events.log"))) {
      const found = statSync(path, { throwIfNoEntry: false });
      if (found !== undefined) owners.set(found.ino, (owners.get(found.ino) ?? new Set()).add(path));
    }
  }, 50);
  onTestFinished(() => clearInterval(timer));
  return owners;
}
