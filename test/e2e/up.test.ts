/**
 * `graphtap up` with the real shippers, on each runtime that is here: from a collector's file to an end of Devo's, through
 * kills and outages.
 */
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { describe, expect, it } from "vitest";
import { isAlive } from "../support/alive.ts";
import { createAuthority, writeDomain } from "../support/certificates.ts";
import { lastWord } from "../support/lastWord.ts";
import { fromMillis } from "../../src/instant.ts";
import { killHard } from "../support/forwarderFluentBit.ts";
import { freePort } from "../support/freePort.ts";
import { type Running, startCommand, waitFor } from "../support/program.ts";
import { ask, listening } from "../support/serving.ts";
import { arrivedAt, countAt, lostAndRepeated } from "../support/shipped.ts";
import { startDevoReceiver } from "../support/devoReceiver.ts";
import { FABRIKAM } from "../support/site.ts";
import { devoOutput, type Household, openHousehold, RUNTIMES, SHIPPERS } from "../support/up.ts";

for (const { shipper, why } of SHIPPERS) {
  if (why !== null) console.warn(`up.test.ts is skipped for ${shipper}: ${why}`);
}
const STACKS = SHIPPERS.flatMap((shipper) => RUNTIMES.map((runtime) => ({ ...shipper, ...runtime })));

const COUNT = 3000;
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

