/** graphtap as others import it: from a packed tarball on Node, from the sources as JSR serves them on Deno. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import signIns from "../../plugins/signIns.ts";
import { demoConfigText, type DemoGraph, openDemoGraph } from "../../src/cli/demoGraph.ts";
import { type ModuleFolder, openModuleFolder } from "../support/packedModule.ts";
import { onDeno, projectFolder } from "../support/project.ts";

const read = (file: string) => readFileSync(join(projectFolder, file), "utf8");

let others: ModuleFolder;
let graph: DemoGraph;
beforeAll(async () => {
  others = openModuleFolder();
  graph = await openDemoGraph({ port: 0, quotas: false, unevenPages: false });
  // The README's program stands beside its configuration.
  mkdirSync(join(others.folder, "README-md1"));
  const config = demoConfigText(graph.url, "demo-state", Date.now(), [signIns]);
  writeFileSync(join(others.folder, "README-md1/config.yaml"), config);
});
afterAll(async () => {
  await graph.close();
  rmSync(others.folder, { recursive: true, force: true });
});

/** The examples of a file, each with its place. */
function examplesOf(file: string): { name: string; source: string }[] {
  return [...read(file).matchAll(/^( \* |)```ts\n([^]*?)^\1```/gm)].map(([, margin, code], index) => ({
    name: `${file.replace(/\W+/g, "-")}${index + 1}`,
    source: code!.split("\n").map((line) => line.slice(margin!.length)).join("\n"),
  }));
}

const examples = [
  "src/mod.ts",
  "src/mod/event.ts",
  "src/plugin/plugin.ts",
  "src/mod/emulator.ts",
  "src/mod/cli.ts",
  "README.md",
].flatMap(examplesOf);

describe("the module", () => {
  it("is documented by an example for each entry, and one in the README", () => {
    expect(examples.length).toBeGreaterThanOrEqual(6);
  });

  it.each(examples)("does what its example says: $name", async ({ name, source }) => {
    const { status, stderr } = await others.run(name, source);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });

  it("lets a foreign program have a sink of its own, which loses nothing when it refuses lines", async () => {
    const { status, stdout, stderr } = await others.run("foreign", read("test/e2e/module/foreign.ts"));
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(JSON.parse(stdout)).toEqual({ code: "sink-unusable", sent: [0, 0, 3, 4], ids: 7 });
  });

  it("starts nothing when it is imported, reads nothing, and says nothing", async () => {
    const source = `
      const read = [];
      // Node looks for these whenever it loads a file.
      const own = ["WATCH_REPORT_DEPENDENCIES", "NODE_V8_COVERAGE"];
      process.env = new Proxy({}, { get(_, name) { if (!own.includes(name)) read.push(name); }, has(_, name) { read.push(name); return false; } });
      const before = process.eventNames();
      const names = [];
      for (const entry of ${
      JSON.stringify(others.entries)
    }) names.push(Object.keys(await import(entry)).sort());
      const left = process.getActiveResourcesInfo?.().filter((name) => /Timeout|Wrap/.test(name)) ?? [];
      const listeners = process.eventNames().filter((name) => !before.includes(name));
      process.on("exit", () => console.log(JSON.stringify({ names, read, left, listeners })));`;
    // Deno gives no permission at all; what is imported by name needs none.
    const { status, stdout, stderr } = await others.run(
      "imports",
      onDeno ? `import process from "node:process";${source}` : source,
      [],
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const { names, ...did } = JSON.parse(stdout);
    expect(names).toEqual([
      ["GraphtapError", "eventsOf", "openTap"],
      ["definePlugin"],
      ["createEmulator", "defaultTenant", "formatInstant", "parseInstant", "serveEmulator"],
      ["runCommandLine"],
    ]);
    expect(did).toEqual({ read: [], left: [], listeners: [] });
  });
});

describe.skipIf(onDeno)("the package of npm", () => {
  const packed = () =>
    JSON.parse(readFileSync(join(others.folder, "node_modules/graphtap/package.json"), "utf8")) as Record<
      string,
      unknown
    >;

  it("asks for no other package", () => {
    expect(packed()["dependencies"] ?? {}).toEqual({});
  });

  it("has the types of its entries, and those need no other package", async () => {
    await others.run("foreign", read("test/e2e/module/foreign.ts"));
    const compiler = join(projectFolder, "node_modules/typescript/bin/tsc");
    for (
      const [module, resolution] of [["nodenext", "nodenext"], ["node16", "node16"], ["esnext", "bundler"]]
    ) {
      const words = [
        "--noEmit",
        "--strict",
        "--skipLibCheck",
        "false",
        "--target",
        "es2023",
        "--types",
        "node",
      ];
      const roots = ["--typeRoots", join(projectFolder, "node_modules/@types")];
      const kind = ["--module", module!, "--moduleResolution", resolution!];
      const { stdout } = spawnSync(process.execPath, [
        compiler,
        ...words,
        ...roots,
        ...kind,
        "foreign/program.mts",
      ], {
        cwd: others.folder,
        encoding: "utf8",
      });
      expect(stdout).toBe("");
    }
  });

  it("has what its README links to", () => {
    const home = join(others.folder, "node_modules/graphtap");
    const readme = readFileSync(join(home, "README.md"), "utf8");
    const targets = [...readme.matchAll(/(?:\]\(|src=")([^)"\s]+)[)"]/g)].map(([, target]) => target!);
    const links = targets.map((target) => target.replace(/#.*$/, "")).filter((link) =>
      !/^(?:https:|$)/.test(link)
    );
    expect(links.length).toBeGreaterThan(5);
    expect(links.filter((link) => !existsSync(join(home, link)))).toEqual([]);
  });
});
