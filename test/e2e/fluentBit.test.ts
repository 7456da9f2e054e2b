/** The real Fluent Bit, where there is one: what it makes of our configurations, and what it loses and repeats. */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { fluentBitConfig, fluentBitFiles } from "../../src/shipper/fluentBit.ts";
import { EXAMPLE, WAYS_IN } from "../../src/shipper/settings.ts";
import { addSeconds } from "../../src/instant.ts";
import { createAuthority } from "../support/certificates.ts";
import { type DevoReceiver, startDevoReceiver } from "../support/devoReceiver.ts";
import { EXACT, tally, withoutAdded } from "../support/eventLines.ts";
import { killHard, type Pipeline, planPipeline, settled } from "../support/forwarderFluentBit.ts";
import { findInstalled } from "../support/forwarderInstalled.ts";
import { waitFor } from "../support/program.ts";
import { onDeno } from "../support/project.ts";
import { contoso, openSite, type Site } from "../support/site.ts";
import { tempFolder } from "../support/tempFolder.ts";

const found = findInstalled("fluent-bit", "GRAPHTAP_FLUENT_BIT");
if (typeof found === "string") console.warn(`fluentBit.test.ts is skipped: ${found}`);
if (onDeno) {
  console.warn("fluentBit.test.ts is skipped: Deno's TLS server cannot ask for client certificates");
}
const fluentBit = typeof found === "string" ? { path: "", version: "" } : found;

const authority = createAuthority();
const SERVICE = "directory_audits";
const COUNT = 5000;

/** Records of Graph's own kind and size, and giants between them. */
function fill(site: Site, count: number, giants: readonly number[] = []): void {
  site.emulator.produce("directoryAudits", count, {
    from: addSeconds(site.start, 60),
    to: addSeconds(site.start, 9000),
  });
  giants.forEach((size, index) => {
    const at = new Date((site.start.seconds + 100 + 500 * index) * 1000).toISOString();
    site.emulator.put(
      "directoryAudits",
      `{"id":"giant-${index}","activityDateTime":"${at}","n":1.10,"big":12345678901234567890,"s":"\\u00e9\\/é😀\\ud800",` +
        `"fill":"${"é".repeat(size / 2)}"}`,
    );
  });
}

const records = (receiver: DevoReceiver) =>
  receiver.lines.filter(({ tag }) => tag !== "my.app.graphtap.heartbeat").map(({ message }) =>
    withoutAdded(message).record
  );

/** How many records of the site did not arrive, and how many lines too many did. */
function judge(site: Site, receiver: DevoReceiver) {
  const wanted = site.records(SERVICE);
  const got = records(receiver);
  const distinct = new Set(got);
  return {
    lost: wanted.filter((record) => !distinct.has(record)).length,
    repeated: got.length - distinct.size,
  };
}

