/** Where a configuration is found, and what the variables say. */
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { addSeconds } from "../../src/instant.ts";
import { wholeLines } from "../support/eventLines.ts";
import { run } from "../support/program.ts";
import { CONTOSO, contoso, openSite } from "../support/site.ts";

async function siteWithConfig() {
  const site = await openSite();
  site.emulator.produce("directoryAudits", 10, { from: addSeconds(site.start, 60) });
  const folder = (name: string) => {
    mkdirSync(join(site.folder, name), { recursive: true });
    return join(site.folder, name);
  };
  return { site, folder, text: JSON.stringify(site.config([contoso("directory_audits")])) };
}

const count = (stdout: Parameters<typeof wholeLines>[0]) => wholeLines(stdout).length;

describe("the configuration", () => {
  it("comes from standard input for -c -, its state lies in the working folder", async () => {
    const { folder, text } = await siteWithConfig();
    const cwd = folder("work");
    const ended = await run(["pull", "-c", "-"], { cwd, stdin: text });
    expect({ code: ended.code, lines: count(ended.stdout) }, ended.stderr).toEqual({ code: 0, lines: 10 });
    expect(readdirSync(cwd)).toEqual(["state"]);
  });

  it.each([
    [
      "$GRAPHTAP_CONFIG, relative to the working folder",
      "own/my.json",
      { GRAPHTAP_CONFIG: "own/my.json" },
      "own",
    ],
    ["$CONFIG_FILE, in the old container's layout", "config/my.json", { CONFIG_FILE: "my.json" }, "."],
    ["config/config.yaml", "config/config.yaml", {}, "."],
    ["config.yaml", "config.yaml", {}, "."],
  ])("is found by %s", async (_, path, env, home) => {
    const { site, folder, text } = await siteWithConfig();
    folder(join("work", path, ".."));
    const cwd = folder("work");
    writeFileSync(join(cwd, path), text);
    const ended = await run(["pull"], { cwd, env });
    expect({ code: ended.code, lines: count(ended.stdout) }, ended.stderr).toEqual({ code: 0, lines: 10 });
    expect(readdirSync(join(site.folder, "work", home)), "where its state folder is").toContain("state");
  });

  it("of -c wins over $GRAPHTAP_CONFIG, and that over files lying about", async () => {
    const { folder, text } = await siteWithConfig();
    const cwd = folder("work");
    writeFileSync(join(cwd, "good.json"), text);
    writeFileSync(join(cwd, "bad.json"), "inputs: nothing");
    writeFileSync(join(cwd, "config.yaml"), "inputs: nothing");
    const named = await run(["check", "-c", "good.json"], { cwd, env: { GRAPHTAP_CONFIG: "bad.json" } });
    expect(named.stdout.toString()).toMatch(/^good\.json: valid/m);
    const variable = await run(["check"], { cwd, env: { GRAPHTAP_CONFIG: "good.json" } });
    expect(variable.stdout.toString()).toMatch(/^good\.json: valid/m);
  });

  it("takes its secret from the environment or from a file, also after it was rotated", async () => {
    const { site, folder } = await siteWithConfig();
    const cwd = folder("work");
    const file = join(cwd, "secret.txt");
    for (const client_secret of [{ env: "GRAPH_SECRET" }, { file: "secret.txt" }]) {
      const config = JSON.parse(JSON.stringify(site.config([contoso("directory_audits")]))) as {
        inputs: { contoso: { credentials: { client_secret: unknown } } };
      };
      config.inputs.contoso.credentials.client_secret = client_secret;
      writeFileSync(join(cwd, "config.yaml"), JSON.stringify(config));
      const pull = (secret: string) => {
        writeFileSync(file, `${secret}\n`);
        return run(["pull"], { cwd, env: { GRAPH_SECRET: secret } });
      };
      expect((await pull("not this one")).code).toBe(3);
      expect((await pull(CONTOSO.clientSecret)).code).toBe(0);
    }
  });
});

