/** What the real Vector loses and repeats, where there is one: each way in, each way out, each fault. */
import { Buffer } from "node:buffer";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { addSeconds } from "../../src/instant.ts";
import { createAuthority, type Identity, writeDomain } from "../support/certificates.ts";
import { startDevoHttpReceiver } from "../support/devoHttpReceiver.ts";
import { startDevoReceiver } from "../support/devoReceiver.ts";
import { withoutAdded } from "../support/eventLines.ts";
import { killHard, settled } from "../support/forwarderFluentBit.ts";
import { findInstalled } from "../support/forwarderInstalled.ts";
import {
  DOMAIN,
  planVector,
  TOKEN,
  type VectorPipeline,
  type VectorPipelineOptions,
} from "../support/forwarderVector.ts";
import { mountDisk } from "../support/loopDisk.ts";
import { waitFor } from "../support/program.ts";
import { onDeno } from "../support/project.ts";
import { contoso, openSite, type Site } from "../support/site.ts";

const found = findInstalled("vector", "GRAPHTAP_VECTOR");
if (typeof found === "string") console.warn(`vectorFaults.test.ts is skipped: ${found}`);
if (onDeno) {
  console.warn("vectorFaults.test.ts is skipped: Deno's TLS server cannot ask for client certificates");
}
const vector = typeof found === "string" ? { path: "", version: "" } : found;

const authority = createAuthority();
const SERVICE = "directory_audits";
const COUNT = 10_000;

type Via = VectorPipelineOptions["via"];
type Out = VectorPipelineOptions["out"];

/** So that what is started anew, or from time to time, is started within seconds. */
const SOONER: Readonly<Partial<Record<Via, readonly (readonly [string, string])[]>>> = {
  exec: [["respawn_interval_secs: 30", "respawn_interval_secs: 1"]],
  // No service has a period that short.
  interval: [["exec_interval_secs: 60", "exec_interval_secs: 4"], ['"45"', '"3"'], ['"--due", ', ""]],
};

/** Either of Devo's ends. */
interface Receiver {
  readonly port: number;
  readonly lines: readonly { readonly tag: string; readonly message: string }[];
  readonly problems: readonly string[];
  stall(): void;
  heal(): void;
  crash(): Promise<void>;
  restart(): Promise<void>;
}

const startReceiver = (out: Out): Promise<Receiver> =>
  out === "http" ? startDevoHttpReceiver(DOMAIN, TOKEN) : startDevoReceiver({ authority });

/** What has arrived so far, heartbeats aside: how many lines, and which records. */
function follow(receiver: Receiver): () => { readonly lines: number; readonly records: ReadonlySet<string> } {
  const found = new Set<string>();
  let next = 0;
  let lines = 0;
  return () => {
    for (; next < receiver.lines.length; next++) {
      const { tag, message } = receiver.lines[next]!;
      if (tag.startsWith("my.app.")) continue;
      lines++;
      found.add(withoutAdded(message).record);
    }
    return { lines, records: found };
  };
}

/** How many records of the site did not arrive, and how many lines too many did. */
function judge(site: Site, receiver: Receiver) {
  const { lines, records } = follow(receiver)();
  return {
    lost: site.records(SERVICE).filter((record) => !records.has(record)).length,
    repeated: lines - records.size,
  };
}

/** Says it for the table in vector/README.md, and gives it back. */
function counted(what: string, site: Site, receiver: Receiver) {
  const result = judge(site, receiver);
  console.log(
    `${what}: ${result.lost} lost, ${result.repeated} repeated, of ${site.records(SERVICE).length}`,
  );
  expect(receiver.problems).toEqual([]);
  return result;
}

/** Graph with records that come slowly, so that every hop is at work when something happens. */
async function slowSite(count = COUNT, delayMs = 60): Promise<Site> {
  const site = await openSite();
  site.emulator.produce("directoryAudits", count, {
    from: addSeconds(site.start, 60),
    to: addSeconds(site.start, 9000),
  });
  site.emulator.faults.add({ match: { times: "always" }, do: { kind: "shortPage", records: 100 } });
  site.emulator.faults.add({ match: { times: "always" }, do: { kind: "delay", ms: delayMs } });
  return site;
}

const plan = (
  site: Site,
  via: Via,
  out: Out,
  receiver: Receiver,
  more: Partial<VectorPipelineOptions> = {},
): Promise<VectorPipeline> =>
  planVector({
    vector,
    site,
    inputs: [{ ...contoso(), services: { [SERVICE]: {} } }],
    via,
    out,
    port: receiver.port,
    authority,
    ...more,
    scaled: [
      ...SOONER[via] ?? [],
      ...more.scaled ?? [],
    ],
  });

/** Waits until everything is there, or nothing comes for longer than Vector waits before it tries again. */
async function delivered(site: Site, receiver: Receiver, quietMs = 35_000): Promise<void> {
  const progress = follow(receiver);
  const all = site.records(SERVICE).length;
  await settled(() => progress().lines, quietMs, () => progress().records.size >= all);
  await settled(() => progress().lines, 2500);
}

