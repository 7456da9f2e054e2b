/** A slow reader slows the reading, memory stays flat, and what a burst took goes back. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { describe, expect, it } from "vitest";
import { addSeconds, formatInstant } from "../../src/instant.ts";
import { run, start } from "../support/program.ts";
import { onDeno } from "../support/project.ts";
import { contoso, openSite, type Site } from "../support/site.ts";

const RECORDS = 30_000;
const RECORD_BYTES = 3600;
/** What the program needs with nothing to hold is about 100 MB; holding what is pulled would take 108 MB more. */
const MOST_MB = 190;

/** 108 MB of audits over three hours. */
function fill({ emulator, start }: Site): void {
  const pad = "x".repeat(RECORD_BYTES - 100);
  for (let n = 0; n < RECORDS; n++) {
    const time = formatInstant(addSeconds(start, 10 + Math.floor(n * 10_000 / RECORDS)));
    emulator.put("directoryAudits", `{"id":"audit-${n}","activityDateTime":"${time}","pad":"${pad}"}`);
  }
}

/** What a poll of a few records leaves behind is at least as much. */
const GARBAGE_MB = 5;

/** Tells at the end of a program how much room V8 has for new objects, and how much after many that stay. */
const ROOM_AT_END = `process.on("exit", () => {
  const room = () =>
    require("node:v8").getHeapSpaceStatistics().find(({ space_name }) => space_name === "new_space").space_size;
  const before = room();
  const stay = Array.from({ length: 2_000_000 }, (_, number) => ({ number }));
  require("node:fs").writeSync(2, "room " + before + " " + room() + " " + stay.length);
});`;

const residentMb = (pid: number) =>
  Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1]) / 1024;

describe.runIf(process.platform === "linux")("memory", () => {
  it("stays flat while 108 MB go past a reader that stalls", { timeout: 240_000 }, async () => {
    const site = await openSite();
    fill(site);
    const running = start(["pull", "-c", site.write([contoso("directory_audits")])], { discard: true });
    let mostMb = 0;
    const look = setInterval(() => mostMb = Math.max(mostMb, residentMb(running.pid)), 25);
    try {
      await running.until(() => running.lines > 5000, "5,000 lines");
      running.hold();
      const lastRequest = () => site.emulator.requests.at(-1)!.at;
      await running.until(() => Date.now() - lastRequest() > 700, "the reading to stop with the reader");
      const asked = site.emulator.requests.length;
      await new Promise((resolve) => setTimeout(resolve, 500));
      expect(site.emulator.requests.length, "requests while nobody reads").toBe(asked);
      running.read();
      await running.until(() => running.lines === RECORDS, "all lines");
    } finally {
      clearInterval(look);
    }
    expect((await running.ended).code).toBe(0);
    expect(running.lines).toBe(RECORDS);
    console.log(`most memory while ${RECORDS} records were pulled: ${Math.round(mostMb)} MB`);
    expect(mostMb).toBeLessThan(MOST_MB);
  });

  it.skipIf(onDeno)("goes back to the system when a run has nothing more to do", async () => {
    const site = await openSite();
    site.emulator.produce("directoryAudits", 200, {
      from: addSeconds(site.start, 2.1 * 3600),
      to: addSeconds(site.start, 2.9 * 3600),
    });
    const running = start(["run", "-c", site.write([contoso("directory_audits")])]);
    await running.until(() => running.stderr.includes('"pull done"'), "the first poll");
    const afterPoll = residentMb(running.pid);
    await running.until(() => residentMb(running.pid) < afterPoll - GARBAGE_MB, "memory to go back");
  });

  it.skipIf(onDeno)("has as much room for new objects at the end of a pull as at its start", async () => {
    const site = await openSite();
    const hook = join(site.folder, "room.cjs");
    writeFileSync(hook, ROOM_AT_END);
    const pull = ["pull", "-c", site.write([contoso("directory_audits")])];
    const { stderr } = await run(pull, { env: { NODE_OPTIONS: `--require=${hook}` } });
    const [, before, after] = /room (\d+) (\d+)/.exec(stderr)!;
    expect(after).toBe(before);
  });
});