describe.skipIf(typeof found === "string" || onDeno)(`Fluent Bit ${fluentBit.version}`, () => {
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
  ) =>
    await planPipeline({
      fluentBit,
      site,
      inputs: [{ ...contoso(), services: { [SERVICE]: {} } }],
      via,
      port: receiver.port,
      authority,
      scaled,
      words,
    });
  const complete = (site: Site, receiver: DevoReceiver) => () =>
    new Set(records(receiver)).size >= site.records(SERVICE).length;

  it.each(WAYS_IN)(
    "brings 5 KB to 2 MB via %s, each once and byte for byte",
    async (via) => {
      const site = await openSite();
      fill(site, 500, [5_000, 70_000, 200_000, 1_000_000, 2_000_000]);
      const receiver = await startDevoReceiver({ authority });
      const pipeline = await plan(
        via,
        receiver,
        site,
        via === "interval" ? [["interval_sec: 60", "interval_sec: 1"]] : [],
      );
      await pipeline.start();
      await settled(() => records(receiver).length, 8000, complete(site, receiver));
      expect(receiver.problems).toEqual([]);
      expect(tally(site.records(SERVICE), records(receiver))).toEqual(EXACT);
      await stopBoth(pipeline);
    },
    240_000,
  );

  /** What happens in mid-flow, three times over. */
  const accidents: Record<string, (pipeline: Pipeline, receiver: DevoReceiver) => Promise<void>> = {
    "kill -9 of graphtap": async (pipeline) => {
      const { shipper } = pipeline;
      const child = pipeline.graphtapPid();
      killHard(child);
      if (pipeline.apart) return pipeline.startGraphtap();
      await shipper.exited;
      await pipeline.startShipper();
    },
    "kill -9 of Fluent Bit": async (pipeline) => {
      killHard(pipeline.shipper.pid);
      await pipeline.shipper.exited;
      // An orphan ends within the second in which it looks for its parent.
      await pipeline.startShipperAnyway();
    },
    "stop of both, as an init system does": async (pipeline) => {
      await stopBoth(pipeline);
      await pipeline.start();
    },
    "kill -9 of the receiver": async (_, receiver) => {
      await receiver.crash();
      await sleep(500);
      await receiver.restart();
    },
    "a receiver that stalls, then is gone": async (_, receiver) => {
      receiver.stall();
      await sleep(700);
      await receiver.crash();
      receiver.heal();
      await receiver.restart();
    },
  };
  /** Where something may be lost; everywhere else nothing is. */
  const MAY_LOSE = /exec: kill -9 of Fluent Bit|of the receiver|stalls/;

  it.each(
    ["exec", "http", "file"].flatMap((via) => Object.keys(accidents).map((name) => [via, name] as const)),
  )(
    "via %s: %s",
    async (via, name) => {
      const site = await openSite();
      fill(site, COUNT);
      // Slowly, so that all three hops are at work when it happens.
      site.emulator.faults.add({ match: { times: "always" }, do: { kind: "shortPage", records: 100 } });
      site.emulator.faults.add({ match: { times: "always" }, do: { kind: "delay", ms: 60 } });
      const receiver = await startDevoReceiver({ authority });
      const pipeline = await plan(via as "exec", receiver, site, [[
        "scheduler.cap: 30",
        "scheduler.base: 1\n  scheduler.cap: 3",
      ]]);
      // Without heartbeats, which never end.
      const arrived = () => records(receiver).length;
      await pipeline.start();
      for (const share of [0.1, 0.35, 0.6]) {
        const goal = COUNT * share;
        await settled(arrived, 30_000, () => arrived() >= goal);
        expect(arrived()).toBeGreaterThanOrEqual(goal);
        await accidents[name]!(pipeline, receiver);
      }
      await settled(arrived, 15_000, complete(site, receiver));
      await settled(arrived, 2500);
      const { lost, repeated } = judge(site, receiver);
      console.log(`via ${via}, ${name}, three times: ${lost} lost, ${repeated} repeated, of ${COUNT}`);
      expect(receiver.problems).toEqual([]);
      if (!MAY_LOSE.test(`${via}: ${name}`)) expect(lost).toBe(0);
      await stopBoth(pipeline);
    },
    150_000,
  );

  it("brings each line of many spool files once, also long after their end and after a restart", async () => {
    const site = await openSite();
    fill(site, COUNT);
    site.emulator.faults.add({ match: { times: "always" }, do: { kind: "shortPage", records: 100 } });
    const receiver = await startDevoReceiver({ authority });
    const pipeline = await plan("file", receiver, site, [], ["--rotate-bytes", "500000"]);
    await pipeline.start();
    const arrived = () => records(receiver).length;
    await settled(arrived, 15_000, complete(site, receiver));
    // Longer than a file that was renamed is kept in mind, unless it is told otherwise, and than two looks for new files.
    await sleep(15_000);
    expect(judge(site, receiver)).toEqual({ lost: 0, repeated: 0 });
    await stopBoth(pipeline);
    await pipeline.start();
    await sleep(15_000);
    expect(judge(site, receiver)).toEqual({ lost: 0, repeated: 0 });
    await stopBoth(pipeline);
  }, 90_000);

  it("loses nothing to a peer that closes what is idle", async () => {
    const site = await openSite();
    fill(site, 50);
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

/** SIGTERM to both at once; waits for their end. */
async function stopBoth(pipeline: Pipeline): Promise<void> {
  const child = pipeline.graphtapPid();
  if (child > 0) process.kill(child, "SIGTERM");
  pipeline.shipper.kill("SIGTERM");
  await pipeline.shipper.exited;
  await waitFor(() => pipeline.graphtapPid() === 0 || !runs(child), () => `the end of graphtap ${child}`);
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
