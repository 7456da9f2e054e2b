/** What somebody in front of a terminal sees: the built program in a real one, against the emulator. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { addSeconds, formatInstant } from "../../src/instant.ts";
import { programCommand, run, start } from "../support/program.ts";
import { contoso, openSite, type Site } from "../support/site.ts";
import { noTerminal, startInTerminal, type TerminalOptions } from "../support/terminal.ts";

beforeEach((test) => {
  if (noTerminal !== null) test.skip(noTerminal);
});

/** Audits in many small pages, for which there are permits only slowly. */
async function slowSite(): Promise<{ site: Site; config: string }> {
  const site = await openSite();
  site.emulator.produce("directoryAudits", 120, {
    from: addSeconds(site.start, 60),
    to: addSeconds(site.start, 9000),
  });
  site.emulator.faults.add({
    match: { collection: "directoryAudits", times: "always" },
    do: { kind: "shortPage", records: 10 },
  });
  const config = site.write([contoso("directory_audits")], {
    quotas: { reports: { requests: 2, seconds: 3 } },
  });
  return { site, config };
}

/** Starts `graphtap` in a terminal, its event lines in a file, so that only its own are on the screen. */
function startApart(words: readonly string[], site: Site, options: TerminalOptions = {}) {
  const command = [...programCommand, ...words].map((word) => `'${word}'`).join(" ");
  return startInTerminal(["sh", "-c", `exec ${command} > events.ndjson`], { cwd: site.folder, ...options });
}

const ESCAPE = "\x1b";
/** What a frame begins with. Deno writes escape sequences of its own when it starts. */
const FRAME = `${ESCAPE}[?2026h`;
const COLOURS = new RegExp(`${ESCAPE}\\[[0-9;]*m`);

describe("graphtap run on a terminal", () => {
  it("shows how far it is, keeps to the size of the terminal, and ends at Ctrl-C with a summary", async () => {
    const { site, config } = await slowSite();
    const terminal = startApart(["run", "-c", config], site, { columns: 100, rows: 20 });
    const shows = (pattern: RegExp) => terminal.screen.some((line) => pattern.test(line));
    await terminal.until(
      () => shows(/contoso\/directory_audits .* [1-9]\d* .*backfill \d+ %.*waits for a permit/),
      "a wait",
    );
    expect(terminal.screen[0]).toMatch(/^graphtap \S+ · \d+ s · \d+ records, [\d.]+\/s$/);
    terminal.resize(40, 12);
    await terminal.until(() => shows(/^contoso\/dir\w+… +\d+ /), "a narrow table");
    expect(terminal.screen.filter((line) => line.startsWith("contoso/"))).toHaveLength(1);
    expect(terminal.screen.filter((line) => line.startsWith("graphtap"))).toHaveLength(1);
    terminal.resize(120, 20);
    await terminal.until(() => shows(/^STREAM +READ TO +RECORDS/), "a wide table");
    terminal.type("\x03");
    expect(await terminal.ended).toBe(0);
    const summary = terminal.history.slice(-3);
    expect(summary[0]).toMatch(/^STREAM +READ TO +RECORDS +RESULT$/);
    expect(summary[1]).toMatch(/^contoso\/directory_audits +\d{4}-\S+Z +\d+ /);
    expect(summary[2]).toMatch(/^stopped by SIGINT after \d+ s: \d+ records of 1 stream$/);
    expect(terminal.history.filter((line) => line.startsWith("graphtap"))).toEqual([]);
    expect(terminal.hasCursor).toBe(true);
    const events = readFileSync(join(site.folder, "events.ndjson"), "utf8").split("\n").slice(0, -1);
    expect(summary[2]).toContain(` ${events.length} records`);
  });

  it("takes nothing away that the shell wrote while it was halted", async () => {
    const { site, config } = await slowSite();
    const command = [...programCommand, "run", "-c", config].map((word) => `'${word}'`).join(" ");
    const terminal = startInTerminal(["bash", "--norc", "--noprofile", "-i"], {
      cwd: site.folder,
      columns: 200,
    });
    // Not the folder's name, with which a line of the shell may begin.
    const titles = () => terminal.screen.filter((line) => line.startsWith("graphtap ")).length;
    terminal.type(`${command} > events.ndjson\r`);
    await terminal.until(() => titles() === 1, "the block");
    terminal.type("\x1a");
    await terminal.until(() => terminal.screen.some((line) => line.includes("Stopped")), "the halt");
    terminal.type("echo one; echo two; echo three; echo four; echo five; fg\r");
    await terminal.until(() => titles() === 2, "a block below");
    const words = ["one", "two", "three", "four", "five"];
    expect(terminal.screen.filter((line) => words.includes(line))).toEqual(words);
    terminal.type("\x03");
    await terminal.until(() => terminal.screen.some((line) => line.startsWith("stopped by")), "the summary");
    expect(terminal.screen.filter((line) => words.includes(line))).toEqual(words);
  });
});

