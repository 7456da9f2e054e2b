/** `graphtap up` with the real Fluent Bit: from a collector's file to an end of Devo's, through kills and outages. */
import { mkdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { describe, expect, it } from "vitest";
import { lastWord } from "../support/lastWord.ts";
import { fromMillis } from "../../src/instant.ts";
import { fluentBit, killHard, whyNoFluentBit } from "../support/forwarderFluentBit.ts";
import { freePort } from "../support/freePort.ts";
import { type Running, start, waitFor } from "../support/program.ts";
import { ask, listening } from "../support/serving.ts";
import { arrivedAt, countAt, lostAndRepeated } from "../support/shipped.ts";
import { startDevoReceiver } from "../support/devoReceiver.ts";
import { FABRIKAM } from "../support/site.ts";
import { devoOutput, type Household, openHousehold } from "../support/up.ts";

if (whyNoFluentBit !== null) console.warn(`up.test.ts is skipped: ${whyNoFluentBit}`);

const COUNT = 3000;
const up = ({ config }: Household, ...words: string[]) =>
  start(["up", "-c", config, "--with", fluentBit.path, ...words]);
const wanted = ({ site }: Household) => site.records("directory_audits");

/** Waits until every record has arrived. */
function allArrive({ receiver, site }: Household, program: Running): Promise<void> {
  const records = site.records("directory_audits");
  return program.until(() => new Set(arrivedAt(receiver)).size >= records.length, "all records");
}

async function stops(program: Running): Promise<string> {
  await program.until(() => program.stderr.includes('"message":"started"'), "the tap's start");
  program.kill("SIGTERM");
  const { code, stderr } = await program.ended;
  expect(code, stderr).toBe(0);
  return stderr;
}

describe.skipIf(whyNoFluentBit !== null)("up with Fluent Bit", { timeout: 120_000 }, () => {
  it("delivers each record once and byte for byte, and stops in order within a container's ten seconds", async () => {
    const house = await openHousehold(COUNT);
    const program = up(house);
    await allArrive(house, program);
    await program.until(
      () => program.stderr.includes("accepts the client certificate under TLS 1.2"),
      "a trial",
    );
    const since = Date.now();
    program.kill("SIGTERM");
    await stops(program);
    expect(Date.now() - since).toBeLessThan(10_000);
    expect(arrivedAt(house.receiver).toSorted()).toEqual(wanted(house).toSorted());
    expect(house.shipperPid()).toBe(0);
    const written = join(house.shipperFolder("fluent-bit"), "fluent-bit.yaml");
    expect(statSync(written).mode & 0o777).toBe(0o600);
    expect(readFileSync(written, "utf8")).not.toMatch(/listen|port: 2020|Contoso~secret/);
  });

  it("loses nothing when Fluent Bit is killed, which is started again", async () => {
    const house = await openHousehold(COUNT);
    const program = up(house);
    await program.until(() => countAt(house.receiver) > 0, "the first record");
    for (let times = 0; times < 2; times++) {
      const pid = house.shipperPid();
      killHard(pid);
      await program.until(() => ![0, pid].includes(house.shipperPid()), "another Fluent Bit");
    }
    await allArrive(house, program);
    expect(await stops(program)).toMatch(/fluent-bit has ended \(signal SIGKILL\), and is started again/);
    expect(lostAndRepeated(wanted(house), house.receiver).lost).toBe(0);
  });

  it("loses nothing when graphtap is killed: Fluent Bit does not outlive it for long, and the next start goes on", async () => {
    const house = await openHousehold(COUNT);
    const first = up(house);
    await first.until(() => countAt(house.receiver) > 0, "the first record");
    const orphan = house.shipperPid();
    first.kill("SIGKILL");
    await waitFor(() => !isAlive(orphan), () => "the end of the orphan");
    const second = up(house);
    await allArrive(house, second);
    await stops(second);
    expect(lostAndRepeated(wanted(house), house.receiver).lost).toBe(0);
  });

  it("starts at once after a kill: the orphan's end is awaited, and no two run on one buffer", async () => {
    const house = await openHousehold(COUNT);
    const first = up(house);
    await first.until(() => house.shipperPid() > 0, "Fluent Bit");
    const orphan = house.shipperPid();
    first.kill("SIGKILL");
    const second = up(house);
    await second.until(() => ![0, orphan].includes(house.shipperPid()), "another Fluent Bit");
    expect(isAlive(orphan)).toBe(false);
    await allArrive(house, second);
    await stops(second);
    expect(lostAndRepeated(wanted(house), house.receiver).lost).toBe(0);
  });

  it("holds what comes while the receiver is away, also over a restart of both", async () => {
    const house = await openHousehold(COUNT);
    await house.receiver.leave();
    const program = up(house);
    await program.until(() => /"pull done".*directory_audits/.test(program.stderr), "a poll");
    await stops(program);
    expect(countAt(house.receiver)).toBe(0);
    const second = up(house);
    await second.until(() => /"level":"info","message":"started"/.test(second.stderr), "the start");
    await house.receiver.restart();
    await allArrive(house, second);
    await stops(second);
    expect(lostAndRepeated(wanted(house), house.receiver)).toEqual({ lost: 0, repeated: 0 });
  });

  it("at SIGHUP takes another tenant and another output, and what was read before comes to no output twice", async () => {
    const house = await openHousehold(100);
    const relay = await startDevoReceiver({ authority: house.authority });
    const program = up(house);
    await allArrive(house, program);
    house.site.emulator.produce("directoryAudits", 50, { tenantId: FABRIKAM.tenantId });
    house.rewrite((config) => {
      const { services: _, ...audit } = config.inputs["microsoft_graph_audit"]!;
      const credentials = {
        tenant_id: FABRIKAM.tenantId,
        client_id: FABRIKAM.clientId,
        client_secret: FABRIKAM.clientSecret,
      };
      const start_time_in_utc = new Date(house.site.start.seconds * 1000).toISOString();
      const services = { directory_audits: { start_time_in_utc } };
      Object.assign(config.inputs, { fabrikam: { ...audit, id: "20001", credentials, services } });
      Object.assign(config.outputs, { relay: devoOutput(relay.port) });
    });
    program.kill("SIGHUP");
    await program.until(() => countAt(house.receiver) >= 150 && countAt(relay) >= 50, "the other tenant");
    await stops(program);
    const all = [...wanted(house), ...house.site.records("directory_audits", FABRIKAM)];
    expect(arrivedAt(house.receiver).toSorted()).toEqual(all.toSorted());
    expect(lostAndRepeated(house.site.records("directory_audits", FABRIKAM), relay).lost).toBe(0);
  });

  it("follows changed outputs by POST /v1/reload as well, and one that cannot be served changes nothing", async () => {
    const house = await openHousehold(50);
    const relay = await startDevoReceiver({ authority: house.authority });
    const program = await listening(up(house, "--listen", "127.0.0.1:0"));
    await allArrive(house, program);
    const reload = () => ask(`${program.url}/v1/reload`, { method: "POST" });
    const [before, written] = [
      house.shipperPid(),
      join(house.shipperFolder("fluent-bit"), "fluent-bit.yaml"),
    ];

    const output = devoOutput(relay.port);
    house.rewrite(({ outputs }) => {
      outputs["relay"] = { ...output, config: { ...output.config, cert: "missing.crt" } };
    });
    const refused = await reload();
    expect([refused.status, refused.body.toString()]).toEqual([422, expect.stringContaining("missing.crt")]);
    expect([house.shipperPid(), readFileSync(written, "utf8")]).toEqual([
      before,
      expect.not.stringContaining(String(relay.port)),
    ]);

    house.rewrite(({ outputs }) => void (outputs["relay"] = output));
    expect((await reload()).status).toBe(200);
    expect(program.stderr).toContain("POST /v1/reload: the outputs have changed");
    await program.until(() => ![0, before].includes(house.shipperPid()), "another Fluent Bit");
    const now = fromMillis(Date.now());
    house.site.emulator.produce("directoryAudits", 20, { from: now, to: now });
    house.rewrite(({ inputs }) => {
      Object.assign(inputs["microsoft_graph_audit"]!.services["directory_audits"]!, {
        request_period_in_seconds: 600,
      });
    });
    await reload();
    await program.until(() => countAt(relay) >= 20, "the relay's lines");
    await stops(program);
    expect(lostAndRepeated(wanted(house), house.receiver)).toEqual({ lost: 0, repeated: 0 });
  });

  it("stands by, alive and not ready, and starts its shipper when the first is killed, for the outputs of that hour", async () => {
    const house = await openHousehold(COUNT);
    const first = up(house);
    await first.until(() => countAt(house.receiver) > 0, "the first record");
    const pid = house.shipperPid();
    const second = await listening(up(house, "--wait", "--listen", "127.0.0.1:0"));
    const answers = async () => {
      const [health, ready] = [await ask(`${second.url}/healthz`), await ask(`${second.url}/readyz`)];
      return [health.status, ready.status];
    };
    expect(await answers()).toEqual([200, 503]);
    expect(second.stderr).toContain(`"in_use_by":"process ${first.pid}"`);
    expect([house.shipperPid(), second.stderr]).toEqual([pid, expect.not.stringContaining("starting the")]);

    const relay = await startDevoReceiver({ authority: house.authority });
    house.rewrite(({ outputs }) => void (outputs["relay"] = devoOutput(relay.port)));
    first.kill("SIGKILL");
    await second.until(() => ![0, pid].includes(house.shipperPid()), "a Fluent Bit of its own");
    expect(isAlive(pid)).toBe(false);
    expect(second.stderr.indexOf("took over")).toBeLessThan(second.stderr.indexOf("starting the shipper"));
    await allArrive(house, second);
    expect(await answers()).toEqual([200, 200]);
    expect(await stops(second)).toContain('output \\"relay\\"');
    expect(lostAndRepeated(wanted(house), house.receiver).lost).toBe(0);
  });

  it("that stands by ends when it is told to, and touches nothing", async () => {
    const house = await openHousehold(10);
    const first = up(house);
    await allArrive(house, first);
    const pid = house.shipperPid();
    const second = up(house, "--wait");
    await second.until(() => second.stderr.includes("standing by"), "it stands by");
    second.kill("SIGHUP");
    await second.until(() => second.stderr.includes("when this process takes over"), "a word of it");
    second.kill("SIGTERM");
    const { code, stderr } = await second.ended;
    expect([code, lastWord(stderr).said]).toEqual([0, "ended: stopped by SIGTERM"]);
    expect([house.shipperPid(), isAlive(pid)]).toEqual([pid, true]);
    await stops(first);
  });

  it("serves status page and health, and several outputs from a folder of files", async () => {
    const house = await openHousehold(50);
    const relay = await startDevoReceiver({ authority: house.authority });
    house.rewrite((config) => {
      Object.assign(config.outputs, { relay: devoOutput(relay.port), screen: { type: "console" } });
    });
    const port = await freePort();
    const folder = join(house.config, "..");
    const program = start(
      [
        "up",
        "-c",
        folder,
        "--with",
        fluentBit.path,
        "--listen",
        `127.0.0.1:${port}`,
        "--state",
        house.site.state,
      ],
    );
    await allArrive(house, program);
    await program.until(() => countAt(relay) >= 50, "the relay's lines");
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
    const said = await stops(program);
    expect(said).toContain(`output \\"screen\\" gets nothing: it is of type \\"console\\"`);
  });

  it("says what Fluent Bit says when it cannot start, and ends with a code by which it is tried again", async () => {
    const house = await openHousehold(1);
    // Its database cannot be opened where a folder lies.
    mkdirSync(join(house.shipperFolder("fluent-bit"), "buffer", "fluent-bit-tail.db"), { recursive: true });
    const { code, stderr } = await up(house).ended;
    expect([code, stderr]).toEqual([
      75,
      expect.stringMatching(/ended: fluent-bit does not start \((exit code|signal) \w+\): \S/),
    ]);
    expect(stderr).toContain('"code":"shipper-unstarted"');
  });

  it("lets a second one in no sooner than the first has ended", async () => {
    const house = await openHousehold(1);
    const program = up(house);
    await program.until(() => house.shipperPid() > 0, "Fluent Bit");
    const pid = house.shipperPid();
    const { code, stderr } = await up(house).ended;
    expect([code, stderr]).toEqual([5, expect.stringContaining("is using it")]);
    expect(house.shipperPid()).toBe(pid);
    await stops(program);
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]![0] !== "Z";
  } catch {
    return false;
  }
}
