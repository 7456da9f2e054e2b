/** A configuration of several files: a fleet's folder with a file for each tenant. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { addSeconds } from "../../src/instant.ts";
import { wholeLines } from "../support/eventLines.ts";
import { lastWord } from "../support/lastWord.ts";
import { run, start } from "../support/program.ts";
import { contoso, FABRIKAM, openSite } from "../support/site.ts";

const fabrikam = { name: "fabrikam", id: "10002", tenant: FABRIKAM, services: { directory_audits: {} } };

/** A folder `tenants` with a file of globals and one for contoso; more can be added. */
async function fleet() {
  const site = await openSite();
  for (const { tenantId } of [contoso().tenant, FABRIKAM]) {
    site.emulator.produce("directoryAudits", 10, { from: addSeconds(site.start, 60), tenantId });
  }
  const folder = join(site.folder, "tenants");
  mkdirSync(folder);
  const both = site.config([contoso("directory_audits"), fabrikam]) as {
    globals: object;
    inputs: Record<string, object>;
  };
  const write = (name: string, content: object | string) =>
    writeFileSync(join(folder, name), typeof content === "string" ? content : JSON.stringify(content));
  write("00-globals.yaml", { globals: both.globals });
  const add = (input: "contoso" | "fabrikam") =>
    write(`${input}.yaml`, { inputs: { [input]: both.inputs[input] } });
  add("contoso");
  return { site, folder, write, add };
}

const inputsOf = (stdout: Parameters<typeof wholeLines>[0]) =>
  wholeLines(stdout).map((line) => (JSON.parse(line) as { input: string }).input);
const tens = (...inputs: string[]) => inputs.flatMap((input) => Array<string>(10).fill(input));

describe("-c with a folder", () => {
  it("reads the inputs of all its files, and keeps positions beside them", async () => {
    const { folder, add } = await fleet();
    add("fabrikam");
    const ended = await run(["pull", "-c", folder]);
    expect(ended.code, ended.stderr).toBe(0);
    expect(inputsOf(ended.stdout).toSorted()).toEqual(tens("contoso", "fabrikam"));
    expect(readdirSync(folder)).toContain("state");
  });

  it("may be given again and again, also for single files, or by $GRAPHTAP_CONFIG", async () => {
    const { folder, add } = await fleet();
    add("fabrikam");
    const words = ["00-globals.yaml", "contoso.yaml"].flatMap((name) => ["-c", join(folder, name)]);
    const one = await run(["pull", ...words]);
    expect(one.code, one.stderr).toBe(0);
    expect(inputsOf(one.stdout)).toEqual(tens("contoso"));
    const other = await run(["pull"], { env: { GRAPHTAP_CONFIG: folder } });
    expect(other.code, other.stderr).toBe(0);
    expect(inputsOf(other.stdout), "contoso's position is known").toEqual(tens("fabrikam"));
  });

  it("is checked file by file: in words, as JSON, as SARIF, and at a start", async () => {
    const { folder, write } = await fleet();
    write("a.yaml", "inputs:\n  contoso: {id: 7}\n");
    write("b.yaml", "inputs: {\n");
    const files = ["a.yaml", "b.yaml", "contoso.yaml"].map((name) => join(folder, name));
    for (const command of ["check", "pull"]) {
      const { code, stderr } = await run([command, "-c", folder]);
      expect(code).toBe(2);
      for (const file of files) expect(stderr).toContain(`${file}:`);
    }
    const json = await run(["check", "--json", "-c", folder]);
    const report = JSON.parse(json.stdout.toString()) as { problems: { file: string; line: number }[] };
    expect(json.code).toBe(2);
    expect([...new Set(report.problems.map(({ file }) => file))]).toEqual(files);
    const sarif = (await run(["check", "--sarif", "-c", folder])).stdout.toString();
    for (const file of files) expect(sarif).toContain(`"file://${file}"`);
  });

  it("has defaults for the services of all files", async () => {
    const { folder, write } = await fleet();
    write("00-globals.yaml", "globals: {service_defaults: {request_period_in_seconds: 900}}\n");
    const { code, stdout, stderr } = await run(["check", "-c", folder]);
    expect(code, stderr).toBe(0);
    expect(stdout.toString()).toMatch(/contoso × directory_audits, every 900 s/);
  });

  it("is read again at SIGHUP: a new file is a new tenant, and one with a problem changes nothing", async () => {
    const { folder, write, add } = await fleet();
    const running = start(["run", "-c", folder]);
    await running.until(() => running.lines === 10, "the records of contoso");
    write("broken.yaml", "inputs: nothing\n");
    add("fabrikam");
    running.kill("SIGHUP");
    await running.until(() => running.stderr.includes("what ran goes on: "), "a word about it");
    expect(running.stderr).toContain(`${join(folder, "broken.yaml")}:1:9`);
    rmSync(join(folder, "broken.yaml"));
    running.kill("SIGHUP");
    await running.until(() => running.lines === 20, "the records of fabrikam");
    running.kill("SIGTERM");
    const { code, stdout, stderr } = await running.ended;
    expect(code).toBe(0);
    expect(lastWord(stderr)).toMatchObject({ said: "ended: stopped by SIGTERM" });
    expect(inputsOf(stdout)).toEqual(tens("contoso", "fabrikam"));
  });

  it("is what the shipper's configuration starts the program with", async () => {
    const { folder, write } = await fleet();
    write("out.yaml", {
      outputs: { devo: { type: "syslog", config: { address: "a" } } },
    });
    const { code, stdout, stderr } = await run(["shipper", "fluent-bit", "-c", folder]);
    expect(code, stderr).toBe(0);
    expect(stdout.toString()).toContain(folder);
  });
});
