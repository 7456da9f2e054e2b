import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { plugins } from "../../plugins/index.ts";

const root = resolve(new URL(import.meta.url).pathname, "../../..");

/** What each room may import besides itself, lowest first; `src/README.md` draws it. */
const ALLOWED: Record<string, readonly string[]> = {
  foundation: [],
  telemetry: ["foundation"],
  net: ["foundation"],
  json: ["foundation", "telemetry"],
  plugin: ["foundation", "telemetry"],
  state: ["foundation", "telemetry"],
  config: ["foundation", "telemetry", "plugin"],
  graph: ["foundation", "telemetry", "net", "json", "plugin", "state", "config"],
  sink: ["foundation", "telemetry", "net", "json", "plugin", "state", "config"],
  tap: ["foundation", "telemetry", "json", "plugin", "state", "config", "graph", "sink"],
  // A second opinion of what Graph does must not share the engine's.
  emulator: ["foundation", "json"],
  server: ["foundation", "telemetry", "json", "plugin", "state", "config", "graph", "sink", "tap"],
  cli: [
    "foundation",
    "telemetry",
    "json",
    "plugin",
    "state",
    "config",
    "graph",
    "sink",
    "tap",
    "server",
    "emulator",
    "plugins",
  ],
  main: ["cli", "sink", "state"],
  plugins: ["plugin"],
};
const FOUNDATION = ["src/errors.ts", "src/clock.ts", "src/instant.ts", "src/webAssembly.ts"];

function filesUnder(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}

function roomOf(file: string): string {
  if (FOUNDATION.includes(file)) return "foundation";
  if (file === "src/main.ts") return "main";
  const [top, room] = file.split("/");
  return top === "plugins" ? "plugins" : room ?? "";
}

function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), "utf8");
  return [...text.matchAll(/(?:from|import\()\s*"(\.[^"]+)"/g)]
    .map(([, path]) => relative(root, resolve(root, dirname(file), path!)));
}

const sources = [...filesUnder("src"), ...filesUnder("plugins")];

describe("the house", () => {
  it("has no rooms but those of the plan", () => {
    expect([...new Set(sources.map(roomOf))].filter((room) => !(room in ALLOWED))).toEqual([]);
  });

  it.each(sources)("imports one way: %s", (file) => {
    const room = roomOf(file);
    const strangers = importsOf(file).filter((target) =>
      roomOf(target) !== room && !ALLOWED[room]?.includes(roomOf(target))
    );
    expect(strangers).toEqual([]);
  });

  it("lets the plugins know nothing but their own shape", () => {
    const others = filesUnder("plugins").filter((file) => file !== "plugins/index.ts").flatMap(importsOf);
    expect([...new Set(others)]).toEqual(["src/plugin/plugin.ts"]);
  });

  it("lists every plugin that has a file, and no other", () => {
    const files = filesUnder("plugins").filter((file) => file !== "plugins/index.ts").sort();
    expect(importsOf("plugins/index.ts").filter((file) => file.startsWith("plugins/")).sort()).toEqual(files);
    expect(plugins).toHaveLength(files.length);
  });

  it("touches the process in main.ts alone", () => {
    const touching = sources.filter((file) => file !== "src/main.ts")
      .filter((file) => touchesProcess(readFileSync(join(root, file), "utf8")));
    expect(touching).toEqual([]);
  });
});

function touchesProcess(text: string): boolean {
  return text.includes('"node:process"') || /\bDeno\.|\bprocess\.|\bconsole\./.test(codeOf(text));
}

/** Without comments and texts, which may speak of the process. */
function codeOf(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "").replace(/"[^"\n]*"/g, '""');
}