/** Waits until so many records have arrived. */
async function arrived(receiver: Receiver, goal: number): Promise<void> {
  const progress = follow(receiver);
  await settled(() => progress().lines, 35_000, () => progress().lines >= goal);
  expect(progress().lines).toBeGreaterThanOrEqual(goal);
}

/** Settings that are raised by one for a reload: of the source, and of the sink. */
const OF_WAY_IN: Readonly<Record<Via, string>> = {
  exec: "respawn_interval_secs",
  interval: "exec_interval_secs",
  http: "response_code",
  file: "max_line_bytes",
};
const OF_WAY_OUT: Readonly<Record<Out, string>> = { tcp: "send_buffer_bytes", http: "max_bytes" };

interface Scene {
  readonly pipeline: VectorPipeline;
  readonly receiver: Receiver;
  readonly via: Via;
  readonly out: Out;
}

/** What happens in mid-flow, three times over. */
const accidents: Readonly<Record<string, (scene: Scene) => Promise<void>>> = {
  "graphtap killed": async ({ pipeline }) => {
    killHard(pipeline.graphtapPid());
    if (pipeline.apart) pipeline.startGraphtap();
    else await sleep(1500);
  },
  "Vector killed": async ({ pipeline }) => {
    killHard(pipeline.vector.pid);
    await pipeline.vector.exited;
    // An orphan ends within the second in which it looks for its parent.
    await sleep(1500);
    await pipeline.startVector();
  },
  "both stopped": async ({ pipeline }) => {
    await pipeline.stop();
    await pipeline.start();
  },
  "reload, way in changed": ({ pipeline, via }) => pipeline.reload(OF_WAY_IN[via]),
  "reload, way out changed": ({ pipeline, out }) => pipeline.reload(OF_WAY_OUT[out]),
  "receiver killed": async ({ receiver }) => {
    await receiver.crash();
    await sleep(500);
    await receiver.restart();
  },
  "receiver stalled, then killed": async ({ receiver }) => {
    receiver.stall();
    await sleep(1500);
    await receiver.crash();
    receiver.heal();
    await receiver.restart();
  },
};
/**
 * Where something may be lost, by what Vector is; everywhere else nothing is. Its disk buffer forgets lines at a kill,
 * which only a spool brings again: "Known of the shipper" in vector/README.md.
 */
const MAY_LOSE = /^(exec|interval|http) in.*Vector killed|tcp, receiver/;

