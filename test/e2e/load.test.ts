/** The real process with 400 streams: a stop in the middle of its first polls, the next start, and then rest. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { describe, expect, it, onTestFinished } from "vitest";
import { addSeconds } from "../../src/instant.ts";
import { EIGHT_SERVICES } from "../support/eightServices.ts";
import { eventLines, EXACT, tally } from "../support/eventLines.ts";
import { HANG_MS, start } from "../support/program.ts";
import { onDeno } from "../support/project.ts";
import { COLLECTIONS, type InputPlan, openSite } from "../support/site.ts";

const INPUTS = 50;
const STREAMS = INPUTS * EIGHT_SERVICES.length;
const RECORDS = 5;

const tenants = Array.from({ length: INPUTS }, (_, n) => ({
  tenantId: `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`,
  clientId: "b81d6f04-2a7e-4c39-9e55-0c3f1d8a6e77",
  clientSecret: `not-a-secret-${n}`,
}));

const inputs: InputPlan[] = tenants.map((tenant, n) => ({
  name: `tenant-${n}`,
  id: String(n),
  tenant,
  services: Object.fromEntries(
    EIGHT_SERVICES.map((service) => [service, { request_period_in_seconds: 300 }]),
  ),
}));

async function openLargeSite() {
  const site = await openSite({ tenants });
  for (const { tenantId } of tenants) {
    for (const service of EIGHT_SERVICES) {
      site.emulator.produce(COLLECTIONS[service]!, RECORDS, { from: addSeconds(site.start, 9000), tenantId });
    }
  }
  return { site, words: ["run", "-c", site.write(inputs), "--state", stateFolder()] };
}

/**
 * In memory, where the system has such a folder: the program is judged, and not how long a busy disk takes to sync.
 * Deno lets no one below /dev without all permissions, so that it is judged on Node only.
 */
function stateFolder(): string {
  const folder = mkdtempSync(
    join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "graphtap-load-"),
  );
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Clock ticks that a process has used: 10 ms each on Linux. */
function ticks(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const [, , , , , , , , , , , user, system] = stat.slice(stat.lastIndexOf(")")).split(" ");
  return Number(user) + Number(system);
}

describe.skipIf(onDeno)("400 streams", () => {
  it(
    "end by SIGTERM in the middle of their first polls, go on without loss, and then rest",
    { timeout: 300_000 },
    async () => {
      const { site, words } = await openLargeSite();
      const first = start(words);
      await first.until(() => first.lines > 100, "the first lines");
      const since = Date.now();
      first.kill("SIGTERM");
      await first.exited;
      const lastedMs = Date.now() - since;
      const stopped = await first.ended;
      expect(stopped.code, stopped.stderr.slice(-2000)).toBe(0);
      expect(lastedMs).toBeLessThan(HANG_MS);
      expect(stopped.stdout.at(-1), "the last line is whole").toBe(10);
      const before = eventLines(stopped.stdout).length;
      expect(before).toBeLessThan(STREAMS * RECORDS);

      const second = start(words);
      const polled = () => second.stderr.split('"pull done"').length - 1;
      // Many small files, each synced: a disk that others use, too, may take longer than one wait.
      await second.until(() => polled() > STREAMS / 3, "a third of the polls");
      await second.until(() => polled() > STREAMS / 1.5, "two thirds of the polls");
      await second.until(() => polled() === STREAMS, "each stream's poll");
      if (process.platform === "linux") {
        const used = ticks(second.pid);
        await new Promise((resolve) => setTimeout(resolve, 2000));
        const percent = (ticks(second.pid) - used) / 2;
        console.log(`${STREAMS} streams between their polls: ${percent} % of a processor`);
        expect(percent).toBeLessThan(5);
      }
      const stopping = Date.now();
      second.kill("SIGTERM");
      const ended = await second.ended;
      expect(Date.now() - stopping).toBeLessThan(HANG_MS);

      const lines = [...eventLines(stopped.stdout), ...eventLines(ended.stdout)];
      for (const { name, tenant } of inputs) {
        for (const service of EIGHT_SERVICES) {
          const got = lines.filter((line) => line.input === name && line.service === service);
          expect(tally(site.records(service, tenant), got.map(({ record }) => record)), `${name} ${service}`)
            .toEqual(EXACT);
        }
      }
      console.log(`the stop took ${lastedMs} ms; ${before} of ${lines.length} lines came before it`);
    },
  );
});
