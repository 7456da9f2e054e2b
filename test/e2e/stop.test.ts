/** SIGTERM and SIGINT: a clean end without waiting, the line in flight whole, the position saved, and the reason in the log. */
import type { Buffer } from "node:buffer";
import { describe, expect, it } from "vitest";
import { addSeconds } from "../../src/instant.ts";
import { eventLines, EXACT, tally } from "../support/eventLines.ts";
import { lastWord } from "../support/lastWord.ts";
import { HANG_MS, run, start } from "../support/program.ts";
import { contoso, openSite, type Site } from "../support/site.ts";
import { openReceiver } from "../unit/sink/receiver.ts";

const STALLED = {
  level: "error",
  code: "sink-stalled",
  exit_code: 4,
  said: expect.stringMatching(/^ended: .* within 1\.5 s after the stop \(stopped by SIGTERM\)/),
};

async function filledSite(count: number) {
  const site = await openSite({ gzip: false });
  site.emulator.produce("directoryAudits", count, {
    from: addSeconds(site.start, 2.1 * 3600),
    to: addSeconds(site.start, 2.9 * 3600),
  });
  return { site, config: site.write([contoso("directory_audits")]) };
}

const recordsOf = (...outputs: Buffer[]) => outputs.flatMap(eventLines).map(({ record }) => record);

const quietFor = (site: Site, ms: number) => () =>
  site.emulator.requests.length > 0 && Date.now() - site.emulator.requests.at(-1)!.at > ms;

describe.each(["SIGTERM", "SIGINT"] as const)("%s", (signal) => {
  const stopped = { said: `ended: stopped by ${signal}`, level: "info", exit_code: 0 };

  it("in the middle of a page: exit code 0, the last line whole, nothing repeated later", async () => {
    const { site, config } = await filledSite(200);
    const stall = site.emulator.faults.add({
      match: { collection: "directoryAudits" },
      do: { kind: "stall", afterBytes: 50_000 },
    });
    const pulling = start(["pull", "-c", config]);
    await pulling.until(() => pulling.lines > 0, "the first lines");
    const since = Date.now();
    pulling.kill(signal);
    const { code, stdout, stderr } = await pulling.ended;
    expect({ code, whole: stdout.at(-1) === 10 }, stderr).toEqual({ code: 0, whole: true });
    expect(Date.now() - since).toBeLessThan(HANG_MS);
    expect(recordsOf(stdout).length).toBeLessThan(200);
    expect(stall.spent).toBe(true);
    expect(lastWord(stderr)).toMatchObject(stopped);

    const rest = await run(["pull", "-c", config]);
    expect(tally(site.records("directory_audits"), recordsOf(stdout, rest.stdout))).toEqual(EXACT);
  });

  it("between two polls of run", async () => {
    const { site, config } = await filledSite(20);
    const running = start(["run", "-c", config]);
    await running.until(() => running.stderr.includes('"pull done"'), "the first poll");
    const since = Date.now();
    running.kill(signal);
    const { code, stdout, stderr } = await running.ended;
    expect(code).toBe(0);
    expect(lastWord(stderr)).toMatchObject(stopped);
    expect(Date.now() - since).toBeLessThan(HANG_MS);
    expect(tally(site.records("directory_audits"), recordsOf(stdout))).toEqual(EXACT);
    expect((await run(["pull", "-c", config])).stdout.toString()).toBe("");
  });
});

describe("SIGTERM", () => {
  it.each(
    [
      ["the token is awaited", { match: { collection: "token" }, do: { kind: "delay", ms: 60_000 } }],
      ["a page is awaited", { match: { collection: "directoryAudits" }, do: { kind: "delay", ms: 60_000 } }],
      ["a retry is awaited", {
        match: { collection: "directoryAudits", times: "always" },
        do: { kind: "status", status: 503, retryAfter: 30 },
      }],
    ] as const,
  )("while %s: no further request", async (_, fault) => {
    const { site, config } = await filledSite(20);
    const active = site.emulator.faults.add(fault);
    const running = start(["pull", "-c", config]);
    await running.until(() => active.hits > 0 && quietFor(site, 50)(), "the fault");
    const asked = site.emulator.requests.length;
    const since = Date.now();
    running.kill("SIGTERM");
    expect(await running.exited).toBe(0);
    expect(Date.now() - since).toBeLessThan(HANG_MS);
    expect(site.emulator.requests.length).toBe(asked);
  });

  it("before a reader that does not read: it ends, and the next run sends what was not taken", async () => {
    const { site, config } = await filledSite(2500);
    const stuck = start(["pull", "-c", config], { held: true });
    await stuck.until(quietFor(site, 300), "a full pipe");
    const since = Date.now();
    stuck.kill("SIGTERM");
    const code = await stuck.exited;
    expect(Date.now() - since).toBeLessThan(HANG_MS);
    expect(code, "nobody took the lines").toBe(4);
    expect(stuck.stderr).not.toMatch(/^\s+at /m);
    stuck.read();
    const first = await stuck.ended;
    expect(lastWord(first.stderr)).toMatchObject(STALLED);

    const rest = await run(["pull", "-c", config]);
    const got = recordsOf(first.stdout, rest.stdout);
    expect(tally(site.records("directory_audits"), got)).toMatchObject({ missing: [], foreign: [] });
    expect(got.length - 2500, "records twice, of a page of 999").toBeLessThanOrEqual(999);
  });

  it("before a receiver that accepts and never answers: it ends, and the next run sends what was not taken", async () => {
    const { site, config } = await filledSite(100);
    const receiver = await openReceiver(() => "silent");
    const stuck = start(["run", "-c", config, "--to", receiver.url]);
    await stuck.until(() => receiver.posts.length > 0, "a request");
    const since = Date.now();
    stuck.kill("SIGTERM");
    const { code, stderr } = await stuck.ended;
    expect(Date.now() - since).toBeLessThan(HANG_MS);
    expect(code).toBe(4);
    expect(lastWord(stderr)).toMatchObject(STALLED);

    const rest = await run(["pull", "-c", config]);
    expect(tally(site.records("directory_audits"), recordsOf(rest.stdout))).toEqual(EXACT);
  });

  it("before a reader that is slow but reads: exit code 0 and nothing repeated", async () => {
    const { site, config } = await filledSite(2500);
    const slow = start(["pull", "-c", config], { held: true });
    await slow.until(quietFor(site, 300), "a full pipe");
    slow.kill("SIGTERM");
    slow.read();
    const first = await slow.ended;
    expect({ code: first.code, whole: first.stdout.at(-1) === 10 }).toEqual({ code: 0, whole: true });
    const rest = await run(["pull", "-c", config]);
    expect(tally(site.records("directory_audits"), recordsOf(first.stdout, rest.stdout))).toEqual(EXACT);
  });
});
