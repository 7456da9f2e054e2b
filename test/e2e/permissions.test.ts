/** On Deno, the program does its work with what the README grants it, narrowed to the hosts and paths in use. */
import { Buffer } from "node:buffer";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { addSeconds } from "../../src/instant.ts";
import { wholeLines } from "../support/eventLines.ts";
import { denoProgram, startCommand } from "../support/program.ts";
import { projectFolder } from "../support/project.ts";
import { CONTOSO, contoso, openSite } from "../support/site.ts";
import { spoolText } from "../support/spoolModel.ts";

interface Permissions {
  readonly net: string;
  readonly read: string;
  readonly write: string;
  readonly env: string;
}

/** Starts the program with these permissions and no one to ask for more; an empty one is not granted at all. */
function startNarrowed(permissions: Permissions, words: readonly string[], cwd: string) {
  const granted = Object.entries(permissions).filter(([, names]) => names !== "");
  const flags = granted.map(([name, names]) => `--allow-${name}=${names}`);
  return startCommand([
    denoProgram!,
    "run",
    "--no-prompt",
    ...flags,
    join(projectFolder, "src/main.ts"),
    ...words,
  ], {
    cwd,
    env: { GRAPH_SECRET: CONTOSO.clientSecret, TMPDIR: cwd },
  });
}

/** A site with ten audits, and the least that pulling them takes. */
async function openNarrowSite() {
  const site = await openSite();
  site.emulator.produce("directoryAudits", 10, { from: addSeconds(site.start, 60) });
  const config = JSON.parse(readFileSync(site.write([contoso("directory_audits")]), "utf8")) as {
    inputs: { contoso: { credentials: Record<string, unknown> } };
  };
  config.inputs.contoso.credentials["client_secret"] = { env: "GRAPH_SECRET" };
  writeFileSync(join(site.folder, "config.yaml"), JSON.stringify(config));
  for (const folder of ["state", "spool"]) mkdirSync(join(site.folder, folder));
  const least: Permissions = {
    net: new URL(site.url).host,
    read: "config.yaml,state",
    write: "state",
    env: "GRAPH_SECRET",
  };
  return { site, least };
}

const FLAGS = /NotCapable|--allow-|Requires \w+ access/;

describe.runIf(denoProgram !== null)("on Deno, with four narrowed permissions and nobody to ask", () => {
  it("pull reads, writes and keeps its position", async () => {
    const { site, least } = await openNarrowSite();
    for (const lines of [10, 0]) {
      const { code, stdout, stderr } = await startNarrowed(least, ["pull", "-c", "config.yaml"], site.folder)
        .ended;
      expect({ code, lines: wholeLines(stdout).length }, stderr).toEqual({ code: 0, lines });
      expect(stderr).not.toMatch(FLAGS);
    }
  });

  it("pull into a spool writes the spool's folder too", async () => {
    const { site, least } = await openNarrowSite();
    const more = { ...least, read: `${least.read},spool`, write: `${least.write},spool` };
    const { code, stderr } = await startNarrowed(more, ["pull", "--to", "file:spool/e"], site.folder).ended;
    expect(code, stderr).toBe(0);
    expect(wholeLines(Buffer.from(spoolText(join(site.folder, "spool/e")), "latin1"))).toHaveLength(10);
  });

  it("run polls until it is stopped", async () => {
    const { site, least } = await openNarrowSite();
    const running = startNarrowed(least, ["run", "--format", "devo", "--hostname", "tap"], site.folder);
    await running.until(() => running.lines === 10 && running.stderr.includes("pull done"), "ten lines");
    running.kill("SIGTERM");
    const { code, stderr } = await running.ended;
    expect(code, stderr).toBe(0);
    expect(stderr).not.toMatch(FLAGS);
  });

  it("serve listens on its own address besides", async () => {
    const { site, least } = await openNarrowSite();
    const more = { ...least, net: `${least.net},127.0.0.1:0` };
    const words = ["serve", "--no-poll", "--listen", "127.0.0.1:0", "--log-format", "json"];
    const running = startNarrowed(more, words, site.folder);
    const url = () => /"url":"([^"]+)"/.exec(running.stderr)?.[1];
    await running.until(() => url() !== undefined, "the server listens");
    const token = readFileSync(join(site.folder, "state/serve.token"), "utf8").trim();
    const headers = { authorization: `Bearer ${token}` };
    const pulled = await (await fetch(`${url()}/v1/pull`, { headers })).text();
    expect(pulled.trimEnd().split("\n")).toHaveLength(10);
    running.kill("SIGTERM");
    const { code, stderr } = await running.ended;
    expect(code, stderr).toBe(0);
    expect(stderr).not.toMatch(FLAGS);
  });

  it("demo needs this host and a folder for what is thrown away", async () => {
    const { site } = await openNarrowSite();
    const least = { net: "127.0.0.1", read: site.folder, write: site.folder, env: "TMPDIR" };
    const { code, stdout, stderr } = await startNarrowed(least, ["demo", "--seconds", "2"], site.folder)
      .ended;
    expect(code, stderr).toBe(0);
    expect(wholeLines(stdout).length).toBeGreaterThan(0);
    expect(stderr).not.toMatch(FLAGS);
  });

  it.each<[keyof Permissions, number, RegExp]>([
    ["net", 2, /Cannot read from \S+: Deno was not allowed to; grant --allow-net=127\.0\.0\.1:\d+/],
    ["read", 2, /Cannot read configuration "config\.yaml".*--allow-read/],
    ["write", 5, /Cannot .* "\S+state\S*": .*--allow-write/],
    ["env", 2, /environment variable "GRAPH_SECRET" is not set/],
  ])("says what is missing without --allow-%s, in one line", async (name, exitCode, words) => {
    const { site, least } = await openNarrowSite();
    const { code, stdout, stderr } = await startNarrowed({ ...least, [name]: "" }, [
      "pull",
      "-c",
      "config.yaml",
    ], site.folder)
      .ended;
    expect({ code, stdout: stdout.length }, stderr).toEqual({ code: exitCode, stdout: 0 });
    expect(stderr).toMatch(words);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});
