import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { plugins } from "../../plugins/index.ts";
import { errorKinds } from "../../src/errors.ts";
import { functionsOf } from "../support/functionLines.ts";

const root = resolve(new URL(import.meta.url).pathname, "../../..");

/** The rooms from the ground up; each may use those below it. `src/README.md` draws it. */
const LEVELS: readonly (readonly string[])[] = [
  ["errors", "clock", "instant", "loop", "zlibSteps"],
  ["net", "telemetry"],
  ["files", "json", "plugin"],
  ["config", "state", "graph"],
  ["sink"],
  ["record"],
  ["tap"],
  ["server", "migrate", "shipper"],
  ["wiring"],
  ["doctor"],
  ["cli"],
  ["mod"],
  ["main"],
];

/** Rooms that may use less than what lies below them, or more. */
const OWN_RULES: Readonly<Record<string, readonly string[]>> = {
  plugins: ["plugin"],
  // A second opinion of what Graph does must not share the engine's.
  emulator: ["errors", "clock", "instant", "json", "plugin"],
  // Only here a list of services meets the engine.
  wiring: [...LEVELS.slice(0, 8).flat(), "plugins"],
  cli: [...LEVELS.slice(0, 10).flat(), "emulator", "plugins"],
  mod: [...LEVELS.slice(0, 11).flat(), "emulator", "plugins"],
};

/** All folders there are. */
const FOLDERS = [
  "cli",
  "cli/commands",
  "cli/completion",
  "cli/terminal",
  "config",
  "config/credentials",
  "config/document",
  "config/patterns",
  "doctor",
  "emulator",
  "emulator/entra",
  "emulator/hunting",
  "emulator/jobs",
  "emulator/odata",
  "emulator/records",
  "files",
  "graph",
  "graph/auth",
  "graph/auth/certificate",
  "graph/body",
  "json",
  "migrate",
  "mod",
  "net",
  "plugin",
  "record",
  "server",
  "server/page",
  "server/pull",
  "server/status",
  "shipper",
  "shipper/running",
  "sink",
  "state",
  "state/seen",
  "state/transfer",
  "tap",
  "tap/jobs",
  "tap/late",
  "tap/windows",
  "telemetry",
  "wiring",
];

/** Lines that a function may have, those of functions within it included. */
const LONGEST_FUNCTION = 70;

function filesUnder(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}

/** A file's room: `tap` for `src/tap/poll.ts`, `errors` for `src/errors.ts`, `plugins` for a plugin. */
function roomOf(file: string): string {
  const [top, room] = file.split("/");
  return top === "src" ? room!.replace(/\.ts$/, "") : "plugins";
}

/** The files that a file imports, types included. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), "utf8");
  return [...text.matchAll(/(?:from|import\()\s*"(\.[^"]+)"/g)]
    .map(([, path]) => relative(root, resolve(root, dirname(file), path!)));
}

function mayUse(room: string): readonly string[] {
  const level = LEVELS.findIndex((rooms) => rooms.includes(room));
  return OWN_RULES[room] ?? LEVELS.slice(0, Math.max(0, level)).flat();
}

/** Groups of files that reach each other by their imports. */
function circlesOf(imports: ReadonlyMap<string, readonly string[]>): string[][] {
  const reaches = new Map([...imports.keys()].map((file) => [file, reachedFrom(file, imports)]));
  const inCircle = [...imports.keys()].filter((file) => reaches.get(file)!.has(file));
  const groups = inCircle.map((file) =>
    inCircle.filter((other) => reaches.get(file)!.has(other) && reaches.get(other)!.has(file)).sort()
  );
  return [...new Map(groups.map((group) => [group.join(" "), group])).values()];
}

function reachedFrom(file: string, imports: ReadonlyMap<string, readonly string[]>): Set<string> {
  const reached = new Set<string>();
  const waiting = [...imports.get(file) ?? []];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (reached.has(next)) continue;
    reached.add(next);
    waiting.push(...imports.get(next) ?? []);
  }
  return reached;
}

/** What the plugins of one folder have in common; none itself. */
const BASE = "base.ts";
const isBase = (file: string) => basename(file) === BASE;

