/** `kill -9` at chosen moments of a pull: nothing is lost, and a page in flight at most comes twice. */
import type { Buffer } from "node:buffer";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Fault } from "../../../src/emulator/faults.ts";
import { addSeconds } from "../../../src/instant.ts";
import { eventLines } from "../../support/eventLines.ts";
import { run, type Running, start } from "../../support/program.ts";
import { contoso, openSite, type Site } from "../../support/site.ts";

const PAGE = 40;
const SERVICES = ["directory_audits", "alerts_v2"] as const;

/** Five pages of audits in the last hour and more before it, three pages of alerts; they are sent uncompressed. */
async function pagedSite(): Promise<Site> {
  const site = await openSite({ gzip: false });
  const hour = (from: number, to: number) => ({
    from: addSeconds(site.start, from * 3600),
    to: addSeconds(site.start, to * 3600),
  });
  site.emulator.produce("directoryAudits", 5 * PAGE, hour(2.1, 2.9));
  site.emulator.produce("directoryAudits", 130, hour(0.1, 1.9));
  site.emulator.produce("alerts_v2", 100, hour(2.1, 2.9));
  for (const collection of ["directoryAudits", "alerts_v2"] as const) {
    site.emulator.faults.add({
      match: { collection, times: "always" },
      do: { kind: "shortPage", records: PAGE },
    });
  }
  return site;
}

interface Moment {
  readonly name: string;
  /** What holds the program there. */
  readonly fault?: Fault;
  /** Nobody reads its output. */
  readonly held?: true;
  readonly reached: (site: Site, running: Running) => boolean;
}

const audits = (page: number, nth = 1) =>
  ({ collection: "directoryAudits", page, nth, times: "always" }) as const;
const away = { kind: "delay", ms: 60_000 } as const;
const checkpoint = (site: Site) => join(site.state, "10001", "directory_audits", "checkpoint.json");

const MOMENTS: readonly Moment[] = [
  {
    name: "while the token is awaited",
    fault: { match: { collection: "token", times: "always" }, do: away },
    reached: (site) => site.requests("token") > 0,
  },
  {
    name: "while the first page is awaited",
    fault: { match: audits(0), do: away },
    reached: (site, { lines }) => site.requests("directoryAudits") > 0 && lines === 100,
  },
  {
    name: "in the middle of the first page's body",
    fault: { match: audits(0), do: { kind: "stall", afterBytes: 20_000 } },
    reached: (_, { lines }) => lines > 100 && lines < 100 + PAGE,
  },
  {
    name: "when the first bytes of the first page came out",
    fault: { match: audits(0), do: { kind: "dribble", bytes: 3000, ms: 5 } },
    reached: (_, { lines }) => lines > 0,
  },
  {
    name: "when the first position was saved",
    reached: (site) => existsSync(checkpoint(site)),
  },
  {
    name: "while the second page is awaited",
    fault: { match: audits(1), do: away },
    reached: (site) => site.requests("directoryAudits") > 1,
  },
  {
    name: "when the second page's lines were accepted",
    fault: { match: audits(2), do: { kind: "delay", ms: 20 } },
    reached: (_, { stdout }) => linesOf("directory_audits", stdout) >= 2 * PAGE,
  },
  {
    name: "in the last page of a window",
    fault: { match: audits(4), do: { kind: "stall", afterBytes: 15_000 } },
    reached: (_, { stdout }) => linesOf("directory_audits", stdout) > 4 * PAGE,
  },
  {
    name: "in the second window",
    fault: { match: audits(0, 2), do: { kind: "stall", afterBytes: 15_000 } },
    reached: (_, { stdout }) => linesOf("directory_audits", stdout) > 5 * PAGE,
  },
  {
    name: "between two streams",
    fault: { match: { collection: "alerts_v2", times: "always" }, do: away },
    reached: (site, { lines }) => lines === 330 && site.requests("alerts_v2") > 0,
  },
  {
    name: "while a reader is slow",
    held: true,
    reached: (site) => Date.now() - (site.emulator.requests.at(-1)?.at ?? Date.now()) > 300,
  },
];

const linesOf = (service: string, stdout: Buffer) =>
  eventLines(stdout).filter((line) => line.service === service).length;

/** Pulls until the moment, then ends the process in the hardest way; what reached the pipe is read. */
async function killAt(moment: Moment, site: Site, config: string): Promise<Buffer> {
  const fault = moment.fault && site.emulator.faults.add(moment.fault);
  const running = start(["pull", "-c", config], { held: moment.held });
  await running.until(() => moment.reached(site, running), moment.name);
  running.kill("SIGKILL");
  running.read();
  const { code, stdout } = await running.ended;
  expect(code, "it was killed, it did not end").toBe(null);
  fault?.remove();
  return stdout;
}

/** Judges what all runs together wrote. */
function judge(site: Site, outputs: readonly Buffer[]) {
  const lines = outputs.flatMap(eventLines);
  return SERVICES.map((service) => {
    const counts = new Map(site.records(service).map((record) => [record, 0]));
    for (const line of lines) {
      if (line.service === service) counts.set(line.record, (counts.get(line.record) ?? NaN) + 1);
    }
    const all = [...counts.values()];
    return {
      service,
      lost: all.filter((count) => count === 0).length,
      foreign: all.filter(Number.isNaN).length,
      twice: all.filter((count) => count === 2).length,
      more: all.filter((count) => count > 2).length,
    };
  });
}

describe("kill -9", () => {
  it.each(MOMENTS.map((moment) => [moment.name, moment] as const))("%s", async (_, moment) => {
    const site = await pagedSite();
    const config = site.write([contoso(...SERVICES)]);
    const killed = await killAt(moment, site, config);
    const restarted = await run(["pull", "-c", config]);
    expect(restarted.code, restarted.stderr).toBe(0);
    for (const { twice, ...rest } of judge(site, [killed, restarted.stdout])) {
      expect(rest).toEqual({ service: rest.service, lost: 0, foreign: 0, more: 0 });
      expect(twice, `${rest.service} twice`).toBeLessThanOrEqual(PAGE);
    }
    expect((await run(["pull", "-c", config])).stdout.toString(), "a third pull").toBe("");
  });

  it("twice within the same page: nothing lost, and no other page repeated", async () => {
    const site = await pagedSite();
    const config = site.write([contoso(...SERVICES)]);
    const inPageTwo: Moment = {
      name: "in the second page",
      fault: { match: audits(1), do: { kind: "stall", afterBytes: 20_000 } },
      reached: (_, { stdout }) => linesOf("directory_audits", stdout) % PAGE > 0,
    };
    const outputs = [await killAt(inPageTwo, site, config), await killAt(inPageTwo, site, config)];
    outputs.push((await run(["pull", "-c", config])).stdout);
    const [judged] = judge(site, outputs);
    expect(judged).toMatchObject({ lost: 0, foreign: 0 });
    expect(judged!.twice + judged!.more, "records repeated").toBeLessThan(PAGE);
  });
});
