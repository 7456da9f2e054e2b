/** `graphtap.cjs` alone in a folder, and the launcher that keeps beside it what V8 compiled. */
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { describe, expect, it } from "vitest";
import { plugins } from "../../plugins/index.ts";
import { applicationCertificate, pfxOf } from "../support/applicationCertificate.ts";
import { eventLines } from "../support/eventLines.ts";
import { denoProgram, startCommand } from "../support/program.ts";
import { onDeno, projectFolder } from "../support/project.ts";
import { CONTOSO, openSite } from "../support/site.ts";
import { tempFolder } from "../support/tempFolder.ts";

/** Services whose records come with the first pull: a job is read by a later one. */
const atOnce = plugins.filter(({ cursor }) => cursor.kind !== "job");

const INPUT = { name: "contoso", id: "1", tenant: CONTOSO, services: { directory_audits: {} } };
const PLUGIN = `export default {
  service: "my_audits",
  title: "Directory audits, under my own tag",
  docs: "https://learn.microsoft.com/graph/api/directoryaudit-list",
  path: "/v1.0/auditLogs/directoryAudits",
  permissions: ["AuditLog.Read.All"],
  cursor: { kind: "event-time", field: "activityDateTime", from: "ge", to: "le", retentionDays: 30 },
  page: { size: 500 },
  quota: "reports",
  tag: "my.app.graph.audits",
};
`;

/** A build of this test's own, since the launcher writes beside the program. */
function built(): string {
  const folder = join(tempFolder(), "built");
  const { status, stderr } = spawnSync(process.execPath, ["build.mjs", folder], { cwd: projectFolder });
  expect(status, String(stderr)).toBe(0);
  return folder;
}

/** Starts the one file in a folder that holds nothing else. */
function alone() {
  const folder = join(tempFolder(), "alone");
  mkdirSync(folder);
  copyFileSync(join(built(), "graphtap.cjs"), join(folder, "graphtap.cjs"));
  return (...words: string[]) =>
    startCommand([process.execPath, "graphtap.cjs", ...words], { cwd: folder, env: { NODE_PATH: "" } });
}

const compiled = (folder: string) => readdirSync(folder).filter((name) => name.endsWith(".cache"));

// Deno runs the sources; what is built is for Node.
describe.skipIf(onDeno)("the program in one file", () => {
  it("carries the licence of every package that it is made of", () => {
    const text = (file: string) => readFileSync(join(projectFolder, file), "utf8");
    const { imports } = JSON.parse(text("deno.json")) as { imports: Record<string, string> };
    const program = readFileSync(join(built(), "graphtap.cjs"), "utf8");
    for (const [name, target] of Object.entries(imports)) {
      const version = target.slice(target.lastIndexOf("@") + 1);
      const folder = `node_modules/${name}`;
      const licence = readdirSync(join(projectFolder, folder)).find((file) => /^licen[cs]e/i.test(file));
      expect(program).toContain(`${name} ${version}\n\n${text(`${folder}/${licence}`).trim()}\n`);
    }
    expect(program).toContain(text("LICENSE").trim());
  });

  it("shows the demo", async () => {
    const { code, stdout, stderr } = await alone()("demo", "--seconds", "2").ended;
    expect(code, stderr).toBe(0);
    expect(new Set(eventLines(stdout).map(({ service }) => service)).size).toBe(atOnce.length);
  });

  it("checks, pulls, serves, and writes a shipper's configuration", async () => {
    const site = await openSite();
    const config = site.write([INPUT]);
    const start = alone();
    expect(await start("check", "-c", config).ended).toMatchObject({ code: 0 });
    site.emulator.produce("directoryAudits", 30, { from: site.start });
    const pulled = await start("pull", "-c", config).ended;
    expect({ code: pulled.code, lines: eventLines(pulled.stdout).length }, pulled.stderr)
      .toEqual({ code: 0, lines: 30 });
    const outputs = { relay: { type: "in_house_relay", config: { url: "10.0.0.7", port: 514 } } };
    writeFileSync(config, JSON.stringify({ ...site.config([INPUT]), outputs }));
    const shipper = await start("shipper", "vector", "-c", config).ended;
    expect({ code: shipper.code, text: shipper.stdout.toString() }, shipper.stderr)
      .toEqual({ code: 0, text: expect.stringContaining("graphtap.cjs") });
    const serving = start("serve", "-c", config, "--listen", "127.0.0.1:0");
    await serving.until(() => /127\.0\.0\.1:[1-9]\d*/.test(serving.stderr), "its address");
    serving.kill("SIGTERM");
    expect((await serving.ended).code).toBe(0);
  });

  it("loads neither HTTP/2 nor the HTTP that Node has, for a pull", async () => {
    const site = await openSite();
    const config = site.write([INPUT]);
    const loaded = join(site.folder, "loaded.cjs");
    writeFileSync(loaded, `process.on("exit", () => console.error(process.moduleLoadList.join()));`);
    const command = [
      process.execPath,
      "--require",
      loaded,
      join(built(), "graphtap.cjs"),
      "pull",
      "-c",
      config,
    ];
    const { code, stderr } = await startCommand(command, {}).ended;
    expect(code, stderr).toBe(0);
    expect(stderr).toContain("NativeModule net");
    expect(stderr).not.toMatch(/NativeModule (_http|http)/);
  });

  it("opens a PFX, whoever made it", async () => {
    const site = await openSite();
    const folder = built();
    const made = applicationCertificate(site.folder);
    const check = async (password: string, ...options: string[]) => {
      const certificate = { file: pfxOf(made, "a password", ...options), password: { env: "PFX_PASSWORD" } };
      const config = site.write([{ ...INPUT, credentials: { client_certificate: certificate } }]);
      const env = { PFX_PASSWORD: password };
      const words = [process.execPath, join(folder, "graphtap.cjs"), "check", "-c", config];
      const { code, stdout, stderr } = await startCommand(words, { env }).ended;
      return `${code} ${stdout}${stderr}`;
    };
    expect(await check("another")).toMatch(/^2 .*both\.pfx/s);
    for (const options of [[], ["-legacy"], ["-keypbe", "PBE-SHA1-3DES", "-certpbe", "PBE-SHA1-3DES"]]) {
      expect(await check("a password", ...options), options.join(" ")).toMatch(/^0 .*valid; 1 stream/s);
    }
  });

  it.each(["graphtap.cjs", "main.js"])("takes a user's module along: %s", async (name) => {
    const site = await openSite();
    const config = site.write([{ ...INPUT, services: { my_audits: {} } }], { plugins: ["./mine.mjs"] });
    const check = () =>
      startCommand([process.execPath, join(built(), name), "check", "-c", config], {}).ended;
    const missing = await check();
    expect(missing).toMatchObject({ code: 75 });
    expect(missing.stderr).toContain('Cannot load plugin "./mine.mjs": there is no such file');
    writeFileSync(join(site.folder, "mine.mjs"), PLUGIN);
    const { code, stdout } = await check();
    expect(stdout.toString()).toMatch(/valid; 1 stream/);
    expect(code).toBe(0);
  });
});

