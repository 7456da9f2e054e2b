/** A sink that stalls, closes or fills: the position never goes before what it accepted. */
import { Buffer } from "node:buffer";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { addSeconds } from "../../src/instant.ts";
import { poll } from "../../src/tap/poll.ts";
import type { Engine } from "../../src/tap/stream.ts";
import { anHourAgo, expectAllOnce, fillAudits, PAGE, tallied } from "../support/audits.ts";
import { eventLines, tally } from "../support/eventLines.ts";
import { faultTable, firstTrouble } from "../support/faultTable.ts";
import { lastWord } from "../support/lastWord.ts";
import { run, start } from "../support/program.ts";
import { openRig, type Rig } from "../support/rig.ts";
import { contoso, openSite, type Site } from "../support/site.ts";
import { spoolText } from "../support/spoolModel.ts";

const signal = new AbortController().signal;
const record = faultTable();
let rig: Rig | undefined;
afterEach(() => {
  rig?.close();
  rig = undefined;
});

describe("a sink that stalls for ten minutes", () => {
  it("stalls the reading: no position advances meanwhile, no page is asked for, nothing is lost", async () => {
    const own = rig = openRig({ unevenPages: false });
    fillAudits(own, 5 * PAGE);
    const stream = own.stream("directory_audits", anHourAgo(own));
    const durable = () => JSON.stringify(stream.state.loadPosition());
    const during: { position: string; requests: number }[] = [];
    let writes = 0;
    const stalling: Engine["sink"] = {
      ...own.engine.sink,
      async write(lines, origin) {
        if (++writes === 3) {
          for (let minute = 0; minute < 10; minute++) {
            during.push({ position: durable(), requests: own.sent.length });
            await own.clock.sleep(60_000);
          }
          during.push({ position: durable(), requests: own.sent.length });
        }
        await own.engine.sink.write(lines, origin);
      },
    };
    const report = await poll(stream, { ...own.engine, sink: stalling }, signal);
    expect(report.error).toBeNull();
    expect(new Set(during.map(({ position }) => position)).size, "positions").toBe(1);
    expect(new Set(during.map(({ requests }) => requests)).size, "requests").toBe(1);
    expectAllOnce(own);
    record({ fault: "sink: stalled for ten minutes", ...tallied(own), said: firstTrouble(own.log) });
  });
});

/** Sixteen pages, more than any pipe holds. */
async function filledSite(): Promise<{ site: Site; config: string }> {
  const site = await openSite({ gzip: false });
  site.emulator.produce("directoryAudits", 800, {
    from: addSeconds(site.start, 2.1 * 3600),
    to: addSeconds(site.start, 2.9 * 3600),
  });
  return { site, config: site.write([contoso("directory_audits")]) };
}

function judged(site: Site, outputs: readonly Buffer[]) {
  const records = outputs.flatMap(eventLines).map(({ record }) => record);
  const { missing, foreign } = tally(site.records("directory_audits"), records);
  return { lost: missing.length + foreign.length, duplicated: records.length - new Set(records).size };
}

describe("standard output", () => {
  it("that is closed in mid-line ends the program with exit code 4, and the rest comes next time", async () => {
    const { site, config } = await filledSite();
    const cut = start(["pull", "-c", config]);
    await cut.until(() => cut.lines > 0, "a first line");
    cut.closeStdout();
    const { code, stderr } = await cut.ended;
    expect(code).toBe(4);
    const rest = await run(["pull", "-c", config]);
    // What the reader had taken when it went is its own affair; each record comes to the next one.
    const verdict = judged(site, [rest.stdout]);
    expect(verdict).toEqual({ lost: 0, duplicated: 0 });
    record({
      fault: "sink: standard output closed in mid-line",
      ...verdict,
      said: lastWord(stderr).said,
    });
  });

  it("that nobody reads for a while, and then does: nothing lost, nothing twice", async () => {
    const { site, config } = await filledSite();
    const stalled = start(["pull", "-c", config], { held: true });
    await stalled.until(
      () => Date.now() - (site.emulator.requests.at(-1)?.at ?? Infinity) > 300,
      "a full pipe",
    );
    stalled.read();
    const { code, stdout, stderr } = await stalled.ended;
    expect(code).toBe(0);
    const verdict = judged(site, [stdout]);
    expect(verdict).toEqual({ lost: 0, duplicated: 0 });
    record({ fault: "sink: standard output not read for a while", ...verdict, said: lastWord(stderr).said });
  });
});

describe("a spool", () => {
  it("that may not grow ends the program with exit code 4; with room again the rest comes, each record once", async () => {
    const { site, config } = await filledSite();
    const spool = join(site.folder, "spool", "events.ndjson");
    const to = ["--to", `file:${spool}`];
    const full = await run(["pull", "-c", config, ...to, "--max-spool-bytes", "900000"]);
    expect(full.code, full.stderr).toBe(4);
    const rest = await run(["pull", "-c", config, ...to]);
    expect(rest.code, rest.stderr).toBe(0);
    const verdict = judged(site, [Buffer.from(spoolText(spool), "latin1")]);
    expect(verdict).toEqual({ lost: 0, duplicated: 0 });
    record({ fault: "sink: a spool that may not grow", ...verdict, said: lastWord(full.stderr).said });
  });
});
