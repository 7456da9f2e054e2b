/** Signals that end nothing, SIGHUP that reads the configuration again, and a parent whose end is nobody else's. */
import { readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { constants } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { describe, expect, it, onTestFinished } from "vitest";
import { addSeconds } from "../../src/instant.ts";
import { isAlive } from "../support/alive.ts";
import { eventLines, EXACT, tally } from "../support/eventLines.ts";
import { lastWord } from "../support/lastWord.ts";
import { programCommand, run, type Running, start, startCommand, waitFor } from "../support/program.ts";
import { onDeno } from "../support/project.ts";
import { ask, serve } from "../support/serving.ts";
import { contoso, openSite } from "../support/site.ts";

async function filledSite() {
  const site = await openSite();
  for (const collection of ["directoryAudits", "signIns"] as const) {
    site.emulator.produce(collection, 20, {
      from: addSeconds(site.start, 60),
      to: addSeconds(site.start, 3000),
    });
  }
  return { site, config: site.write([contoso("directory_audits")]) };
}

const polls = ({ stderr }: Running, times = 1) => stderr.split('"pull done"').length > times;
const logOf = (stderr: string) =>
  stderr.split("\n").filter((line) => line.startsWith("{")).map((line) =>
    JSON.parse(line) as Record<string, unknown>
  );
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Whether somebody answers where debuggers listen. */
function isDebuggerOpen(): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(9229, "127.0.0.1");
    socket.on("connect", () => resolve(true)).on("error", () => resolve(false));
    onTestFinished(() => void socket.destroy());
  });
}

