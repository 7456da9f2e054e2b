/** A service is one file: the built program reads it from `globals.plugins`, and the demo's Graph serves it. */
import { Buffer } from "node:buffer";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { stringify } from "yaml";
import { plugins } from "../../plugins/index.ts";
import { demoConfigText, openDemoGraph } from "../../src/cli/demoGraph.ts";
import { configJsonSchema } from "../../src/config/schema.ts";
import { quotaNames } from "../../src/plugin/quotaNames.ts";
import { createRegistry } from "../../src/plugin/registry.ts";
import { eventLines, EXACT, tally } from "../support/eventLines.ts";
import { tagOf } from "../support/expectedTag.ts";
import { inventedPlugins } from "../support/inventedPlugins.ts";
import { run } from "../support/program.ts";
import { tempFolder } from "../support/tempFolder.ts";

const all = [...plugins, ...inventedPlugins];

/** The program's own budgets must not slow what is not about them. */
const QUOTAS = Object.fromEntries(quotaNames.map((name) => [name, { requests: 1000, seconds: 1 }]));

/** The demo's Graph with the invented services, and a folder with their files and a configuration for it. */
async function openDemo() {
  const folder = tempFolder();
  const graph = await openDemoGraph({ port: 0, quotas: false, unevenPages: false, plugins: all });
  onTestFinished(() => graph.close());
  const files = inventedPlugins.map((plugin, index) => {
    const [ending, text] = index % 2 === 0 ? ["yaml", stringify(plugin)] : ["json", JSON.stringify(plugin)];
    writeFileSync(join(folder, `${plugin.service}.${ending}`), text);
    return `./${plugin.service}.${ending}`;
  });
  const config = demoConfigText(graph.url, "state", Date.now(), all)
    .replace(
      "globals:",
      `globals:\n  plugins: ${JSON.stringify(files)}\n  quotas: ${JSON.stringify(QUOTAS)}`,
    );
  writeFileSync(join(folder, "config.yaml"), config);
  return { graph, cwd: folder };
}

describe("services that are nothing but a file each", () => {
  it("are checked, examined and pulled by the built program beside ours", async () => {
    const { graph, cwd } = await openDemo();
    const checked = await run(["check"], { cwd });
    expect(checked.stdout.toString()).toContain(`valid; ${all.length} streams`);
    const examined = await run(["doctor", "--json"], { cwd });
    expect(examined.code, examined.stdout.toString()).toBe(0);

    const pulled = await run(["pull"], { cwd });
    expect(pulled.code, pulled.stderr).toBe(0);
    const lines = eventLines(pulled.stdout);
    // A search is begun by one pull, and read by a later one.
    const atOnce = all.filter(({ cursor }) => cursor.kind !== "job").map(({ service }) => service);
    expect(new Set(lines.map(({ service }) => service))).toEqual(new Set(atOnce));
    for (const plugin of inventedPlugins) {
      const got = lines.filter(({ service }) => service === plugin.service);
      for (const { tag, record } of got) expect(tag).toBe(tagOf(plugin, JSON.parse(record)));
      const held = graph.emulator.records(plugin.path).map((bytes) => Buffer.from(bytes).toString("latin1"));
      const { missing, ...rest } = tally(held, got.map(({ record }) => record));
      expect(rest).toEqual({ repeated: EXACT.repeated, foreign: EXACT.foreign });
      if (plugin.filter === undefined) expect(missing).toEqual([]);
    }
    expect((await run(["pull"], { cwd })).stdout.toString()).toBe("");
  }, 60_000);

  it("are known to the schema of the configuration", () => {
    const schema = JSON.stringify(configJsonSchema(createRegistry(all)));
    for (const { service } of inventedPlugins) expect(schema).toContain(`"${service}"`);
  });
});

describe("a service whose file is code", () => {
  it("is run with a word about it, and what it prints is kept out of standard output", async () => {
    const folder = tempFolder();
    const { service, ...rest } = inventedPlugins[0]!;
    writeFileSync(
      join(folder, "mine.mjs"),
      `console.log("printed by the plugin"); console.table([{a: 1}]);
       export default ${JSON.stringify({ service, ...rest })};`,
    );
    const config = demoConfigText("http://127.0.0.1:1", "state", Date.now(), [
      ...plugins,
      inventedPlugins[0]!,
    ])
      .replace("globals:", 'globals:\n  plugins: ["./mine.mjs"]');
    writeFileSync(join(folder, "config.yaml"), config);
    for (const words of [["check"], ["gaps"], ["state", "show", "--json"]]) {
      const { code, stdout, stderr } = await run(words, { cwd: folder });
      expect(code, stderr).toBe(0);
      expect(stdout.toString()).not.toContain("printed");
      expect(stderr).toMatch(/^graphtap: runs the code of plugin ".*mine\.mjs"\nprinted by the plugin\n/);
    }
  });
});