/** What runs the launcher, and the words before its name. */
const RUNTIMES: readonly [name: string, command: readonly string[]][] = [
  ["Node", [process.execPath]],
  ...denoProgram === null ? [] : [["Deno", [denoProgram, "run", "-A"]] as [string, string[]]],
];

describe.skipIf(onDeno)("what V8 compiled", () => {
  it.each(RUNTIMES)(
    "is kept by the first pull that made a request, and read by the next: %s",
    async (_, command) => {
      const site = await openSite();
      const config = site.write([INPUT]);
      const folder = built();
      const run = (...words: string[]) =>
        startCommand([...command, join(folder, "main.js"), ...words, "-c", config], {}).ended;
      expect(await run("check")).toMatchObject({ code: 0 });
      expect(compiled(folder)).toEqual([]);
      expect(await run("pull")).toMatchObject({ code: 0 });
      const [name = ""] = compiled(folder);
      const { ino } = statSync(join(folder, name));
      expect(await run("pull")).toMatchObject({ code: 0 });
      expect(compiled(folder)).toEqual([name]);
      expect(statSync(join(folder, name)).ino, "V8 took it, so it was not written again").toBe(ino);
    },
  );

  it.skipIf(denoProgram === null)("is not kept where Deno lets nobody write", async () => {
    const site = await openSite();
    const config = site.write([INPUT]);
    const folder = built();
    const allowed = ["--allow-net", "--allow-read", `--allow-write=${site.folder}`, "--allow-env"];
    const command = [denoProgram!, "run", ...allowed, join(folder, "main.js"), "pull", "-c", config];
    const { code, stderr } = await startCommand(command, {}).ended;
    expect(code, stderr).toBe(0);
    expect(compiled(folder)).toEqual([]);
  });

  it("is written again when it is damaged, or when others may write it", async () => {
    const site = await openSite();
    const config = site.write([INPUT]);
    const folder = built();
    const pull = () =>
      startCommand([process.execPath, join(folder, "main.js"), "pull", "-c", config], {}).ended;
    expect(await pull()).toMatchObject({ code: 0 });
    const file = join(folder, compiled(folder)[0]!);
    const { size, mode } = statSync(file);
    expect(mode & 0o022).toBe(0);
    const blocksLost = () => writeFileSync(file, readFileSync(file).fill(0, size / 4, size / 2));
    const spoils = [
      () => writeFileSync(file, "no code"),
      () => writeFileSync(file, ""),
      blocksLost,
      () => chmodSync(file, 0o666),
    ];
    for (const spoil of spoils) {
      spoil();
      expect(await pull()).toMatchObject({ code: 0 });
      expect(statSync(file).mode & 0o022).toBe(0);
      expect(statSync(file).size).toBeGreaterThan(size / 2);
    }
  });
});
