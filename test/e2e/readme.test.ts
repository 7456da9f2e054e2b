/** The README tells no lies: each command in its shell blocks is run here, on the configuration it shows. */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { describe, expect, it } from "vitest";
import { addSeconds, fromMillis } from "../../src/instant.ts";
import { sample171 } from "../support/collectorSamples.ts";
import { eventLines, EXACT, tally } from "../support/eventLines.ts";
import {
  denoCommandLine,
  denoNarrowedLine,
  denoProgram,
  programCommand,
  run,
  startCommand,
} from "../support/program.ts";
import { onDeno, projectFolder } from "../support/project.ts";
import { CONTOSO, openSite, type Site } from "../support/site.ts";

const README = readFileSync(join(projectFolder, "README.md"), "utf8");

/** The lines of all blocks in a language, without their comments. */
function linesOf(language: string): string[] {
  const blocks = [...README.matchAll(new RegExp(`^( *)\`\`\`${language}\\n([^]*?)^\\1\`\`\`$`, "gm"))];
  return blocks.flatMap(([, indent = "", body = ""]) =>
    body.split("\n").map((line) => line.slice(indent.length)).filter((line) => line.trim() !== "")
  );
}

const commands = linesOf("sh").map((line) => line.replace(/\s+#.*$/, ""));

/** A folder with the README's configuration, pointed at a site, and with the programs that its lines name. */
async function readersFolder() {
  const site = await openSite();
  const now = fromMillis(Date.now());
  site.emulator.produce("secureScores", 20, { from: addSeconds(now, -20 * 86_400) });
  const endpoints = `override_base_url: ${site.url}\n    override_login_url: ${site.url}\n    `;
  const yaml = linesOf("yaml").join("\n");
  expect(yaml).toContain("environment: prod");
  writeFileSync(join(site.folder, "config.yaml"), yaml.replace("environment: prod", `${endpoints}$&`));
  const bin = join(site.folder, "bin");
  mkdirSync(bin);
  program(
    join(bin, "graphtap"),
    `echo "$$" > '${join(site.folder, "pid")}'\nexec ${quoted(programCommand)} "$@"`,
  );
  program(join(bin, "your-shipper"), `exec cat > '${join(site.folder, "shipped.ndjson")}'`);
  const shell = (line: string) =>
    startCommand(["sh", "-c", line], {
      cwd: site.folder,
      env: { PATH: `${bin}:${process.env["PATH"]}`, GRAPH_SECRET: CONTOSO.clientSecret },
    });
  return { site, shell };
}

/** The same with what the old collector left: a configuration of 1.x, and the position of one service. */
async function folderOfOldCollector() {
  const { site, shell } = await readersFolder();
  const sample = sample171({ url: site.url, tenant: CONTOSO, start: "2024-01-01T00:00:00Z" });
  mkdirSync(join(site.folder, "old/state"), { recursive: true });
  writeFileSync(join(site.folder, "old/config.yaml"), JSON.stringify(sample));
  const name = createHash("md5").update("microsoft_graph;10001;audit;None").digest("hex");
  // As Python's protocol 0 writes a dict of one text.
  const pickle = "(dp0\nVlast_polled_timestamp\np1\nV2024-11-20 10:00:00\np2\ns.";
  writeFileSync(join(site.folder, "old/state", name), pickle);
  return { site, shell };
}

function program(path: string, script: string): void {
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
}

const quoted = (words: readonly string[]) => words.map((word) => `'${word}'`).join(" ");

function expectAllScores(site: Site, file: string): void {
  const got = eventLines(readFileSync(join(site.folder, file))).map(({ record }) => record);
  expect(tally(site.records("secure_scores"), got)).toEqual(EXACT);
}

/** How each line is run. `npm ci` is what brought these tests here; it must not be repeated under their feet. */
const RUNS: Readonly<Record<string, (line: string) => Promise<void>>> = {
  "npm ci && npm run demo": async () => {
    const demo = onDeno ? [process.execPath, "task", "demo"] : ["npm", "run", "--silent", "demo", "--"];
    const { code, stdout, stderr } = await startCommand([...demo, "--seconds", "2"], { cwd: projectFolder })
      .ended;
    expect(code, stderr).toBe(0);
    expect(new Set(eventLines(stdout).map(({ service }) => service)).size).toBe(8);
    expect(stderr).toMatch(/^SERVICE +RECORDS/m);
  },
  "graphtap check -c config.yaml": async (line) => {
    const { shell } = await readersFolder();
    const { code, stderr } = await shell(line).ended;
    expect(stderr).toMatch(/config\.yaml: valid; 4 streams/);
    expect(code).toBe(0);
  },
  // test/e2e/oneFile.test.ts has the other commands. Deno runs the sources, and nothing is built for it.
  "node graphtap.cjs check -c config.yaml": async (line) => {
    if (onDeno) return;
    const { site, shell } = await readersFolder();
    copyFileSync(join(projectFolder, "dist/graphtap.cjs"), join(site.folder, "graphtap.cjs"));
    const { code, stderr } = await shell(line).ended;
    expect(stderr).toMatch(/config\.yaml: valid; 4 streams/);
    expect(code).toBe(0);
  },
  "graphtap doctor -c config.yaml": async (line) => {
    const { shell } = await readersFolder();
    const { code, stdout, stderr } = await shell(line).ended;
    expect(stdout.toString().match(/^contoso +\w+ +ok /gm), stderr).toHaveLength(6);
    expect(code).toBe(0);
  },
  "graphtap pull -c config.yaml >> events.ndjson": async (line) => {
    const { site, shell } = await readersFolder();
    for (let times = 0; times < 2; times++) {
      const { code, stderr } = await shell(line).ended;
      expect(code, stderr).toBe(0);
    }
    expectAllScores(site, "events.ndjson");
  },
  "graphtap run -c config.yaml | your-shipper": async (line) => {
    const { site, shell } = await readersFolder();
    const pipe = shell(line);
    await pipe.until(() => pipe.stderr.split('"pull done"').length > 4, "four polls");
    process.kill(Number(readFileSync(join(site.folder, "pid"), "utf8")), "SIGTERM");
    expect((await pipe.ended).code).toBe(0);
    expectAllScores(site, "shipped.ndjson");
  },
  "graphtap migrate old/config.yaml --write new.yaml": async (line) => {
    const { site, shell } = await folderOfOldCollector();
    const { code, stderr } = await shell(line).ended;
    expect(code, stderr).toBe(0);
    expect(readFileSync(join(site.folder, "new.yaml"), "utf8")).toContain("microsoft_graph_security");
  },
  "graphtap migrate --state old/state -c new.yaml": async (line) => {
    const { site, shell } = await folderOfOldCollector();
    expect((await shell("graphtap migrate old/config.yaml > new.yaml").ended).code).toBe(0);
    const { code, stderr } = await shell(line).ended;
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(/directory_audits +2024-11-20T10:00:00Z +2024-11-20T09:00:00Z/);
    expect(existsSync(join(site.folder, "state/10001/directory_audits/checkpoint.json"))).toBe(true);
  },
  // The hosts of the site in the place of Microsoft's; test/e2e/permissions.test.ts has the other commands.
  [denoNarrowedLine]: async (line) => {
    if (denoProgram === null) return;
    const { site, shell } = await readersFolder();
    const pipe = shell(
      line.replace("deno run", `exec '${denoProgram}' run --no-prompt`)
        .replace("graph.microsoft.com,login.microsoftonline.com", new URL(site.url).host)
        .replace("src/main.ts", `'${join(projectFolder, "src/main.ts")}'`),
    );
    await pipe.until(() => pipe.stderr.split('"pull done"').length > 4, "four polls");
    pipe.kill("SIGTERM");
    const { code, stdout, stderr } = await pipe.ended;
    expect({ code, lines: eventLines(stdout).length }, stderr).toEqual({ code: 0, lines: 20 });
  },
  // On Deno, all end-to-end tests start the program by this line.
  [denoCommandLine]: (line) => {
    expect(onDeno ? programCommand.join(" ") : line).toContain(line.split(" ").slice(1, -1).join(" "));
    return Promise.resolve();
  },
};

describe("the README", () => {
  it.each(commands.map((line) => [line]))("%s", async (line) => {
    const runLine = RUNS[line];
    if (runLine === undefined) throw new Error(`The README has a command that no test runs: ${line}`);
    await runLine(line);
  });

  it("still has every command that is run here", () => {
    expect(Object.keys(RUNS).filter((line) => !commands.includes(line))).toEqual([]);
  });

  it("names commands that exist", async () => {
    const named = new Set([...README.matchAll(/`graphtap ([a-z]+)/g)].map(([, command]) => command!));
    expect([...named].toSorted()).toEqual(expect.arrayContaining(["schema", "services"]));
    for (const command of named) expect((await run([command, "--help"])).code, command).toBe(0);
  });

  it("shows an event line as it is written", async () => {
    const { site, shell } = await readersFolder();
    const members = (line: string) => [...line.matchAll(/[{,]"(\w+)":/g)].map(([, name]) => name).slice(0, 6);
    await shell("graphtap pull -c config.yaml > events.ndjson").ended;
    const [written = ""] = readFileSync(join(site.folder, "events.ndjson"), "utf8").split("\n");
    const [shown = ""] = linesOf("json");
    expect(members(written)).toEqual(members(shown));
    expect(Buffer.from(written).toString()).toMatch(
      /,"@devo_environment":"prod","@devo_pulling_id":"\d{13}"\}\}$/,
    );
  });
});
