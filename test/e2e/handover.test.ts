/** From Graph to Devo, with the smallest shipper there can be: every record once, and byte for byte. */
import { Buffer } from "node:buffer";
import { spawn } from "node:child_process";
import { connect } from "node:net";
import process from "node:process";
import { connect as connectTls } from "node:tls";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { addSeconds } from "../../src/instant.ts";
import { isAlive } from "../support/alive.ts";
import { createAuthority } from "../support/certificates.ts";
import { type DevoReceiver, startDevoReceiver } from "../support/devoReceiver.ts";
import { EXACT, tally, withoutAdded } from "../support/eventLines.ts";
import { expectedTag } from "../support/expectedTag.ts";
import { startForwarder } from "../support/forwarder.ts";
import { lastWord } from "../support/lastWord.ts";
import { HANG_MS, programCommand, run, startCommand, waitFor } from "../support/program.ts";
import { onDeno } from "../support/project.ts";
import { contoso, openSite, type Site } from "../support/site.ts";

// On Deno 2.9 a TLS server that asks for client certificates breaks every handshake off, so there it is plain TCP.
if (onDeno) {
  console.warn("handover: over plain TCP, since Deno's TLS server cannot ask for client certificates");
}
const WIRES = onDeno ? (["plain TCP"] as const) : (["TLSv1.2", "TLSv1.3", "plain TCP"] as const);

const authority = createAuthority();
const receive = (wire: (typeof WIRES)[number] | undefined = WIRES[0], more = {}) =>
  startDevoReceiver({
    authority: wire === "plain TCP" ? null : authority,
    ...(wire === "plain TCP" ? {} : { version: wire }),
    ...more,
  });
const trust = onDeno ? null : authority;

/** Sign-ins and audits of the site's three hours. */
function fill(site: Site, records: number): void {
  const within = { from: addSeconds(site.start, 60), to: addSeconds(site.start, 9000) };
  site.emulator.produce("signIns_beta", records, within);
  site.emulator.produce("directoryAudits", records, within);
}

const SERVICES = ["signIns_v2", "directory_audits"];
const wanted = (site: Site) => SERVICES.flatMap((service) => site.records(service));

/** What of the receiver's lines is records: graphtap's heartbeat is not. */
const delivered = ({ lines }: DevoReceiver) =>
  lines.filter(({ tag }) => !tag.startsWith("my.app.")).map(({ tag, message }) => ({
    tag,
    ...withoutAdded(message),
  }));
const records = (receiver: DevoReceiver) => delivered(receiver).map(({ record }) => record);

// On Deno, the machine's own name takes a permission that the tests do without.
const command = (
  ...words: string[]
) => [...programCommand, ...words, "--format", "devo", "--hostname", "tap-7"];

