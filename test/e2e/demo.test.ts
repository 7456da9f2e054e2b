/** `graphtap demo`: what one sees without an account. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { plugins } from "../../plugins/index.ts";
import { eventLines } from "../support/eventLines.ts";
import { expectedTag } from "../support/expectedTag.ts";
import { HANG_MS, run, start } from "../support/program.ts";
import { COLLECTIONS } from "../support/site.ts";
import { tempFolder } from "../support/tempFolder.ts";

/** Services whose records come with the first pull: a job is read by a later one. */
const atOnce = plugins.filter(({ cursor }) => cursor.kind !== "job");

const SERVICES = Object.keys(COLLECTIONS).filter((name) => atOnce.some(({ service }) => service === name))
  .toSorted();
/** Ends the configuration that is printed. */
const LAST = plugins.at(-1)!.service;

describe("graphtap demo", () => {
  it("shows all services, tagged, and ends by itself with a table", async () => {
    const cwd = tempFolder();
    const { code, stdout, stderr, lastedMs } = await run(["demo", "--seconds", "3"], { cwd });
    expect(code, stderr).toBe(0);
    expect(lastedMs).toBeLessThan(HANG_MS);
    const lines = eventLines(stdout);
    expect([...new Set(lines.map(({ service }) => service))].toSorted()).toEqual(SERVICES);
    for (const { tag, service, record } of lines) expect(tag).toBe(expectedTag(service, record));
    const ids = lines.map(({ service, record }) => `${service} ${record}`);
    expect(new Set(ids).size, "each record once").toBe(ids.length);
    for (const service of SERVICES) {
      const sent = lines.filter((line) => line.service === service).length;
      expect(stderr).toMatch(new RegExp(`^${service} +${sent} +\\d+ +\\d{4}-`, "m"));
    }
    expect(stderr).toContain("graphtap check -c config.yaml");
  });

  it("--serve prints a configuration that works, and ends by SIGTERM", async () => {
    const cwd = tempFolder();
    const serving = start(["demo", "--serve", "--no-quotas"], { cwd });
    await serving.until(
      () => new RegExp(`${LAST}: .*\\n`).test(serving.stdout.toString()) && serving.stderr !== "",
      "the configuration",
    );
    const config = join(cwd, "config.yaml");
    const text = serving.stdout.toString();
    // The program's own budget would make a second page wait for ten seconds.
    writeFileSync(
      config,
      text.replace("globals:", "globals:\n  quotas: {reports: {requests: 1000, seconds: 1}}"),
    );

    const checked = await run(["check"], { cwd });
    expect(checked, checked.stderr).toMatchObject({ code: 0 });
    expect(checked.stdout.toString()).toContain(`valid; ${plugins.length} streams`);
    const pulled = await run(["pull"], { cwd });
    expect(pulled.code, pulled.stderr).toBe(0);
    expect(new Set(eventLines(pulled.stdout).map(({ service }) => service)).size).toBe(atOnce.length);

    serving.kill("SIGTERM");
    expect(await serving.exited).toBe(0);
  });

  it("--serve plays faults from a file", async () => {
    const cwd = tempFolder();
    writeFileSync(
      join(cwd, "faults.json"),
      '[{"match": {"times": "always"}, "do": {"kind": "status", "status": 418}}]',
    );
    const serving = start(["demo", "--serve", "--faults", "faults.json"], { cwd });
    await serving.until(() => serving.stdout.includes(LAST) && serving.stderr !== "", "its address");
    const [, url = ""] = /on (http:\S+?);/.exec(serving.stderr) ?? [];
    expect((await fetch(`${url}/v1.0/auditLogs/signIns`)).status).toBe(418);

    writeFileSync(join(cwd, "faults.json"), '[{"do": {"kind": "explode"}}]');
    const refused = await run(["demo", "--serve", "--faults", "faults.json"], { cwd });
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/^graphtap: usage: Cannot switch on faults: [^\n]*\n$/);
  });

  it.each([["--seconds", "0"], ["--seconds", "soon"], ["--port", "70000"]])(
    "refuses %s %s",
    async (option, value) => {
      const ended = await run(["demo", ...(option === "--port" ? ["--serve"] : []), option, value]);
      expect(ended.code).toBe(2);
      expect(ended.stderr).toMatch(
        new RegExp(`^graphtap: usage: ${option} is "${value}", expected [^\\n]*\\n$`),
      );
    },
  );
});
