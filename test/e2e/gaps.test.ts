import { Buffer } from "node:buffer";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { addSeconds, formatInstant, fromMillis } from "../../src/instant.ts";
import { durationInWords } from "../../src/telemetry/duration.ts";
import { changePosition } from "../support/changePosition.ts";
import { lastWord } from "../support/lastWord.ts";
import { run } from "../support/program.ts";
import { ask, serve } from "../support/serving.ts";
import { CONTOSO, openSite } from "../support/site.ts";
import { spoolText } from "../support/spoolModel.ts";

const INPUT = { name: "contoso", id: "1", tenant: CONTOSO, services: { signIns: {} } };
const ids = (stdout: { toString(): string }) =>
  stdout.toString().split("\n").slice(0, -1).map((line) => JSON.parse(line).id as string);

describe("gaps and replay", () => {
  it("says that nothing is missing when nothing is", async () => {
    const site = await openSite();
    const config = site.write([INPUT]);
    await run(["pull", "-c", config]);
    const { code, stdout } = await run(["gaps", "-c", config]);
    expect({ code, text: stdout.toString() }).toEqual({ code: 0, text: "no gaps\n" });
    expect((await run(["gaps", "-c", config, "--json"])).stdout.toString()).toBe("[]\n");
  });

  it("are said at the end of a pull that is a good one, and by state, in seconds", async () => {
    const site = await openSite();
    const config = site.write([INPUT]);
    site.emulator.produce("signIns", 40, { from: site.start });
    const from = addSeconds(site.start, 600);
    site.unreadable = { from, to: addSeconds(from, 3) };
    const { code, stderr } = await run(["pull", "-c", config]);
    const last = lastWord(stderr);
    expect([code, last.said], stderr).toEqual([
      0,
      expect.stringMatching(/^ended: done, with 1 gap of .* in contoso\/signIns: see graphtap gaps$/),
    ]);
    const shown = await run(["state", "show", "-c", config, "--json"]);
    const [{ gaps, gap_seconds }] = JSON.parse(shown.stdout.toString());
    expect([last.level, gaps]).toEqual(["warn", 1]);
    expect(stderr).toContain(`"gap_seconds":${gap_seconds}`);
    const words = durationInWords(gap_seconds);
    expect((await run(["state", "show", "-c", config])).stdout.toString()).toContain(` 1 (${words}) `);
  });

  it("are seen wherever the health of a server is looked at, which is ready all the same", async () => {
    const site = await openSite();
    const config = site.write([INPUT]);
    site.emulator.produce("signIns", 600, { from: site.start, to: addSeconds(site.start, 9000) });
    const from = addSeconds(site.start, 600);
    site.unreadable = { from, to: addSeconds(from, 3) };
    const serving = await serve(["-c", config]);
    await serving.until(() => serving.stderr.includes('"pull done"'), "the first poll");
    const read = async (path: string) => (await ask(serving.url + path)).body.toString();

    const { summary, streams: [stream] } = JSON.parse(await read("/v1/status"));
    expect(serving.lines).toBeLessThan(600);
    expect(summary).toMatch(/^1 of 1 needs you: contoso\/signIns has 1 gap of \d+ s$/);
    expect(stream).toMatchObject({ verdict: "gap", gaps: 1 });
    const { gap_seconds } = stream;
    expect(gap_seconds).toBeGreaterThanOrEqual(3);
    expect(await read("/")).toContain(`<h1 class="gap">${summary}</h1>`);
    expect(JSON.parse(await read("/readyz"))).toMatchObject({
      ready: true,
      gaps: [{ input: "contoso", service: "signIns", gaps: 1, gap_seconds }],
    });
    const labels = '{input="contoso",service="signIns"}';
    const metrics = await read("/metrics");
    expect(metrics).toContain(`graphtap_gaps${labels} 1\n`);
    expect(metrics).toContain(`graphtap_gap_seconds${labels} ${gap_seconds}\n`);
  });

  it("that can never be read are lost for good: said everywhere, until somebody has taken note", async () => {
    const site = await openSite();
    const config = site.write([{ ...INPUT, services: { signIns: { start_time_in_utc: undefined } } }]);
    await run(["pull", "-c", config]);
    const stopped = addSeconds(fromMillis(Date.now()), -40 * 86_400);
    changePosition(site, { began_at: formatInstant(stopped), read_to: formatInstant(stopped), sweeps: [] });

    const pulled = await run(["pull", "-c", config]);
    expect([pulled.code, lastWord(pulled.stderr).said], pulled.stderr).toEqual([
      0,
      expect.stringMatching(
        /^ended: done, with 10 d lost for good in contoso\/signIns: see graphtap gaps$/,
      ),
    ]);
    const printed = async (...words: string[]) => (await run([...words, "-c", config])).stdout.toString();
    expect(await printed("gaps")).toMatch(
      /^no gaps\n\nlost for good, .*\nINPUT .*\ncontoso +signIns +\S+Z +\S+Z +retention +\S+Z\n$/,
    );
    expect(await printed("state", "show")).toMatch(/ lost for good: see graphtap gaps\n/);
    expect(JSON.parse((await printed("state", "export")).split("\n")[0]!)).toMatchObject({
      lost: [{ reason: "retention" }],
    });

    const serving = await serve(["-c", config]);
    const status = async () => JSON.parse((await ask(`${serving.url}/v1/status`)).body.toString());
    expect((await status()).streams[0]).toMatchObject({ lost: 1 });
    const { code, stderr } = await run(["gaps", "--forget", "-c", config]);
    expect([code, stderr]).toEqual([
      0,
      expect.stringMatching(/^forgot contoso × signIns: \S+Z to \S+Z \(retention\)\n$/),
    ]);
    expect(await printed("gaps")).toBe("no gaps\n");
    expect((await run(["gaps", "--forget", "-c", config])).stderr).toBe(
      "nothing to forget: nothing is lost\n",
    );
  });

  it(
    "reads a range again without touching the position: nothing twice, or all of it with --again",
    async () => {
      const site = await openSite();
      const config = site.write([INPUT]);
      site.emulator.produce("signIns", 40, { from: site.start });
      const first = ids((await run(["pull", "-c", config])).stdout);
      expect(first).toHaveLength(40);
      const position = async () =>
        JSON.parse((await run(["state", "show", "-c", config, "--json"])).stdout.toString())[0].read_to;
      const before = await position();

      const range = ["--from", "2026-01-01T00:00:00Z", "--to", new Date().toISOString()];
      const replayed = await run(["replay", "-c", config, ...range]);
      expect({ code: replayed.code, ids: ids(replayed.stdout) }, replayed.stderr).toEqual({
        code: 0,
        ids: [],
      });
      const again = await run(["replay", "-c", config, ...range, "--again"]);
      expect(ids(again.stdout).sort()).toEqual([...first].sort());
      const spool = join(site.folder, "again.ndjson");
      const filed = await run(["replay", "-c", config, ...range, "--again", "--sink", `file:${spool}`]);
      expect({ code: filed.code, stdout: filed.stdout.toString() }).toEqual({ code: 0, stdout: "" });
      expect(ids(Buffer.from(spoolText(spool), "latin1")).sort()).toEqual([...first].sort());
      // The variable that says where other commands deliver is no time.
      const env = { GRAPHTAP_TO: `file:${spool}` };
      expect((await run(["replay", "-c", config, ...range, "--again"], { env })).stdout).toHaveLength(0);
      expect(ids(Buffer.from(spoolText(spool), "latin1")).sort()).toEqual([...first, ...first].sort());
      expect(await position()).toBe(before);
      expect(ids((await run(["pull", "-c", config])).stdout)).toEqual([]);
    },
    240_000,
  );

  it.each([
    [["--from", "yesterday", "--to", "2026-01-01T00:00:00Z"], '--from is "yesterday"'],
    [["--from", "2026-01-02T00:00:00Z"], '--to is "missing"'],
    [["--from", "2026-01-02T00:00:00Z", "--to", "2026-01-01T00:00:00Z"], "--from is not before --to"],
  ])("refuses %j in one line", async (range, words) => {
    const site = await openSite();
    const { code, stderr } = await run(["replay", "-c", site.write([INPUT]), ...range]);
    expect(code).toBe(2);
    expect(stderr.trim().split("\n").at(-1)).toContain(words);
  });

  it("asks which stream is meant when there are several", async () => {
    const site = await openSite();
    const config = site.write([{ ...INPUT, services: { signIns: {}, directory_audits: {} } }]);
    const { code, stderr } = await run([
      "replay",
      "-c",
      config,
      "--from",
      "2026-01-01T00:00:00Z",
      "--to",
      "2026-01-02T00:00:00Z",
    ]);
    expect(code).toBe(2);
    expect(stderr).toContain(
      "--input contoso --service signIns, or --input contoso --service directory_audits",
    );
  });
});

