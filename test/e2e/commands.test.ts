/** Every command and how it is told what to do: words, variables, files. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { plugins } from "../../plugins/index.ts";
import { addSeconds } from "../../src/instant.ts";
import { eventLines, EXACT, tally, wholeLines } from "../support/eventLines.ts";
import { lastWord } from "../support/lastWord.ts";
import { HANG_MS, run, start } from "../support/program.ts";
import { projectFolder } from "../support/project.ts";
import { tempFolder } from "../support/tempFolder.ts";
import { COLLECTIONS, CONTOSO, contoso, openSite } from "../support/site.ts";

const GUID = "b81d6f04-2a7e-4c39-9e55-0c3f1d8a6e77";

/** Ten audits and ten alerts. */
async function smallSite() {
  const site = await openSite();
  site.emulator.produce("directoryAudits", 10, { from: addSeconds(site.start, 60) });
  site.emulator.produce("alerts_v2", 10, { from: addSeconds(site.start, 60) });
  return { site, config: site.write([contoso("directory_audits", "alerts_v2")]) };
}

const servicesIn = (stdout: { toString(): string }) =>
  stdout.toString().split("\n").slice(0, -1).map((line) => (JSON.parse(line) as { service: string }).service);

describe("help", () => {
  it("is there for the program and for each of its commands, by both spellings", async () => {
    const overview = await run(["--help"]);
    expect(overview).toMatchObject({ code: 0, stderr: "" });
    const commands = [...overview.stdout.toString().matchAll(/^ {2}([a-z]+) /gm)].map(([, name]) => name!);
    expect(commands).toEqual(
      expect.arrayContaining(["run", "pull", "check", "state", "services", "schema", "demo"]),
    );
    for (const command of commands) {
      const [asked, other] = await Promise.all([run([command, "--help"]), run(["help", command])]);
      expect(asked).toMatchObject({ code: 0, stderr: "" });
      expect(asked.stdout.toString()).toMatch(new RegExp(`^graphtap ${command}\\b[^]*--help`));
      expect(other.stdout.toString()).toBe(asked.stdout.toString());
    }
  });

  it("names the variable of each option, and the version is package.json's", async () => {
    const help = (await run(["pull", "-h"])).stdout.toString();
    expect(help).toMatch(/--log-level LEVEL .*\[\$GRAPHTAP_LOG_LEVEL\]/);
    const { version } = JSON.parse(readFileSync(join(projectFolder, "package.json"), "utf8")) as {
      version: string;
    };
    expect((await run(["--version"])).stdout.toString()).toBe(`graphtap ${version}\n`);
    const verbose = await run(["-v"]);
    expect(verbose.code).toBe(2);
    expect(verbose.stderr).toContain("--version is the version");
  });
});

describe("graphtap check", () => {
  it("says that a configuration is valid, what it will read, and asks nobody", async () => {
    const { site, config } = await smallSite();
    const checked = await run(["check", "-c", config]);
    expect({ code: checked.code, stderr: checked.stderr }).toEqual({ code: 0, stderr: "" });
    expect(checked.stdout.toString()).toMatch(
      /config\.yaml: valid; 2 streams\n {2}contoso × directory_audits, every 300 s, from /,
    );
    expect(site.emulator.requests).toEqual([]);
  });
});

describe("graphtap check --json", () => {
  /** What it prints, which keeps to the schema that `graphtap schema check` prints. */
  async function report(config: string) {
    const [checked, schema] = await Promise.all([
      run(["check", "--json", "-c", config]),
      run(["schema", "check"]),
    ]);
    const found: unknown = JSON.parse(checked.stdout.toString());
    const shape = z.fromJSONSchema(JSON.parse(schema.stdout.toString()) as z.core.JSONSchema.JSONSchema);
    expect(shape.safeParse(found).error).toBeUndefined();
    return { code: checked.code, stderr: checked.stderr, report: found };
  }

  it("gives each problem its place, key, code and words, with the exit code of a check", async () => {
    const config = join(tempFolder(), "wrong.yaml");
    writeFileSync(
      config,
      `globals: {colour: blue}
inputs:
  contoso:
    id: 1
    credentials: {tenant_id: a.example, client_id: "${GUID}", client_secret: {file: none}}
    services:
      alerts_v2: {request_period_in_seconds: often}
`,
    );
    const service = "inputs.contoso.services.alerts_v2";
    expect(await report(config)).toMatchObject({
      code: 2,
      stderr: "",
      report: {
        valid: false,
        problems: [
          { file: config, line: 1, column: 11, key: "globals.colour", severity: "warning", code: null },
          { line: 5, key: "inputs.contoso.credentials.client_secret.file", code: "secret-missing" },
          {
            line: 7,
            column: 46,
            key: `${service}.request_period_in_seconds`,
            severity: "error",
            code: "config-invalid",
            message: 'found "often", expected a whole number of seconds, 60 or more',
          },
        ],
        streams: [],
      },
    });
  });

  it("lists the streams of a valid file, and reports one that is missing, too", async () => {
    const { config } = await smallSite();
    expect(await report(config)).toMatchObject({
      code: 0,
      report: {
        valid: true,
        problems: [{ severity: "warning", code: null }],
        streams: [{ input: "contoso", service: "directory_audits" }, {}],
      },
    });
    expect(await report("missing.yaml")).toMatchObject({
      code: 75,
      stderr: "",
      report: { valid: false, problems: [{ file: "missing.yaml", line: null, code: "config-missing" }] },
    });
  });
});