describe("variables", () => {
  it("stand in the configuration, and one that is not set is told with its place", async () => {
    const { folder, text } = await siteWithConfig();
    const cwd = folder("work");
    const written = text.replace(JSON.stringify(CONTOSO.clientSecret), () => '"${GRAPH_SECRET}"')
      .replace('"directory_audits":{', '"directory_audits":{"request_period_in_seconds":"${PERIOD:-600}",');
    writeFileSync(join(cwd, "config.yaml"), written);
    const env = { GRAPH_SECRET: CONTOSO.clientSecret };
    const checked = await run(["check"], { cwd, env });
    expect(checked.stdout.toString()).toMatch(/× directory_audits, every 600 s/);
    const ended = await run(["pull"], { cwd, env });
    expect({ code: ended.code, lines: count(ended.stdout) }, ended.stderr).toEqual({ code: 0, lines: 10 });
    const unset = await run(["pull"], { cwd });
    expect(unset.code).toBe(2);
    expect(unset.stderr).toMatch(/config\.yaml:1:\d+: .*client_secret: .*"GRAPH_SECRET" is not set/);
    const wrong = await run(["check"], { cwd, env: { ...env, PERIOD: "an0ther secret" } });
    expect(wrong.stderr).toMatch(/request_period_in_seconds: found "\$\{PERIOD:-600\}", expected/);
    expect(wrong.stderr + wrong.stdout.toString()).not.toContain("an0ther");
  });

  it("stand in for options", async () => {
    const { site, text } = await siteWithConfig();
    site.emulator.produce("alerts_v2", 5, { from: addSeconds(site.start, 60) });
    const config = JSON.parse(text) as { inputs: { contoso: { services: Record<string, object> } } };
    config.inputs.contoso.services["alerts_v2"] = {};
    writeFileSync(join(site.folder, "config.yaml"), JSON.stringify(config));
    const ended = await run(["pull"], {
      cwd: site.folder,
      env: {
        GRAPHTAP_FORMAT: "devo",
        GRAPHTAP_HOSTNAME: "tap-1",
        GRAPHTAP_SERVICE: "directory_audits",
        GRAPHTAP_STATE: join(site.folder, "elsewhere"),
        GRAPHTAP_LOG_LEVEL: "warn",
      },
    });
    expect({ code: ended.code, stderr: ended.stderr }).toEqual({ code: 0, stderr: "" });
    expect(wholeLines(ended.stdout)).toEqual(
      Array(10).fill(expect.stringMatching(/^<14>\S+ \S+ tap-1 cloud\.azure\.ad\.audit\.2\.msgraph: \{/)),
    );
    expect(readdirSync(site.folder).toSorted()).toEqual(["config.yaml", "elsewhere"]);
  });

  it("that are wrong are refused like options", async () => {
    const ended = await run(["pull"], { env: { GRAPHTAP_FORMAT: "xml" } });
    expect(ended.code).toBe(2);
    expect(ended.stderr).toMatch(/^graphtap: usage: .*"xml", expected one of json, devo, record.*\n$/);
  });

  it("that a terminal would obey is shown, not obeyed", async () => {
    const { site, folder } = await siteWithConfig();
    const cwd = folder("work");
    const evil = "\u001b]0;owned\u0007 \u202egnp.exe";
    const config = site.config([{ ...contoso("directory_audits"), name: evil }]) as { outputs?: object };
    const outputs = { [evil]: { type: "devo_platform", config: { address: evil } } };
    writeFileSync(join(cwd, "config.yaml"), JSON.stringify({ ...config, outputs }));
    const right = await run(["check"], { cwd });
    expect(right.code, right.stderr).toBe(0);
    const wrong = { ...config, outputs: "", inputs: { [evil]: { override_base_url: evil } }, [evil]: 1 };
    writeFileSync(join(cwd, `${evil.slice(-8)}.yaml`), JSON.stringify(wrong));
    const refused = await run(["check", "-c", `${evil.slice(-8)}.yaml`], { cwd });
    expect(refused.code).toBe(2);
    for (const text of [right.stdout.toString(), right.stderr, refused.stderr]) {
      expect(text).not.toMatch(/[^\P{Cc}\n]|\p{Bidi_Control}/u);
    }
    expect(right.stdout.toString()).toContain("\\u001b]0;owned\\u0007");
  });
});