describe("graphtap through a forwarder", () => {
  it.each(WIRES)("delivers every record once and byte for byte over %s", async (wire) => {
    const site = await openSite();
    fill(site, 400);
    const huge =
      `{"id":"huge","activityDateTime":"${new Date((site.start.seconds + 99) * 1000).toISOString()}",` +
      `"text":"${"é\\u00e9😀".repeat(200_000)}","n":1.0,"big":12345678901234567890,"n":2}`;
    site.emulator.put("directoryAudits", huge);
    const receiver = await receive(wire);
    const config = site.write([contoso(...SERVICES)]);
    const forwarder = startForwarder({
      command: command("pull", "-c", config),
      port: receiver.port,
      authority: wire === "plain TCP" ? null : authority,
    });
    expect(await forwarder.ended, forwarder.stderr).toBe(0);
    await waitFor(() => receiver.lines.length >= forwarder.taken, () => `${receiver.lines.length} lines`);
    expect(receiver.problems).toEqual([]);
    expect(tally(wanted(site), records(receiver))).toEqual(EXACT);
    for (const { tag, record } of delivered(receiver)) {
      const service = tag.includes(".audit.") ? "directory_audits" : "signIns_v2";
      expect(tag).toBe(expectedTag(service, record));
    }
  });

  it("keeps what comes while the receiver refuses, stalls or is gone", async () => {
    const site = await openSite();
    fill(site, 300);
    const receiver = await receive();
    receiver.refuse();
    const config = site.write([contoso(...SERVICES)]);
    const forwarder = startForwarder({
      command: command("pull", "-c", config),
      port: receiver.port,
      authority: trust,
    });
    await waitFor(() => forwarder.taken > 10, () => "first lines");
    await receiver.crash();
    receiver.stall();
    await receiver.restart();
    await waitFor(() => receiver.connections > 0, () => "a connection");
    await sleep(50);
    expect(receiver.lines).toEqual([]);
    receiver.heal();
    expect(await forwarder.ended, forwarder.stderr).toBe(0);
    await waitFor(() => receiver.lines.length >= forwarder.taken, () => `${receiver.lines.length} lines`);
    expect(tally(wanted(site), records(receiver))).toEqual(EXACT);
  });

  it("keeps a connection from going idle by a heartbeat, which is a line like all others", async () => {
    const site = await openSite();
    const config = site.write([contoso("directory_audits")]);
    const receiver = await receive(undefined, { idleMs: 1000 });
    const forwarder = startForwarder({
      command: command("run", "-c", config, "--heartbeat", "0.2", "--heartbeat-tag", "my.app.tap.alive"),
      port: receiver.port,
      authority: trust,
    });
    await waitFor(() => receiver.lines.length >= 12, () => `${receiver.lines.length} heartbeats`);
    process.kill(forwarder.child.pid!, "SIGTERM");
    expect(await forwarder.ended, forwarder.stderr).toBe(0);
    expect(receiver.problems).toEqual([]);
    expect(receiver.connections).toBe(1);
    const [first] = receiver.lines;
    expect(first?.tag).toBe("my.app.tap.alive");
    expect(JSON.parse(first!.message)).toMatchObject({
      heartbeat: { program: "graphtap", streams: 1, gaps: 0, gap_seconds: 0 },
    });
  });
});

describe("the life of a child", () => {
  it("has its position saved before its output ends, so that a kill at the end repeats nothing", async () => {
    const site = await openSite();
    fill(site, 200);
    const config = site.write([contoso(...SERVICES)]);
    // Vector kills a child when its output ends.
    const [program = "", ...words] = command("pull", "-c", config);
    const child = spawn(program, words, { stdio: ["ignore", "pipe", "ignore"] });
    let lines = 0;
    child.stdout.on("data", (bytes: Buffer) => lines += bytes.filter((byte) => byte === 10).length);
    child.stdout.on("end", () => void child.kill("SIGKILL"));
    await new Promise((resolve) => child.on("close", resolve));
    expect(lines).toBe(400);
    expect((await run(["pull", "-c", config])).stdout.toString()).toBe("");
  });

  it("ends with its parent when told to", async () => {
    const site = await openSite();
    const config = site.write([contoso("directory_audits")]);
    const shipper = startCommand([
      "/bin/sh",
      "-c",
      `"$@" & echo $!; wait`,
      "sh",
      ...command("run", "-c", config, "--exit-with-parent"),
    ]);
    await shipper.until(() => shipper.lines === 1, "the child's process id");
    const child = Number(shipper.stdout.toString());
    await shipper.until(() => shipper.stderr.includes("pull done"), "a first pull");
    shipper.kill("SIGKILL");
    await waitFor(() => !isAlive(child), () => `process ${child}`);
    expect(lastWord(shipper.stderr).said).toMatch(/^ended: .*the process that started this one is gone$/);
    const next = await run(["pull", "-c", config]);
    expect([next.code, next.stderr.includes("in use")]).toEqual([0, false]);
  });

  it("ends with a heartbeat that nobody reads", async () => {
    const site = await openSite();
    const config = site.write([contoso("directory_audits")]);
    const child = startCommand(command("run", "-c", config, "--heartbeat", "0.1"));
    await child.until(() => child.lines > 1, "heartbeats");
    child.closeStdout();
    expect(await child.exited).toBe(4);
    expect(lastWord((await child.ended).stderr).code).toBe("sink-closed");
  });

  it("ends when told to, long before its next poll", async () => {
    const site = await openSite();
    const config = site.write([contoso("directory_audits")]);
    const child = startCommand(command("run", "-c", config, "--heartbeat", "1"));
    await child.until(() => child.lines > 0, "a heartbeat");
    const told = Date.now();
    process.kill(child.pid, "SIGTERM");
    expect(await child.exited).toBe(0);
    expect(Date.now() - told).toBeLessThan(HANG_MS);
  });
});

