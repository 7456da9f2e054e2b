/** `graphtap exec`: one warm process, a line a request. */
import { describe, expect, it } from "vitest";
import { addSeconds } from "../../src/instant.ts";
import { startCoProcess } from "../support/coProcess.ts";
import { eventLines, EXACT, tally } from "../support/eventLines.ts";
import { lastWord } from "../support/lastWord.ts";
import { run } from "../support/program.ts";
import { contoso, openSite } from "../support/site.ts";

async function filledSite() {
  const site = await openSite();
  const at = { from: addSeconds(site.start, 60), to: addSeconds(site.start, 3000) };
  site.emulator.produce("directoryAudits", 30, at);
  site.emulator.produce("signIns", 20, at);
  const config = site.write([contoso("directory_audits", "signIns")]);
  return { site, config };
}

describe("a co-process", () => {
  it("answers each line with what is new, from one process with one token", async () => {
    const { site, config } = await filledSite();
    const child = startCoProcess(config);
    const audits = await child.ask('{"service":"directory_audits","input":"contoso"}');
    expect(audits.answer).toEqual({ request: 1, sent: 30, duplicates: 0, error: null });
    expect(tally(site.records("directory_audits"), eventLines(audits.output).map(({ record }) => record)))
      .toEqual(EXACT);
    const rest = await child.ask("");
    expect(rest.answer).toMatchObject({ request: 2, sent: 20, error: null });
    expect(new Set(eventLines(rest.output).map(({ service }) => service))).toEqual(new Set(["signIns"]));
    expect((await child.ask("{}")).answer).toMatchObject({ request: 3, sent: 0, error: null });
    expect(site.requests("token")).toBe(1);
    child.end();
    expect(await child.ended).toBe(0);
    expect((await run(["pull", "-c", config])).stdout).toHaveLength(0);
  });

  it("says what is wrong with a request, and goes on", async () => {
    const { config } = await filledSite();
    const child = startCoProcess(config);
    for (const line of ["pull", '{"service":"nope"}', '{"servcie":"signIns"}', "x".repeat(70_000)]) {
      expect((await child.ask(line)).answer).toMatchObject({ sent: 0, error: { code: "usage" } });
    }
    expect((await child.ask('{"service":["signIns"]}')).answer).toMatchObject({ request: 5, sent: 20 });
  });

  it("tells of a stream that fails, and of the others' records", async () => {
    const { site, config } = await filledSite();
    site.emulator.faults.add({
      match: { collection: "signIns" },
      do: { kind: "status", status: 403, code: "Authorization_RequestDenied" },
    });
    const child = startCoProcess(config);
    expect((await child.ask("")).answer).toMatchObject({ sent: 30, error: { code: "graph-forbidden" } });
    expect((await child.ask("")).answer).toMatchObject({ sent: 20, error: null });
  });

  it("answers what was asked before standard input ended", async () => {
    const { config } = await filledSite();
    const child = startCoProcess(config);
    child.send('{"service":"signIns"}\n{"service":"directory_audits"}');
    child.end();
    expect(await child.ended).toBe(0);
    expect(lastWord(child.stderr).said).toBe("ended: standard input ended");
    expect(child.answers).toMatchObject([{ request: 1, sent: 20 }, { request: 2, sent: 30 }]);
  });

  it("stops by SIGTERM while it waits for a request", async () => {
    const { config } = await filledSite();
    const child = startCoProcess(config);
    await child.ask("");
    child.kill("SIGTERM");
    expect(await child.ended).toBe(0);
    expect(lastWord(child.stderr).said).toBe("ended: stopped by SIGTERM");
  });

  it("takes no configuration from the input that carries the requests", async () => {
    const { code, stderr } = await run(["exec", "-c", "-"]);
    expect([code, stderr]).toEqual([2, expect.stringContaining("standard input carries the requests")]);
  });
});