describe("graphtap pull on a terminal", () => {
  it("lets its own event lines go by above the block, each of them whole", async () => {
    const { site, config } = await slowSite();
    const terminal = startInTerminal([...programCommand, "pull", "-c", config, "--deadline", "6"], {
      columns: 4000,
      cwd: site.folder,
    });
    expect(await terminal.ended).toBe(0);
    const events = terminal.history.filter((line) => line.startsWith("{"));
    expect(events.length).toBeGreaterThan(10);
    for (const line of events) expect(JSON.parse(line)).toMatchObject({ service: "directory_audits" });
    expect(terminal.history.slice(events.length)).toEqual([
      expect.stringMatching(/^STREAM /),
      expect.stringMatching(/^contoso\/directory_audits /),
      expect.stringMatching(/^the deadline was reached after \d+ s: \d+ records of 1 stream$/),
    ]);
  });

  it("shows warnings and errors above the block, and what failed in the summary", async () => {
    const site = await openSite();
    site.emulator.produce("directoryAudits", 10, { from: addSeconds(site.start, 60) });
    site.emulator.faults.add({
      match: { collection: "alerts_v2", times: "always" },
      do: { kind: "status", status: 403, code: "Authorization_RequestDenied" },
    });
    const config = site.write([contoso("directory_audits", "alerts_v2")]);
    const terminal = startApart(["pull", "-c", config], site, { columns: 300 });
    expect(await terminal.ended).toBe(1);
    const lines = terminal.history;
    expect(lines.slice(0, -4).join("\n")).toMatch(/error pull failed: Cannot read page of "alerts_v2"/);
    expect(lines.slice(0, -4).join("\n")).not.toMatch(/ info /);
    expect(lines.slice(-4)).toEqual([
      expect.stringMatching(/^STREAM /),
      expect.stringMatching(/^contoso\/directory_audits .* 10 +read$/),
      expect.stringMatching(/^contoso\/alerts_v2 .* 0 +lacks a permission$/),
      expect.stringMatching(/^ended with exit code 1 after \d+ s: 10 records of 2 streams$/),
    ]);
  });

  it.each([
    ["--log-format text", ["--log-format", "text"], {}],
    ["TERM=dumb", [], { TERM: "dumb" }],
  ])("logs lines, as into a pipe, where that is wanted: %s", async (_, words, env) => {
    const site = await openSite();
    const config = site.write([contoso("alerts_v2")]);
    const terminal = startApart(["pull", "-c", config, ...words], site, { columns: 200, env });
    expect(await terminal.ended).toBe(0);
    expect(terminal.written).not.toContain(FRAME);
    expect(terminal.written).not.toMatch(COLOURS);
    expect(terminal.history.at(-1)).toMatch(/ info {2}ended: done exit_code=0$/);
  });

  it("logs lines where a program behind a pipe has the same terminal", async () => {
    const site = await openSite();
    const config = site.write([contoso("alerts_v2")]);
    const command = [...programCommand, "pull", "-c", config].map((word) => `'${word}'`).join(" ");
    const terminal = startInTerminal(["sh", "-c", `${command} | cat`], { columns: 200 });
    expect(await terminal.ended).toBe(0);
    expect(terminal.written).not.toContain(FRAME);
    expect(terminal.history.at(-1)).toMatch(/ info {2}ended: done exit_code=0$/);
  });

  it("has colours, but not with NO_COLOR", async () => {
    const site = await openSite();
    const config = site.write([contoso("alerts_v2")]);
    const coloured = startApart(["pull", "-c", config], site);
    expect(await coloured.ended).toBe(0);
    expect(coloured.written).toMatch(COLOURS);
    const plain = startApart(["pull", "-c", config], site, { env: { NO_COLOR: "1" } });
    expect(await plain.ended).toBe(0);
    expect(plain.written).not.toMatch(COLOURS);
    expect(plain.history.at(-1)).toMatch(/^done after /);
  });
});