describe("graphtap services", () => {
  it("lists every service with path, permissions and tag", async () => {
    const text = (await run(["services"])).stdout.toString();
    const json = JSON.parse((await run(["services", "--json"])).stdout.toString()) as {
      service: string;
      path: string;
      permissions: string[];
    }[];
    expect(json.map(({ service }) => service)).toEqual(plugins.map(({ service }) => service));
    for (const { service, path, permissions } of json) {
      expect(text).toMatch(new RegExp(`^${service}: `, "m"));
      expect(text).toContain(path);
      expect(text).toContain(permissions.join(", "));
    }
    expect(text).toContain("cloud.azure.ad.signin.{generation}.msgraph");
  });
});

describe("graphtap schema", () => {
  it("prints a JSON Schema that knows the services", async () => {
    const { code, stdout } = await run(["schema"]);
    expect(code).toBe(0);
    const schema = JSON.parse(stdout.toString()) as { $schema: string; properties: object };
    expect(schema.$schema).toMatch(/json-schema\.org/);
    expect(Object.keys(schema.properties)).toEqual(expect.arrayContaining(["globals", "inputs"]));
    for (const service of Object.keys(COLLECTIONS)) expect(stdout.toString()).toContain(`"${service}"`);
  });

  it("prints those of what others read, and names them all", async () => {
    const title = async (name: string) =>
      (JSON.parse((await run(["schema", name])).stdout.toString()) as { title: string }).title;
    expect(await title("check")).toBe("What graphtap check --json prints");
    expect(await title("status")).toBe("Status of graphtap");
    const { code, stderr } = await run(["schema", "colours"]);
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("expected one of config, plugin, check, status"),
    });
  });
});

describe("graphtap state", () => {
  it("shows positions beside a running process, and resets them after it", async () => {
    const { site, config } = await smallSite();
    const running = start(["run", "-c", config]);
    await running.until(() => running.stderr.split('"pull done"').length > 2, "both polls");

    const table = (await run(["state", "show", "-c", config])).stdout.toString();
    expect(table).toMatch(
      /^contoso \(id 10001\)\nSERVICE .*\nalerts_v2 .* 10 .*\n .*\ndirectory_audits .* 10 /,
    );
    const rows = JSON.parse(
      (await run(["state", "show", "--json", "--state", site.state])).stdout.toString(),
    ) as object[];
    expect(rows).toMatchObject([
      { input_id: "10001", service: "alerts_v2", records: 10, seen: 10 },
      { input_id: "10001", service: "directory_audits", records: 10, seen: 10 },
    ]);
    const refused = await run(["state", "reset", "-c", config]);
    expect(refused.code).toBe(5);
    expect(refused.stderr).toMatch(/^graphtap: state-in-use: [^\n]*\n$/);
    running.kill("SIGTERM");
    expect(await running.exited).toBe(0);

    const reset = await run(["state", "reset", "-c", config, "--input", "contoso", "--service", "alerts_v2"]);
    expect(reset).toMatchObject({ code: 0, stderr: expect.stringMatching(/^reset contoso × alerts_v2: /) });
    expect(servicesIn((await run(["pull", "-c", config])).stdout)).toEqual(Array(10).fill("alerts_v2"));
  });

  it("has nothing to show before the first poll, and makes nothing", async () => {
    const { site, config } = await smallSite();
    expect((await run(["state", "show", "-c", config])).stdout.toString()).toBe("no positions yet\n");
    expect((await run(["state", "show", "--json", "--state", `${site.folder}/none`])).stdout.toString()).toBe(
      "[]\n",
    );
  });
});

