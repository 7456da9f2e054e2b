/** What documents, scripts and workflows say of files, commands and versions. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { describe, expect, it } from "vitest";
import { onDeno, projectFolder } from "../support/project.ts";

const read = (file: string) => readFileSync(join(projectFolder, file), "utf8");

/** Folders of this repository; a path that begins with one of them names a file of it. */
const OWN = /^(?:src|test|plugins|fluent-bit|vector|\.ci|\.github)\//;

const documents = ["", "src", "plugins", "test", "fluent-bit", "vector"].flatMap((folder) =>
  readdirSync(join(projectFolder, folder), { recursive: folder !== "", encoding: "utf8" })
    .map((file) => join(folder, file))
).filter((file) => file.endsWith(".md"));

/** Words between backticks, and the lines of blocks of code. */
function wordsOf(document: string): string[] {
  const blocks = [...document.matchAll(/^```\w*\n([^]*?)^```/gm)].map(([, code]) => code!);
  const spans = [...document.replace(/^```[^]*?^```/gm, "").matchAll(/`([^`\n]+)`/g)].map(([, code]) =>
    code!
  );
  return [...blocks, ...spans].flatMap((code) => code.split(/[\s()]+/));
}

/** Commands in the blocks and between the backticks of CONTRIBUTING.md, without what explains them. */
function commandsOf(document: string): string[] {
  const blocks = [...document.matchAll(/^ *```\w*\n([^]*?)^ *```/gm)].flatMap(([, code]) =>
    code!.split("\n")
  );
  const spans = [...document.replace(/^ *```[^]*?^ *```/gm, "").matchAll(/`([^`\n]+)`/g)].map(([, code]) =>
    code!
  );
  return [...blocks, ...spans].map((line) => line.replace(/\s+#.*$/, "").trim())
    .filter((line) => /^(?:npm|npx|deno|node|bash|git|[A-Z_]+=\S+) /.test(line) || line.startsWith(".ci/"));
}

/** Runs a script of `.ci/` on this runtime. */
function runScript(name: string, word: string) {
  const script = join(projectFolder, ".ci", name);
  const words = onDeno ? ["run", "--allow-read", script, word] : [script, word];
  return spawnSync(process.execPath, words, { encoding: "utf8" });
}

describe("a document names only files that are there:", () => {
  it.each(documents)("%s", (document) => {
    const named = wordsOf(read(document)).map((word) => word.replace(/[,;:.]+$/, ""))
      // Neither patterns and placeholders, nor the sources of Fluent Bit.
      .filter((word) => OWN.test(word) && !/[*<>{}$…]|\b[A-Z]+\.ts$|\.c$/.test(word));
    expect(named.filter((path) => !existsSync(join(projectFolder, path)))).toEqual([]);
  });

  it.each(documents)("%s, linked", (document) => {
    const links = [...read(document).matchAll(/\]\(([^)#:\s]+)(?:#[^)\s]*)?\)/g)].map(([, link]) => link!);
    expect(links.filter((link) => !existsSync(join(projectFolder, document, "..", link)))).toEqual([]);
  });
});

describe("src/telemetry/LOG.md", () => {
  const sources = readdirSync(join(projectFolder, "src"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => read(join("src", file)));
  const rows = [...read("src/telemetry/LOG.md").matchAll(/^\| `.* \| `([^`]+)`[^|:]*:?([^|]*)\|$/gm)]
    .map(([, message, rest]) =>
      [message!, [...rest!.matchAll(/`(\w+)`/g)].map(([, field]) => field!)] as const
    );

  it.each(rows)("names a line that there is, with its fields: %s", (message, fields) => {
    const source = sources.filter((text) => text.includes(`"${message}"`));
    expect(source).not.toEqual([]);
    const isSomewhere = (field: string) =>
      sources.some((text) => new RegExp(`\\b${field}\\b[:,]`).test(text));
    expect(fields.filter((field) => !isSomewhere(field))).toEqual([]);
  });

  it("has the lines that operators look for", () => {
    expect(rows.map(([message]) => message)).toEqual(expect.arrayContaining(["pull done", "memory"]));
  });
});

/** Commands of npm that are no scripts. */
const NPMS_OWN = ["audit", "ci", "publish", "version"];

describe("the commands of CONTRIBUTING.md", () => {
  const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
  const { tasks } = JSON.parse(read("deno.json")) as { tasks: Record<string, string> };
  const commands = commandsOf(read("CONTRIBUTING.md"));

  it("are scripts and tasks that there are", () => {
    const asked = commands.flatMap((
      line,
    ) => [...line.matchAll(/\b(npm run|npm|deno task) (?:--silent )?([\w:]+)/g)]);
    const unknown = asked.filter(([, runner, name]) =>
      !Object.hasOwn(runner === "deno task" ? tasks : scripts, name!) &&
      !(runner === "npm" && NPMS_OWN.includes(name!))
    );
    expect(asked.length).toBeGreaterThan(5);
    expect(unknown.map(([line]) => line)).toEqual([]);
  });

  // Those that end within seconds and change nothing.
  const cheap = commands.filter((line) =>
    /^(?:npx vitest run test\/unit\/\S+\.test\.ts|npm run dev -- )/.test(line)
  );
  it.skipIf(onDeno).each([...new Set(cheap)])("work: %s", (command) => {
    const { status, stdout, stderr } = spawnSync(command, {
      cwd: projectFolder,
      shell: true,
      encoding: "utf8",
    });
    expect(status, `${stdout}\n${stderr}`).toBe(0);
  });
});

describe("versions", () => {
  it("of vitest are the same for Node and Deno", () => {
    const { devDependencies } = JSON.parse(read("package.json"));
    const named = [...read("deno.json").matchAll(/npm:vitest@(\S+)/g)].map(([, version]) => version);
    expect([...new Set(named)]).toEqual([devDependencies.vitest]);
  });

  it("of packages that the sources import are the same for Node and Deno", () => {
    const { devDependencies } = JSON.parse(read("package.json")) as Record<string, Record<string, string>>;
    const { imports } = JSON.parse(read("deno.json")) as { imports: Record<string, string> };
    const names = Object.keys(imports);
    expect(names).toEqual(expect.arrayContaining(["undici", "yaml", "zod"]));
    expect(imports).toEqual(
      Object.fromEntries(names.map((name) => [name, `npm:${name}@${devDependencies![name]}`])),
    );
  });

  it.each([["v0.1.0", 0], ["v0.1.1", 1], ["0.1.0", 1], ["", 1]])(
    "of this project are the one that a tag names: %j ends with %i",
    (tag, expected) => {
      const { status, stderr } = runScript("checkVersion.mjs", tag);
      expect({ status, says: stderr !== "" }).toEqual({ status: expected, says: expected !== 0 });
    },
  );

  it("of actions are pinned by commit, with the version beside it", () => {
    const workflows = readdirSync(join(projectFolder, ".github/workflows"));
    const uses = workflows.flatMap((file) => read(`.github/workflows/${file}`).match(/uses:.*/g) ?? []);
    expect(uses.length).toBeGreaterThan(0);
    expect(uses.filter((line) => !/^uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line))).toEqual(
      [],
    );
  });

  it("of Node that the workflow tries begin with the oldest that package.json admits", () => {
    const { engines } = JSON.parse(read("package.json")) as { engines: { node: string } };
    const oldest = Number(/\d+/.exec(engines.node)?.[0]);
    const tried = [...read(".github/workflows/ci.yml").matchAll(/node(?:-version)?: (\d+|\[[^\]]*\])/g)]
      .flatMap(([, list]) => list!.match(/\d+/g)!.map(Number));
    expect(tried).toEqual([oldest, 22, 24, 26]);
  });
});

describe("the notes of a release", () => {
  const notes = (tag: string) => runScript("releaseNotes.mjs", tag);

  it("are the section of its version, without the heading", () => {
    const { status, stdout } = notes("v0.1.0");
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: expect.stringMatching(/^The first version: [^]*try it all on\.\n$/),
    });
    expect(stdout).not.toContain("##");
  });

  it.each(["v9.9.9", "v0.1", "", "Unreleased and more"])(
    "are missing for the tag %j, and that ends with 1",
    (tag) => {
      const { status, stdout, stderr } = notes(tag);
      expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
      expect(stderr).toContain("CHANGELOG.md has no notes below");
    },
  );
});