describe.skipIf(typeof found === "string" || onDeno)(`Vector ${vector.version}`, () => {
  const cases = (["exec", "interval", "http", "file"] as const).flatMap((via) =>
    (["http", "tcp"] as const).flatMap((out) =>
      Object.keys(accidents).map((name) => [via, out, name] as const)
    )
  );
  it.each(cases)("%s in, %s out: %s", async (via, out, name) => {
    const site = await slowSite();
    const receiver = await startReceiver(out);
    const pipeline = await plan(site, via, out, receiver);
    await pipeline.start();
    for (const share of [0.1, 0.35, 0.6]) {
      await arrived(receiver, COUNT * share);
      await accidents[name]!({ pipeline, receiver, via, out });
    }
    await delivered(site, receiver);
    const what = `${via} in, ${out}, ${name}`;
    const { lost } = counted(what, site, receiver);
    if (!MAY_LOSE.test(what)) expect(lost).toBe(0);
    await pipeline.stop();
  }, 300_000);

  it.each([[400], [401], [403], [404], [413], [500], [503]])(
    "keeps what Devo's HTTP endpoint answers with %i, until it is taken",
    async (status) => {
      const site = await slowSite(2000);
      const receiver = await startDevoHttpReceiver(DOMAIN, TOKEN);
      receiver.refuse(status);
      const pipeline = await plan(site, "http", "http", receiver);
      await pipeline.start();
      await waitFor(() => receiver.refused >= 3, () => `three refusals; ${pipeline.vector.stderr}`);
      receiver.heal();
      await delivered(site, receiver);
      expect(counted(`http, answered ${status}`, site, receiver)).toEqual({ lost: 0, repeated: 0 });
      await pipeline.stop();
    },
    120_000,
  );

  const strangers: Readonly<Record<string, () => Identity>> = {
    "of a stranger": () => createAuthority("Another").issue("domain"),
    "that has expired": () => authority.issue("domain", { to: new Date(Date.now() - 86_400_000) }),
  };
  it.each(
    Object.keys(strangers).flatMap((whose) =>
      (["TLSv1.2", "TLSv1.3"] as const).map((version) => [whose, version] as const)
    ),
  )("a certificate %s, refused under %s, then a good one", async (whose, maxTls) => {
    const site = await slowSite(3000);
    const receiver = await startDevoReceiver({ authority });
    const pipeline = await plan(site, "http", "tcp", receiver, { maxTls });
    const certs = join(site.folder, "certs");
    writeDomain(certs, authority, strangers[whose]!());
    await pipeline.start();
    await waitFor(() => site.requests("directoryAudits") >= 30, () => `pages; ${pipeline.graphtapSaid()}`);
    await sleep(5000);
    writeDomain(certs, authority, authority.issue("domain"));
    await pipeline.stop();
    await pipeline.start();
    await delivered(site, receiver, 10_000);
    const { lost } = counted(`tcp, certificate ${whose}, ${maxTls}`, site, receiver);
    // Under TLS 1.3 Vector counts as delivered what it writes before the refusal comes.
    if (maxTls === "TLSv1.2") expect(lost).toBe(0);
    await pipeline.stop();
  }, 180_000);

  it.each(["http", "tcp"] as const)(
    "keeps what waits when it is stopped while Devo is away: %s out",
    async (out) => {
      const site = await slowSite(3000);
      const receiver = await startReceiver(out);
      const pipeline = await plan(site, "http", out, receiver);
      await receiver.crash();
      await pipeline.start();
      await waitFor(() => site.requests("directoryAudits") >= 30, () => `pages; ${pipeline.graphtapSaid()}`);
      const since = Date.now();
      await pipeline.stop();
      console.log(`${out}, stopped while Devo is away: took ${Math.round((Date.now() - since) / 1000)} s`);
      await receiver.restart();
      await pipeline.start();
      await delivered(site, receiver);
      expect(counted(`${out}, stopped while Devo is away`, site, receiver).lost).toBe(0);
      await pipeline.stop();
    },
    240_000,
  );

  it.each(["exec", "http", "file"] as const)(
    "very large records behind a full buffer, %s in",
    async (via) => {
      const site = await openSite();
      putGiants(site, 200, 1_500_000);
      const receiver = await startDevoHttpReceiver(DOMAIN, TOKEN);
      receiver.refuse(503);
      // The smallest that Vector takes.
      const pipeline = await plan(site, via, "http", receiver, {
        scaled: [["max_size: 1073741824", "max_size: 268435488"]],
      });
      await pipeline.start();
      await sleep(25_000);
      receiver.heal();
      // As an init system does.
      const again = pipeline.vector.exited.then((code) => code === null ? undefined : pipeline.startVector());
      await delivered(site, receiver, 35_000);
      const { lost } = counted(`${via} in, http, 1.5 MB each and a full buffer`, site, receiver);
      // Vector puts more of the other ways' lines together than one record of its buffer can hold.
      if (via === "http") expect(lost).toBe(0);
      await pipeline.stop();
      await again;
    },
    300_000,
  );

  it("reads every line of a spool whose files come and go with the same inodes", async ({ skip }) => {
    const site = await slowSite(COUNT, 300);
    if (!mountDisk(join(site.folder, "spool"))) {
      const why = "no ext4 can be mounted by this user";
      console.warn(`SKIPPED, ${why}`);
      skip(why);
    }
    const receiver = await startReceiver("http");
    const words = ["--rotate-bytes", "100000", "--keep-seconds", "8"];
    const pipeline = await plan(site, "file", "http", receiver, { words });
    await pipeline.start();
    await delivered(site, receiver, 20_000);
    expect(counted("file in, http, inodes used again", site, receiver)).toEqual({ lost: 0, repeated: 0 });
    await pipeline.stop();
  }, 180_000);

  it.each([["a heartbeat", 1000], ["silence", null]] as const)(
    "a peer that closes what is idle, and %s meanwhile",
    async (name, heartbeatMs) => {
      const site = await openSite();
      const receiver = await startDevoReceiver({ authority, idleMs: 3000 });
      const pipeline = await plan(site, "http", "tcp", receiver);
      await pipeline.startVector();
      const beat = heartbeatMs === null
        ? null
        : setInterval(() => void pipeline.post(lineOf("heartbeat")), heartbeatMs);
      onTestFinished(() => void (beat && clearInterval(beat)));
      for (let burst = 0; burst < 4; burst++) {
        await pipeline.post(lineOf(`burst-${burst}`).repeat(1000));
        await sleep(5000);
      }
      const count = receiver.lines.filter(({ message }) => message.includes("burst")).length;
      console.log(`tcp, idle close and ${name}: ${4000 - count} lost, of 4000`);
      if (heartbeatMs !== null) expect(count).toBe(4000);
      await pipeline.stop();
    },
    60_000,
  );
});

const lineOf = (word: string) => `<14>2026-11-22 16:00:00.123 host my.app.graphtap.try: {"${word}":0}\n`;

/** Records of such a size, a second apart. */
function putGiants(site: Site, count: number, bytes: number): void {
  const fill = Buffer.alloc(bytes, "x").toString();
  for (let index = 0; index < count; index++) {
    const at = new Date((site.start.seconds + 100 + index) * 1000).toISOString();
    site.emulator.put(
      "directoryAudits",
      `{"id":"giant-${index}","activityDateTime":"${at}","fill":"${fill}"}`,
    );
  }
}