/** Whether the process has a handler for the signal of this number. */
function catches(pid: number, signal: number): boolean {
  const [, mask = "0"] = /^SigCgt:\s*([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return (BigInt(`0x${mask}`) >> BigInt(signal - 1) & 1n) === 1n;
}

describe("a signal", () => {
  it("SIGUSR1 opens no debugger, neither that nor SIGUSR2 ends anything", async () => {
    const { config } = await filledSite();
    const running = start(["run", "-c", config]);
    await running.until(() => polls(running), "the first poll");
    running.kill("SIGUSR1");
    running.kill("SIGUSR2");
    await pause(500);
    expect(await isDebuggerOpen()).toBe(false);
    running.kill("SIGTERM");
    expect((await running.ended).code).toBe(0);
  });

  it.skipIf(onDeno || process.platform !== "linux")(
    "SIGUSR1 before the program runs leaves no debugger open",
    async () => {
      const { config } = await filledSite();
      const running = start(["run", "-c", config]);
      // Node answers it from some milliseconds after its start on; before, it ends the process.
      await waitFor(() => catches(running.pid, constants.signals.SIGUSR1), () => "a process that catches it");
      running.kill("SIGUSR1");
      await running.until(() => polls(running), "the first poll");
      await pause(1500);
      expect(await isDebuggerOpen()).toBe(false);
      running.kill("SIGTERM");
      expect((await running.ended).code).toBe(0);
    },
  );

  it.each(["SIGHUP", "SIGQUIT"] as const)("%s stops a pull as SIGTERM does", async (signal) => {
    const { site, config } = await filledSite();
    const fault = site.emulator.faults.add({
      match: { collection: "directoryAudits" },
      do: { kind: "delay", ms: 60_000 },
    });
    const pulling = start(["pull", "-c", config]);
    await pulling.until(() => fault.hits > 0, "the request");
    pulling.kill(signal);
    const { code, stderr } = await pulling.ended;
    expect(code).toBe(0);
    expect(lastWord(stderr)).toMatchObject({ said: `ended: stopped by ${signal}` });
  });
});

describe("SIGHUP, while the program runs", () => {
  it("reads the configuration again: what is new comes, what was delivered does not", async () => {
    const { site, config } = await filledSite();
    const running = start(["run", "-c", config]);
    await running.until(() => polls(running), "the first poll");
    running.kill("SIGHUP");
    await running.until(() => running.stderr.includes("no stream has changed"), "a word about it");

    site.write([contoso("directory_audits", "signIns")]);
    running.kill("SIGHUP");
    await running.until(() => running.lines === 40, "the records of the other service");
    expect(logOf(running.stderr).filter(({ message }) => message === "SIGHUP: the configuration has changed"))
      .toMatchObject([{ added: "contoso × signIns", unchanged: "contoso × directory_audits" }]);

    writeFileSync(config, "inputs: nothing");
    running.kill("SIGHUP");
    await running.until(() => running.stderr.includes("what ran goes on: "), "a word about it");
    await pause(200);
    running.kill("SIGTERM");
    const { code, stdout, stderr } = await running.ended;
    expect(code).toBe(0);
    expect(lastWord(stderr)).toMatchObject({ said: "ended: stopped by SIGTERM" });
    const all = [...site.records("directory_audits"), ...site.records("signIns")];
    expect(tally(all, eventLines(stdout).map(({ record }) => record))).toEqual(EXACT);
  });

  it("refuses to move the state folder, and changes nothing else either", async () => {
    const { site, config } = await filledSite();
    const running = start(["run", "-c", config]);
    await running.until(() => polls(running), "the first poll");
    const persistence = { type: "filesystem", config: { directory_name: "elsewhere" } };
    site.write([contoso("directory_audits", "signIns")], { persistence });
    running.kill("SIGHUP");
    await running.until(() => running.stderr.includes("what ran goes on: "), "a word about it");
    expect(running.stderr).toContain(`the configuration names \\"${join(site.folder, "elsewhere")}`);
    expect(running.lines).toBe(20);
    site.write([contoso("directory_audits", "signIns")]);
    running.kill("SIGHUP");
    await running.until(() => running.lines === 40, "the records of the other service");
    running.kill("SIGTERM");
    expect((await running.ended).code).toBe(0);
  });

  it("gives up no line that nobody has taken yet", async () => {
    const site = await openSite({ gzip: false });
    site.emulator.produce("directoryAudits", 2500, {
      from: addSeconds(site.start, 60),
      to: addSeconds(site.start, 3000),
    });
    const config = site.write([contoso("directory_audits")]);
    const running = start(["run", "-c", config], { held: true });
    await running.until(
      () => site.emulator.requests.length > 0 && Date.now() - site.emulator.requests.at(-1)!.at > 500,
      "a full pipe",
    );
    site.write([{ ...contoso(), services: { directory_audits: { request_period_in_seconds: 200 } } }]);
    running.kill("SIGHUP");
    await running.until(() => running.stderr.includes("the configuration has changed"), "a word about it");
    // Longer than a stop leaves to a reader that does not read.
    await pause(2500);
    running.read();
    await running.until(() => running.lines >= 2500, "all records");
    running.kill("SIGTERM");
    const { code, stdout } = await running.ended;
    expect(code).toBe(0);
    expect(tally(site.records("directory_audits"), eventLines(stdout).map(({ record }) => record))).toEqual(
      EXACT,
    );
  });

  it("leaves a server listening where it was", async () => {
    const { site, config } = await filledSite();
    const serving = await serve(["-c", config]);
    await serving.until(() => polls(serving), "the first poll");
    site.write([contoso("directory_audits", "signIns")]);
    serving.kill("SIGHUP");
    await serving.until(() => serving.lines === 40, "the records of the other service");
    const metrics = (await ask(`${serving.url}/metrics`)).body.toString();
    expect(metrics).toContain('service="signIns"');
    expect(metrics).toContain('graphtap_config_reloads_total{result="success"} 1\n');
    // It is the same process.
    const [, startedAt] = /^process_start_time_seconds (\S+)$/m.exec(metrics)!;
    expect(Number(startedAt)).toBeLessThan(
      Number(/^graphtap_config_last_reload_success_timestamp_seconds (\S+)$/m.exec(metrics)![1]),
    );
    serving.kill("SIGTERM");
    expect((await serving.ended).code).toBe(0);
  });
});

describe("the end of the process that started the program", () => {
  const quoted = (words: readonly string[]) =>
    words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");

  /** Starts the program from a shell that ends at once; its process id. */
  async function orphan(folder: string, words: readonly string[]): Promise<number> {
    const [out, log] = [join(folder, "out"), join(folder, "log")];
    const line = `nohup ${quoted([...programCommand, ...words])} > '${out}' 2> '${log}' & echo $!; sleep 2`;
    const { stdout } = await startCommand(["sh", "-c", line]).ended;
    const pid = Number(stdout.toString());
    onTestFinished(() => {
      if (isAlive(pid)) process.kill(pid, "SIGKILL");
    });
    await waitFor(() => !isAlive(pid) || readFileSync(log, "utf8").includes('"pull done"'), () => "a poll");
    return pid;
  }

  it("ends nothing by itself", async () => {
    const { site, config } = await filledSite();
    const pid = await orphan(site.folder, ["run", "-c", config]);
    await pause(2500);
    process.kill(pid, "SIGHUP");
    await pause(300);
    expect(isAlive(pid)).toBe(true);
  });

  it("ends it with --exit-with-parent, which the log says", async () => {
    const { site, config } = await filledSite();
    const pid = await orphan(site.folder, ["run", "-c", config, "--exit-with-parent"]);
    await waitFor(() => !isAlive(pid), () => "its end");
    const log = readFileSync(join(site.folder, "log"), "utf8");
    expect(lastWord(log)).toMatchObject({
      said: "ended: stopped because the process that started this one is gone",
    });
  });

  it("is an option of its own for what delivers", async () => {
    for (const command of ["run", "pull", "serve", "exec"]) {
      expect((await run([command, "--help"])).stdout.toString()).toContain("--exit-with-parent");
    }
  });
});