describe("graphtap pull", () => {
  it("pulls only the services that are named, by any of their names", async () => {
    const { config } = await smallSite();
    const pull = (...words: string[]) => run(["pull", "-c", config, ...words]);
    expect(servicesIn((await pull("--service", "audit")).stdout)).toEqual(Array(10).fill("directory_audits"));
    const rest = await pull("--service", "directory_audits", "--service", "alerts_v2", "--input", "contoso");
    expect(servicesIn(rest.stdout)).toEqual(Array(10).fill("alerts_v2"));
  });

  it("--due asks for nothing when nothing is due", async () => {
    const { site, config } = await smallSite();
    expect(wholeLines((await run(["pull", "--due", "-c", config])).stdout).length).toBe(20);
    const asked = site.emulator.requests.length;
    const second = await run(["pull", "--due", "-c", config]);
    expect({ code: second.code, stdout: second.stdout.toString(), stderr: second.stderr }).toEqual({
      code: 0,
      stdout: "",
      stderr: "",
    });
    expect(site.emulator.requests.length).toBe(asked);
  });

  it("--deadline ends in order in the middle of a page", async () => {
    const { site, config } = await smallSite();
    const stall = site.emulator.faults.add({
      match: { collection: "alerts_v2", times: "always" },
      do: { kind: "stall", afterBytes: 2000 },
    });
    const first = await run(["pull", "-c", config, "--deadline", "1"]);
    expect(first).toMatchObject({ code: 0 });
    expect(lastWord(first.stderr)).toMatchObject({ said: "ended: the deadline was reached", exit_code: 0 });
    expect(first.lastedMs).toBeGreaterThan(1000);
    expect(first.lastedMs).toBeLessThan(HANG_MS);
    stall.remove();
    const second = await run(["pull", "-c", config]);
    const lines = [first, second].flatMap(({ stdout }) => eventLines(stdout));
    expect(
      tally(
        site.records("alerts_v2").concat(site.records("directory_audits")),
        lines.map(({ record }) => record),
      ),
    )
      .toEqual(EXACT);
    expect(lines.length).toBe(20);
  });

  it("--deadline is no good end for a stream whose every request failed", async () => {
    const { site, config } = await smallSite();
    const match = { collection: "alerts_v2", times: "always" } as const;
    const down = site.emulator.faults.add({ match, do: { kind: "status", status: 503 } });
    const { code, stdout, stderr } = await run(["pull", "-c", config, "--deadline", "3"]);
    expect(code).toBe(1);
    expect(lastWord(stderr)).toMatchObject({ code: "graph-unavailable", exit_code: 1 });
    expect(eventLines(stdout)).toHaveLength(site.records("directory_audits").length);
    down.remove();
    expect(await run(["pull", "-c", config, "--deadline", "30"])).toMatchObject({ code: 0 });
  });
});

describe("the log", () => {
  it("is text, JSON or ECS, as much as asked for, and shows no secret at any level", async () => {
    const { config } = await smallSite();
    const pull = (...words: string[]) => run(["pull", "-c", config, ...words]);
    const text = await pull("--log-format", "text", "--log-level", "debug");
    expect(text.stderr).toMatch(/^\d{4}-\d\d-\d\dT\S+Z debug request input=contoso .*status=200/m);
    expect(text.stderr).toMatch(/ info {2}pull done .*sent=10/);
    expect(text.stderr).toMatch(/\n\S+ info {2}ended: done exit_code=0\n$/);
    const { clientSecret } = CONTOSO;
    for (const hidden of [clientSecret, encodeURIComponent(clientSecret), "Bearer", "eyJ"]) {
      expect(text.stderr).not.toContain(hidden);
    }
    expect((await pull("-v", "--log-format", "text")).stderr).toMatch(/ debug request .*status=200/);
    expect((await pull("--log-level", "error")).stderr).toBe("");
    const ecs = (await pull("--log-format", "ecs")).stderr.split("\n").slice(0, -1);
    expect(JSON.parse(ecs.at(-1)!)).toMatchObject({ "message": "ended: done", "process.exit_code": 0 });
    for (const line of ecs) expect(JSON.parse(line)).toMatchObject({ "log.level": "info" });
    for (const line of (await pull()).stderr.split("\n").slice(0, -1)) {
      expect(JSON.parse(line)).toMatchObject({ level: "info" });
    }
  });
});