describe("state export", () => {
  it("prints position and gaps of each stream, a line each", async () => {
    const site = await openSite();
    const config = site.write([INPUT]);
    await run(["pull", "-c", config]);
    const { stdout } = await run(["state", "export", "-c", config]);
    const [stream] = stdout.toString().trim().split("\n").map((line) => JSON.parse(line));
    expect(stream).toMatchObject({
      checkpoint: { service: "signIns", input_id: "1", persistence_version: 3 },
      gaps: [],
    });
  });
});

describe("a plugin of the user's own", () => {
  const PLUGIN = `
service: my_audits
title: Directory audits, under my own tag
docs: https://learn.microsoft.com/graph/api/directoryaudit-list
path: /v1.0/auditLogs/directoryAudits
permissions: [AuditLog.Read.All]
cursor: {kind: event-time, field: activityDateTime, from: ge, to: le, retentionDays: 30}
page: {size: 500}
quota: reports
tag: my.app.graph.audits
`;

  it("is pulled like ours", async () => {
    const site = await openSite();
    writeFileSync(join(site.folder, "my_audits.yaml"), PLUGIN);
    const config = site.write([{ ...INPUT, services: { my_audits: {} } }], { plugins: ["./my_audits.yaml"] });
    site.emulator.produce("directoryAudits", 12, { from: site.start });
    const { code, stdout, stderr } = await run(["pull", "-c", config]);
    expect(code, stderr).toBe(0);
    const tags = stdout.toString().trim().split("\n").map((line) => JSON.parse(line).tag);
    expect(tags).toEqual(Array(12).fill("my.app.graph.audits"));
  });

  it("is refused in one line when it is wrong, or is not there", async () => {
    const site = await openSite();
    writeFileSync(join(site.folder, "my_audits.yaml"), PLUGIN.replace("ge, to", "greater, to"));
    const wrong = await run(["check", "-c", site.write([INPUT], { plugins: ["./my_audits.yaml"] })]);
    expect(wrong).toMatchObject({ code: 2 });
    expect(wrong.stderr).toMatch(/^graphtap: plugin-invalid: .*my_audits\.yaml/);
    const missing = await run(["check", "-c", site.write([INPUT], { plugins: ["./other.yaml"] })]);
    expect(missing).toMatchObject({ code: 75 });
    expect(missing.stderr).toContain('Cannot load plugin "./other.yaml"');
  });
});