describe("the receiver", () => {
  const LINE = `<14>2026-11-22 16:00:00.123 host my.app.a.b: {"text":"é"}`;

  /** Writes to a receiver over plain TCP, in pieces of a few bytes. */
  async function written(receiver: DevoReceiver, bytes: Buffer): Promise<void> {
    const socket = connect({ host: "127.0.0.1", port: receiver.port, noDelay: true });
    socket.on("error", () => {});
    const closed = new Promise((resolve) => socket.on("close", resolve).resume());
    for (let at = 0; at < bytes.length; at += 7) {
      socket.write(bytes.subarray(at, at + 7));
      if (at % 70 === 0) await sleep(0);
    }
    socket.end();
    await closed;
  }

  it.each<[string, Buffer]>([
    ["lines", Buffer.from(`${LINE}\n${LINE}\n${LINE}\n`)],
    [
      "counted frames between lines",
      Buffer.from(`${LINE}\n${Buffer.byteLength(LINE) + 1} ${LINE}\n${LINE}\n`),
    ],
    [
      "gzip members between lines",
      Buffer.concat([
        gzipSync(`${LINE}\n`),
        Buffer.from(`${LINE}\n`),
        gzipSync(`${LINE}\n`),
      ]),
    ],
  ])("reads %s", async (_, bytes) => {
    const receiver = await startDevoReceiver({ authority: null });
    await written(receiver, bytes);
    expect(receiver.problems).toEqual([]);
    expect(receiver.lines.map(({ text }) => Buffer.from(text, "latin1").toString())).toEqual([
      LINE,
      LINE,
      LINE,
    ]);
  });

  it.each([
    ["an empty line", ""],
    ["a line without its head", `{"a":1}`],
    ["a tag of one level", LINE.replace("my.app.a.b", "my")],
    ["a carriage return", `${LINE}\r`],
    ["a line without a message", LINE.replace(/: .*/, ": ")],
    ["a date that nobody sends", LINE.replace("2026-11-22 ", "22/11/2026 ")],
    ["no UTF-8", Buffer.from(`${LINE.slice(0, -2)}\xff"}`, "latin1")],
  ])("objects to %s", async (_, line) => {
    const receiver = await startDevoReceiver({ authority: null });
    await written(receiver, Buffer.concat([Buffer.from(line), Buffer.from("\n")]));
    expect([receiver.lines.length, receiver.problems.length]).toEqual([0, 1]);
  });

  it("resets in mid-line, and closes what is idle", async () => {
    const receiver = await startDevoReceiver({ authority: null, idleMs: 50 });
    receiver.resetAfter(LINE.length + 20);
    await written(receiver, Buffer.from(`${LINE}\n${LINE}\n`));
    expect([receiver.lines.length, receiver.cut]).toEqual([1, 1]);
    const idle = connect({ host: "127.0.0.1", port: receiver.port });
    await new Promise((resolve) => idle.on("end", resolve).resume());
  });

  it.skipIf(onDeno).each(["TLSv1.2", "TLSv1.3"] as const)(
    "refuses who has no certificate of its authority, over %s",
    async (version) => {
      const receiver = await startDevoReceiver({ authority, version });
      for (const identity of [{}, createAuthority().issue("stranger")]) {
        const socket = connectTls({
          host: "127.0.0.1",
          port: receiver.port,
          ca: authority.chain,
          ...identity,
        });
        socket.on("error", () => {});
        socket.end(`${LINE}\n`);
        await new Promise((resolve) => socket.on("close", resolve).resume());
      }
      await waitFor(() => receiver.refused === 2, () => `${receiver.refused} refused`);
      expect([receiver.connections, receiver.lines.length]).toEqual([0, 0]);
    },
  );
});