describe("graphtap replay on a terminal", () => {
  it("shows how much of the range is read, and ends with what was sent", async () => {
    const { site, config } = await slowSite();
    const to = formatInstant(addSeconds(site.start, 9000));
    const words = ["replay", "-c", config, "--from", formatInstant(site.start), "--to", to];
    const terminal = startApart(words, site, { columns: 120 });
    await terminal.until(() => terminal.screen.some((line) => / range .*\d+ %/.test(line)), "a share");
    terminal.type("\x03");
    expect(await terminal.ended).toBe(0);
    expect(terminal.history.at(-1)).toMatch(/^stopped by SIGINT after \d+ s: \d+ records of 1 stream$/);
  });
});

describe("graphtap top", () => {
  const TOKEN = "a-token-of-this-test";

  async function served() {
    const site = await openSite();
    site.emulator.produce("directoryAudits", 10, { from: addSeconds(site.start, 60) });
    const config = site.write([contoso("directory_audits")]);
    const env = { GRAPHTAP_TOKEN: TOKEN };
    const server = start(["serve", "-c", config, "--listen", "127.0.0.1:0"], { env, discard: true });
    await server.until(() => server.lines === 10, "ten records");
    const url = /"url":"(http[^"]+)"/.exec(server.stderr)![1]!;
    return { url, server };
  }

  it("shows a running server, and says so when it is gone", async () => {
    const { url, server } = await served();
    const words = [...programCommand, "top", url, "--interval", "0.3"];
    const terminal = startInTerminal(words, { columns: 100, env: { GRAPHTAP_TOKEN: TOKEN } });
    const row = /^contoso\/directory_audits +\d+ s ago +10 +next in /;
    await terminal.until(() => terminal.screen.some((line) => row.test(line)), "the stream");
    server.kill("SIGTERM");
    await server.ended;
    await terminal.until(() => /: the connection was refused/.test(terminal.screen[0] ?? ""), "the end");
    terminal.type("\x03");
    expect(await terminal.ended).toBe(0);
    expect(terminal.hasCursor).toBe(true);
  });

  it("prints it once for scripts, without colours", async () => {
    const { url } = await served();
    const { code, stdout, stderr } = await run(["top", url, "--once"], { env: { GRAPHTAP_TOKEN: TOKEN } });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout.toString().split("\n")).toEqual([
      expect.stringMatching(/^graphtap \S+ · \d+ s · 10 records$/),
      expect.stringMatching(/stream/),
      expect.stringMatching(/^STREAM +READ TO +RECORDS +STATE$/),
      expect.stringMatching(/^contoso\/directory_audits +\S.* 10 /),
      "",
    ]);
    expect(await run(["top", url, "--once"])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("asks for its token: give --token-file FILE or $GRAPHTAP_TOKEN"),
    });
  });

  it("does not send a token to another host by plain http", async () => {
    const { code, stderr } = await run(["top", "http://collector.example:9464"], {
      env: { GRAPHTAP_TOKEN: TOKEN },
    });
    expect(code).toBe(2);
    expect(stderr).toContain('the token would go to "collector.example:9464" by plain http');
  });
});
