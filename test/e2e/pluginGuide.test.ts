/** plugins/README.md, word by word: its files, its commands, and the same service as TypeScript. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { describe, expect, it, onTestFinished } from "vitest";
import { parse } from "yaml";
import { createEmulator } from "../../src/emulator/emulator.ts";
import { serveEmulator } from "../../src/emulator/serve.ts";
import { checkPlugin } from "../../src/plugin/schema.ts";
import { eventLines } from "../support/eventLines.ts";
import { programCommand, run, startCommand } from "../support/program.ts";
import { onDeno, projectFolder } from "../support/project.ts";
import { CONTOSO } from "../support/site.ts";
import { tempFolder } from "../support/tempFolder.ts";

const guide = readFileSync(join(projectFolder, "plugins/README.md"), "utf8");
const blocks = (language: string) =>
  [...guide.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, "gm"))].map(([, body]) => body!);
const [groupsYaml = "", configYaml = ""] = blocks("yaml");
const [groupsTs = ""] = blocks("ts");
const lines = blocks("sh").join("").split("\n").filter((line) => line !== "");

const runsTypeScript = onDeno || (process.features as { typescript?: unknown }).typescript === "strip";

/** A folder with the guide's files, and a tenant that has groups. */
async function openGuide() {
  const emulator = createEmulator({
    plugins: [checkPlugin(parse(groupsYaml), "groups.yaml")],
    tenants: [CONTOSO],
  });
  emulator.produce("my_groups", 5);
  const server = await serveEmulator(emulator);
  onTestFinished(() => server.close());
  const cwd = tempFolder();
  const here =
    `    override_base_url: ${server.url}\n    override_login_url: ${server.url}\n    credentials:`;
  const config = configYaml.replace("    credentials:", here);
  expect(config).not.toBe(configYaml);
  writeFileSync(join(cwd, "groups.yaml"), groupsYaml);
  writeFileSync(join(cwd, "config.yaml"), config);
  const env = { GRAPH_SECRET: CONTOSO.clientSecret };
  const words = programCommand.map((word) => `'${word}'`).join(" ");
  const shell = (line: string) =>
    startCommand(["/bin/sh", "-c", `graphtap() { ${words} "$@"; }; ${line}`], { cwd, env }).ended;
  return { cwd, config, env, shell };
}

describe("the guide for who writes a plugin", () => {
  it("leads from nothing to events, by its own commands", async () => {
    const { cwd, shell } = await openGuide();
    for (const line of lines) {
      const { code, stderr } = await shell(line);
      expect(code, `${line}\n${stderr}`).toBe(0);
    }
    const schema = JSON.parse(readFileSync(join(cwd, "plugin.schema.json"), "utf8"));
    expect(schema.required).toEqual(
      expect.arrayContaining(Object.keys(parse(groupsYaml)).filter((key) => key !== "example")),
    );
    expect(readFileSync(join(cwd, "config.schema.json"), "utf8")).toContain('"my_groups"');
    const { example } = parse(groupsYaml) as { example: object };
    for (const file of ["demo.ndjson", "events.ndjson"]) {
      const own = eventLines(readFileSync(join(cwd, file))).filter(({ service }) => service === "my_groups");
      expect(own.length, file).toBeGreaterThan(3);
      expect(new Set(own.map(({ tag }) => tag))).toEqual(new Set(["my.app.graph.my_groups"]));
      // Another service of the demo may read the same collection.
      if (file === "events.ndjson") {
        for (const { record } of own) expect(JSON.parse(record)).toMatchObject(example);
      }
    }
  }, 90_000);

  it("shows its services to who asks", async () => {
    const { cwd, shell } = await openGuide();
    const { stdout } = await shell("graphtap services -c config.yaml");
    expect(stdout.toString()).toMatch(/^my_groups: Groups\n {2}path +\/v1\.0\/groups$/m);
    expect((await run(["services"], { cwd })).stdout.toString()).not.toContain("my_groups: Groups");
    expect((await shell("graphtap doctor -c config.yaml")).stdout.toString()).toMatch(/my_groups +ok/);
  });

  it(`takes TypeScript${runsTypeScript ? "" : ", and says what to do on a Node that runs none"}`, async () => {
    const { cwd, config, env } = await openGuide();
    writeFileSync(join(cwd, "groups.ts"), groupsTs);
    writeFileSync(join(cwd, "config.yaml"), config.replace("groups.yaml", "groups.ts"));
    const { code, stdout, stderr } = await run(["pull"], { cwd, env });
    if (runsTypeScript) {
      expect(code, stderr).toBe(0);
      expect(eventLines(stdout).map(({ service }) => service)).toEqual(Array(5).fill("my_groups"));
    } else {
      expect(code).toBe(2);
      expect(stderr).toContain(
        'Cannot load plugin "./groups.ts": this Node runs no TypeScript; take Node 22.18 or later, or write the plugin as .yaml',
      );
    }
  });

  it("and both files are named where two claim a name", async () => {
    const { cwd, config, env } = await openGuide();
    writeFileSync(
      join(cwd, "mine.json"),
      JSON.stringify({ $schema: "x", ...parse(groupsYaml), aliases: ["signIns"] }),
    );
    writeFileSync(join(cwd, "config.yaml"), config.replace("./groups.yaml", "./groups.yaml, ./mine.json"));
    const { code, stderr } = await run(["check"], { cwd, env });
    expect(code).toBe(2);
    expect(stderr).toContain(
      '"my_groups" is a service, or another name of one, in "./mine.json" and in "./groups.yaml"',
    );
    expect(stderr).toContain(
      '"signIns" is a service, or another name of one, in "./mine.json" and in graphtap itself',
    );
  });
});
