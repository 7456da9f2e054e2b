/** A record above the limit of 64 MiB: told, held as a gap, and everything around it delivered. */
import type { Buffer } from "node:buffer";
import { readFileSync } from "node:fs";
import process from "node:process";
import { describe, expect, it } from "vitest";
import { addSeconds, formatInstant, parseInstant } from "../../src/instant.ts";
import { eventLines } from "../support/eventLines.ts";
import { run, start } from "../support/program.ts";
import { contoso, openSite, type Site } from "../support/site.ts";

const LIMIT_BYTES = 64 * 1024 * 1024;
/**
 * The program alone, the room of the record as it doubles, old and new, and that of the attempt before. Deno collects
 * the memory of two attempts more before it gives any back; however many there are, it is no more than that.
 */
const MOST_MB = 100 + ("Deno" in globalThis ? 7 : 5) * 64;

/** A record every two minutes for an hour, one of them too large. */
function fill({ emulator, start }: Site, bytes: number): void {
  for (let n = 0; n < 30; n++) {
    const time = formatInstant(addSeconds(start, 1800 + n * 120));
    const frame = `{"id":"audit-${n}","activityDateTime":"${time}","pad":""}`;
    const pad = n === 15 ? "x".repeat(bytes - frame.length) : "";
    emulator.put("directoryAudits", frame.replace('"pad":"', `$&${pad}`));
  }
}

const peakMb = (pid: number) => {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
};

const ids = (stdout: Buffer) =>
  eventLines(stdout).map(({ id }) => JSON.parse(String(id)) as string).toSorted();

describe("a record", () => {
  it(
    "of one byte more than 64 MiB is refused, held as a gap, and the rest is delivered",
    { timeout: 240_000 },
    async () => {
      const site = await openSite();
      fill(site, LIMIT_BYTES + 1);
      const inputs = [contoso("directory_audits")];
      const config = site.write(inputs);
      const running = start(["pull", "-c", config]);
      let mostMb = 0;
      const look = setInterval(() => mostMb = Math.max(mostMb, peakMb(running.pid)), 20);
      const { code, stdout, stderr } = await running.ended.finally(() => clearInterval(look));

      expect(stderr).toContain('of \\"value\\" is longer than 67108864 bytes, the most that is read');
      expect(code, stderr).toBe(0);
      expect(ids(stdout)).toEqual(
        Array.from({ length: 30 }, (_, n) => `audit-${n}`).filter((id) => id !== "audit-15").toSorted(),
      );
      // No window is asked for again because of it.
      expect(site.emulator.requests.filter(({ path }) => /directoryAudits/.test(path)).length).toBeLessThan(
        8,
      );
      const gaps = JSON.parse((await run(["gaps", "-c", config, "--json"])).stdout.toString()) as Gap[];
      expect(gaps).toEqual([
        expect.objectContaining({ service: "directory_audits", reason: "record-too-large" }),
      ]);
      const [from, to] = [parseInstant(gaps[0]!.from)!.seconds, parseInstant(gaps[0]!.to)!.seconds];
      const lost = addSeconds(site.start, 1800 + 15 * 120).seconds;
      expect([from, to], JSON.stringify(gaps)).toEqual([lost, lost + 1]);
      expect(stderr).toContain('its id is \\"audit-15\\"');
      // By hand it is no other, and the rest comes once more.
      const range = [
        "--from",
        formatInstant(site.start),
        "--to",
        formatInstant(addSeconds(site.start, 7000)),
      ];
      const again = await run(["replay", "-c", config, "--service", "directory_audits", "--again", ...range]);
      expect(again.code, "a gap is left").toBe(1);
      expect(ids(again.stdout)).toEqual(ids(stdout));
      const left = JSON.parse((await run(["gaps", "-c", config, "--json"])).stdout.toString()) as Gap[];
      expect(left).toMatchObject([{ from: gaps[0]!.from, to: gaps[0]!.to, reason: "record-too-large" }]);
      if (process.platform === "linux") expect(mostMb).toBeLessThan(MOST_MB);
      console.log(`most memory around a record of 64 MiB: ${Math.round(mostMb)} MB`);
    },
  );
});

interface Gap {
  readonly from: string;
  readonly to: string;
}