const sources = [...filesUnder("src"), ...filesUnder("plugins")];
const short = (file: string) => file.replace(/^src\//, "");

describe("the house", () => {
  it("has the folders of the plan, and no others", () => {
    const folders = filesUnder("src").map((file) => dirname(short(file))).filter((folder) => folder !== ".");
    expect([...new Set(folders)].sort()).toEqual(FOLDERS);
  });

  it.each(sources)("imports one way: %s", (file) => {
    const room = roomOf(file);
    const strangers = importsOf(file)
      .filter((target) => roomOf(target) !== room && !mayUse(room).includes(roomOf(target)))
      .map((target) => `${short(file)} -> ${short(target)}`);
    expect(strangers).toEqual([]);
  });

  it("has no circles of imports, those of types included", () => {
    const circles = circlesOf(new Map(sources.map((file) => [file, importsOf(file)])));
    const names = circles.map((circle) => circle.map(short).join(" "));
    expect(names).toEqual([]);
  });

  it("lets the plugins know nothing but their own shape, and what their folder has in common", () => {
    for (const file of filesUnder("plugins").filter((file) => file !== "plugins/index.ts")) {
      const known = ["src/plugin/plugin.ts", ...(isBase(file) ? [] : [join(dirname(file), BASE)])];
      expect(importsOf(file).filter((target) => !known.includes(target)), file).toEqual([]);
    }
  });

  it("lists every plugin that has a file, and no other", () => {
    const files = filesUnder("plugins").filter((file) => file !== "plugins/index.ts" && !isBase(file)).sort();
    expect(importsOf("plugins/index.ts").filter((file) => file.startsWith("plugins/")).sort()).toEqual(files);
    expect(plugins).toHaveLength(files.length);
  });

  it("asks for no error's code: what a failure means stands in the columns of the table", () => {
    const asking = new RegExp(`(?:[!=]==\\s*|case\\s+)"(?:${Object.keys(errorKinds).join("|")})"`);
    const engine = sources.filter((file) => roomOf(file) !== "emulator");
    expect(engine.filter((file) => asking.test(readFileSync(join(root, file), "utf8")))).toEqual([]);
  });

  it("loads what runs patterns of masks only where there are any: it is large", () => {
    const users = sources.flatMap((file) =>
      [...readFileSync(join(root, file), "utf8").matchAll(/^.*"re2js".*$/gm)].map((
        [line],
      ) => [file, line.trim()])
    );
    expect(users).toEqual([
      ["src/config/patterns/engine.ts", 'const { MatcherInput, RE2JS } = await import("re2js");'],
    ]);
  });

  it("has no function beyond one screen, but for the scanner", () => {
    const written = sources.filter((file) => roomOf(file) !== "json" && !file.endsWith(".as.ts"));
    const long = written.flatMap((file) => {
      const text = readFileSync(join(root, file), "utf8");
      // No function is longer than its file.
      if (text.split("\n").length <= LONGEST_FUNCTION) return [];
      return functionsOf(file, text)
        .filter(({ lines }) => lines > LONGEST_FUNCTION)
        .map(({ name }) => `${short(file)} ${name}`);
    });
    expect(long).toEqual([]);
  });

  it("has a unit test in the place of the file that it is about", () => {
    const tests = filesUnder("test/unit").filter((file) => file.endsWith(".test.ts"))
      .map((file) => file.replace(/^test\/unit\//, "").replace(/\.test\.ts$/, ".ts"));
    const strangers = tests.filter((file) => file !== "architecture.ts" && !sources.includes(`src/${file}`));
    expect(strangers).toEqual([]);
  });

  it("has unit tests that start no process", () => {
    const starting = filesUnder("test/unit").filter((file) =>
      importsProcesses(readFileSync(join(root, file), "utf8"))
    );
    expect(starting).toEqual([]);
  });

  it("touches the process in main.ts alone, but for its figures, which host.ts asks for", () => {
    const touching = sources.filter((file) => !["src/main.ts", "src/wiring/host.ts"].includes(file))
      .filter((file) => touchesProcess(readFileSync(join(root, file), "utf8")));
    expect(touching).toEqual([]);
  });
});

function importsProcesses(text: string): boolean {
  return /^(?:import|\}) .*from ".*(?:node:child_process|support\/(?:program|stateLocker)\.ts)"/m.test(text);
}

/** To ask what the platform is or has, and to end another process, is to touch none of this one. */
function touchesProcess(text: string): boolean {
  const others = /^import \{ (?:kill|platform|getBuiltinModule)(?:, platform)? \} from "node:process";$/m;
  return text.replace(others, "").includes('"node:process"') ||
    /\bDeno\.|\bprocess\.|\bconsole\./.test(codeOf(text));
}

/** Without comments and texts, which may speak of the process. */
function codeOf(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "").replace(/"[^"\n]*"/g, '""');
}