describe.each(STACKS)("up with $shipper on $runtime", { timeout: 120_000 }, (stack) => {
  const { shipper, command, path, ruin } = stack;
  const test = it.skipIf(stack.why !== null);
  const up = ({ config }: Pick<Household, "config">, ...words: string[]) =>
    startCommand([...command, "up", "-c", config, "--with", path, ...words]);

  test("delivers each record once and byte for byte, and stops in order within a container's ten seconds", async () => {
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
    const written = join(house.shipperFolder(shipper), `${shipper}.yaml`);
    expect(statSync(written).mode & 0o777).toBe(0o600);
    expect(readFileSync(written, "utf8")).not.toMatch(/listen|port: 2020|Contoso~secret/);
  });

  test("loses nothing when the shipper is killed, which is started again", async () => {
    const house = await openHousehold(COUNT);
    const program = up(house);
    await program.until(() => countAt(house.receiver) > 0, "the first record");
    for (let times = 0; times < 2; times++) {
      const pid = house.shipperPid();
      killHard(pid);
      await program.until(() => ![0, pid].includes(house.shipperPid()), "another shipper");
    }
    await allArrive(house, program);
    expect(await stops(program)).toContain(`${shipper} has ended (signal SIGKILL), and is started again`);
    expect(lostAndRepeated(wanted(house), house.receiver).lost).toBe(0);
  });

  test("loses nothing when graphtap is killed: the shipper does not outlive it for long, and the next start goes on", async () => {
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

  test("starts at once after a kill: the orphan's end is awaited, and no two run on one buffer", async () => {
    const house = await openHousehold(COUNT);
    const first = up(house);
    await first.until(() => house.shipperPid() > 0, "a shipper");
    const orphan = house.shipperPid();
    first.kill("SIGKILL");
    const second = up(house);
    await second.until(() => ![0, orphan].includes(house.shipperPid()), "another shipper");
    expect(isAlive(orphan)).toBe(false);
    await allArrive(house, second);
    await stops(second);
    expect(lostAndRepeated(wanted(house), house.receiver).lost).toBe(0);
  });

  test("ends in time by a kill when the shipper hangs, and the next start goes on", async () => {
    const house = await openHousehold(COUNT);
    const first = up(house);
    await first.until(() => countAt(house.receiver) > 0, "the first record");
    process.kill(house.shipperPid(), "SIGSTOP");
    const since = Date.now();
    expect(await stops(first)).toContain("does not end within 6 s of SIGTERM, and is killed");
    expect(Date.now() - since).toBeLessThan(10_000);
    const second = up(house);
    await allArrive(house, second);
    await stops(second);
    expect(lostAndRepeated(wanted(house), house.receiver).lost).toBe(0);
  });

  test("holds what comes while the receiver is away, also over a restart of both", async () => {
    const house = await openHousehold(COUNT);
    await house.receiver.leave();
    const program = up(house);
    await program.until(() => /"pull done".*directory_audits/.test(program.stderr), "a poll");
    const since = Date.now();
    await stops(program);
    expect(Date.now() - since).toBeLessThan(10_000);
    expect(countAt(house.receiver)).toBe(0);
    const second = up(house);
    await second.until(() => /"level":"info","message":"started"/.test(second.stderr), "the start");
    await house.receiver.restart();
    await allArrive(house, second);
    await stops(second);
    expect(lostAndRepeated(wanted(house), house.receiver)).toEqual({ lost: 0, repeated: 0 });
  });

  test("at SIGHUP takes another tenant and another output, and what was read before comes to no output twice", async () => {
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

  test("takes a certificate that was renewed under its name at SIGHUP, and what waited for it arrives", async () => {
    const house = await openHousehold(50);
    const certs = join(house.config, "..", "..", "certs");
    writeDomain(certs, house.authority, createAuthority().issue("domain"));
    const program = up(house);
    await program.until(() => house.receiver.refused > 1, "a refusal");
    expect(countAt(house.receiver)).toBe(0);
    writeDomain(certs, house.authority, house.authority.issue("domain"));
    program.kill("SIGHUP");
    await allArrive(house, program);
    await stops(program);
    expect(lostAndRepeated(wanted(house), house.receiver)).toEqual({ lost: 0, repeated: 0 });
  });

  test("follows changed outputs by POST /v1/reload as well, and one that cannot be served changes nothing", async () => {
    const house = await openHousehold(50);
    const relay = await startDevoReceiver({ authority: house.authority });
    const program = await listening(up(house, "--listen", "127.0.0.1:0"));
    await allArrive(house, program);
    const reload = () => ask(`${program.url}/v1/reload`, { method: "POST" });
    const [before, written] = [
      house.shipperPid(),
      join(house.shipperFolder(shipper), `${shipper}.yaml`),
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
    expect(program.stderr).toContain("POST /v1/reload: the outputs, or files of theirs, have changed");
    await program.until(() => ![0, before].includes(house.shipperPid()), "another shipper");
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

  test("stands by, alive and not ready, and starts its shipper when the first is killed, for the outputs of that hour", async () => {
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
    await second.until(() => ![0, pid].includes(house.shipperPid()), "a shipper of its own");
    expect(isAlive(pid)).toBe(false);
    expect(second.stderr.indexOf("took over")).toBeLessThan(second.stderr.indexOf("starting the shipper"));
    await allArrive(house, second);
    // The buffer of the first may have held all of them: then they arrive before the second reads.
    await expect.poll(answers, { timeout: 10_000 }).toEqual([200, 200]);
    expect(await stops(second)).toContain('output \\"relay\\"');
    expect(lostAndRepeated(wanted(house), house.receiver).lost).toBe(0);
  });

  test("that stands by ends when it is told to, and touches nothing", async () => {
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

  test("serves status page and health, and several outputs from a folder of files", async () => {
    const house = await openHousehold(50);
    const relay = await startDevoReceiver({ authority: house.authority });
    house.rewrite((config) => {
      Object.assign(config.outputs, { relay: devoOutput(relay.port), screen: { type: "console" } });
    });
    const port = await freePort();
    const folder = { config: join(house.config, "..") };
    const program = up(folder, "--listen", `127.0.0.1:${port}`, "--state", house.site.state);
    await allArrive(house, program);
    await program.until(() => countAt(relay) >= 50, "the relay's lines");
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
    const said = await stops(program);
    expect(said).toContain(`output \\"screen\\" gets nothing: it is of type \\"console\\"`);
  });

  test("leaves no shipper behind when it is stopped while that starts, or cannot listen", async () => {
    const house = await openHousehold(1);
    const stopped = up(house);
    await stopped.until(() => stopped.stderr.includes("starting the shipper"), "the shipper starts");
    stopped.kill("SIGTERM");
    const { code, stderr } = await stopped.ended;
    expect([code, lastWord(stderr).said]).toEqual([0, "ended: stopped by SIGTERM"]);
    expect(house.shipperPid()).toBe(0);

    const other = await listening(up(house, "--listen", "127.0.0.1:0"));
    const state = join(house.site.folder, "other");
    const refused = await up(house, "--state", state, "--listen", new URL(other.url).host).ended;
    expect([refused.code, lastWord(refused.stderr).code]).toEqual([75, "address-unavailable"]);
    expect(refused.stderr).toContain("starting the shipper");
    expect(existsSync(join(state, ".shipper", "shipper.json"))).toBe(false);
    await stops(other);
  });

  test("says what the shipper says when it cannot start, and ends with a code by which it is tried again", async () => {
    const house = await openHousehold(1);
    ruin(house.shipperFolder(shipper));
    const { code, stderr } = await up(house).ended;
    expect([code, stderr]).toEqual([
      75,
      expect.stringMatching(/ended: [a-z-]+ does not start \((exit code|signal) \w+\): \S/),
    ]);
    expect(stderr).toContain('"code":"shipper-unstarted"');
  });

  test("lets a second one in no sooner than the first has ended", async () => {
    const house = await openHousehold(1);
    const program = up(house);
    await program.until(() => house.shipperPid() > 0, "a shipper");
    const pid = house.shipperPid();
    const { code, stderr } = await up(house).ended;
    expect([code, stderr]).toEqual([5, expect.stringContaining("is using it")]);
    expect(house.shipperPid()).toBe(pid);
    await stops(program);
  });
});
