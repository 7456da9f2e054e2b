/** What an operator gets wrong: one line that says what to do, the right exit code, nothing on standard output. */
import { readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { addSeconds } from "../../src/instant.ts";
import { eventLines, EXACT, tally } from "../support/eventLines.ts";
import { type Ended, run } from "../support/program.ts";
import { onDeno } from "../support/project.ts";
import { CONTOSO, contoso, FABRIKAM, openSite } from "../support/site.ts";
import { tempFolder } from "../support/tempFolder.ts";

/** The refusal itself, and that it came without a stack trace. */
function expectRefusal(ended: Ended, code: number, said: RegExp): void {
  expect({ code: ended.code, stdout: ended.stdout.toString() }).toEqual({ code, stdout: "" });
  expect(ended.stderr).toMatch(said);
  expect(ended.stderr).not.toMatch(/^\s+at |node:internal|file:\/\//m);
}

/** The messages of the log. */
const messages = (stderr: string) =>
  stderr.split("\n").filter((line) => line.startsWith("{")).map((line) =>
    JSON.parse(line) as { level: string; message: string; code?: string; service?: string; input?: string }
  );

describe("the command line", () => {
  it.each([
    ["no command", [], /^Usage|^graphtap/],
    ["an unknown command", ["pul"], /^graphtap: usage: .*"pul".*\n$/],
    [
      "an unknown option",
      ["pull", "--confg", "x"],
      /^graphtap: usage: .*'--confg'.*graphtap pull --help"\n$/,
    ],
    ["a stray word", ["pull", "now"], /^graphtap: usage: "now" is not an option of graphtap pull.*\n$/],
    ["a missing value", ["pull", "--config"], /^graphtap: usage: .*--config.*\n$/],
    [
      "a value that looks like an option",
      ["pull", "--deadline", "-1"],
      /^graphtap: usage: .*--deadline.*graphtap pull --help"\n$/,
    ],
    [
      "a wrong choice",
      ["pull", "--format", "xml"],
      /^graphtap: usage: --format is "xml", expected one of json, devo, record.*\n$/,
    ],
    [
      "an unknown sink",
      ["pull", "-c", "CONFIG", "--to", "kafka"],
      /^graphtap: usage: --to .*"kafka", expected stdout.*\n$/,
    ],
    [
      "an unknown service",
      ["pull", "-c", "CONFIG", "--service", "sigIns"],
      /^graphtap: usage: --service "sigIns" .*: directory_audits.*graphtap pull --help"\n$/,
    ],
    [
      "an unknown service of another command",
      ["exec", "-c", "CONFIG", "--service", "sigIns"],
      /^graphtap: usage: --service "sigIns" .*graphtap exec --help"\n$/,
    ],
    [
      "a wrong figure of another command",
      ["pull", "-c", "CONFIG", "--to", "file:x", "--rotate-bytes", "many"],
      /^graphtap: usage: --rotate-bytes is "many".*graphtap pull --help"\n$/,
    ],
    [
      "an unknown sink of a replay",
      [
        ...["replay", "-c", "CONFIG", "--from", "2026-01-01T00:00:00Z", "--to", "2026-01-02T00:00:00Z"],
        ...["--sink", "kafka"],
      ],
      /^graphtap: usage: --sink begins with "kafka", expected stdout.*graphtap replay --help"\n$/,
    ],
    [
      "an unknown input",
      ["pull", "-c", "CONFIG", "--input", "contso"],
      /^graphtap: usage: --input "contso" .*: contoso.*\n$/,
    ],
    [
      "a senseless deadline",
      ["pull", "-c", "CONFIG", "--deadline", "soon"],
      /^graphtap: usage: --deadline is "soon".*\n$/,
    ],
    [
      "an unknown action",
      ["state", "forget", "--state", "."],
      /^graphtap: usage: "forget" is not an action; there are show, reset.*\n$/,
    ],
  ])("refuses %s", async (_, words, said) => {
    const site = await openSite();
    const config = site.write([contoso("directory_audits")]);
    expectRefusal(await run(words.map((word) => word === "CONFIG" ? config : word)), 2, said);
  });
});

it.runIf(onDeno)("Deno without the right to tell the machine's name: what to do instead", async () => {
  const site = await openSite();
  const ended = await run(["pull", "-c", site.write([contoso("directory_audits")]), "--format", "devo"]);
  expectRefusal(
    ended,
    2,
    /^graphtap: usage: --format devo .*--allow-sys=hostname, or give --hostname NAME.*\n$/,
  );
});

describe("the configuration", () => {
  it("that is not there", async () => {
    const ended = await run(["pull", "-c", "/nonexistent/config.yaml"]);
    expectRefusal(
      ended,
      75,
      /^graphtap: config-missing: Cannot read configuration "\/nonexistent\/config.yaml": there is no such file\n$/,
    );
  });

  it("that $CONFIG_FILE names: nothing else is taken in its place", async () => {
    const site = await openSite();
    site.write([contoso("directory_audits")]);
    const ended = await run(["pull"], { cwd: site.folder, env: { CONFIG_FILE: "mine.yaml" } });
    expectRefusal(ended, 75, /^graphtap: config-missing: .*"config\/mine.yaml": there is no such file\n$/);
  });

  it("whose secret is not there yet, and nothing else is wrong", async () => {
    const site = await openSite();
    const config = site.write([contoso("directory_audits")]);
    const secret = JSON.stringify({ file: "secret" });
    const text = readFileSync(config, "utf8").replace(JSON.stringify(CONTOSO.clientSecret), secret);
    writeFileSync(config, text);
    expectRefusal(
      await run(["run", "-c", config]),
      75,
      /^graphtap: secret-missing: .* has 1 error\n.*client_secret\.file: cannot read file ".*" \(ENOENT\)\n$/,
    );
    writeFileSync(config, text.replace('"inputs"', '"x": 1, "outputs": [], "inputs"'));
    expectRefusal(await run(["run", "-c", config]), 2, /^graphtap: config-invalid: /);
  });

  it.each(["mine.yaml", "mine.mjs"])("whose plugin %s is not there yet", async (plugin) => {
    const site = await openSite();
    const config = site.write([contoso("directory_audits")], { plugins: [plugin] });
    const said = new RegExp(
      `^graphtap: plugin-missing: Cannot load plugin "${plugin}": there is no such file\n$`,
      "m",
    );
    expectRefusal(await run(["run", "-c", config]), 75, said);
    writeFileSync(join(site.folder, plugin), plugin.endsWith("yaml") ? "- [" : 'import "./not-there.mjs";');
    expectRefusal(await run(["run", "-c", config]), 2, /^graphtap: plugin-invalid: Cannot load plugin /m);
  });

  it("that nobody named", async () => {
    const ended = await run(["pull"], { cwd: tempFolder() });
    expectRefusal(ended, 2, /^graphtap: config-unreadable: Cannot find a configuration: .*-c FILE.*\n$/);
  });

  it("that is no text", async () => {
    const file = join(tempFolder(), "config.yaml");
    writeFileSync(file, new Uint8Array([0xff, 0xfe, 0, 1]));
    expectRefusal(await run(["pull", "-c", file]), 2, /config-unreadable: .*it is not UTF-8 text\n$/);
  });

  it("that is longer than any configuration, or has no end", async () => {
    const file = join(tempFolder(), "config.yaml");
    writeFileSync(file, "");
    truncateSync(file, 17 * 1024 * 1024);
    const tooLong =
      /^graphtap: config-unreadable: Cannot read configuration ".*": it is longer than 16 MiB\n$/;
    // Deno opens no device without every permission.
    for (const name of onDeno ? [file] : [file, "/dev/zero"]) {
      expectRefusal(await run(["check", "-c", name]), 2, tooLong);
    }
    expectRefusal(await run(["check", "-c", "-"], { stdin: "# more\n".repeat(2 ** 22) }), 2, tooLong);
  });

  it("whose secret is in a file of that kind", async () => {
    const site = await openSite();
    const secret = join(site.folder, "secret");
    writeFileSync(secret, "");
    truncateSync(secret, 17 * 1024 * 1024);
    const config = site.write([contoso("directory_audits")]);
    const text = readFileSync(config, "utf8").replace(
      JSON.stringify(CONTOSO.clientSecret),
      JSON.stringify({ file: secret }),
    );
    writeFileSync(config, text);
    expectRefusal(
      await run(["check", "-c", config]),
      2,
      /has 1 error\n.*client_secret\.file: cannot read file ".*": it is too long to be a secret\n$/,
    );
  });

  it("that has several mistakes: all of them, each with its place", async () => {
    const folder = tempFolder();
    const file = join(folder, "config.yaml");
    writeFileSync(
      file,
      `inputs:
  one:
    id: "1"
    credentials: {tenant_id: <tenant_id_value>, client_id: ${CONTOSO.clientId}, client_secret: secret}
    services:
      signIn_v2: {}
      directory_audits: {request_period_in_seconds: 5, start_time_in_utc: yesterday}
  two:
    id: "2"
    credentials: {tenant_id: ${CONTOSO.tenantId}, client_id: ${CONTOSO.clientId}, client_secret: {env: NO_SUCH}}
    services: {alerts: {}}
`,
    );
    for (const command of ["pull", "check"]) {
      const ended = await run([command, "-c", file]);
      expectRefusal(ended, 2, /^graphtap: config-invalid: .*has 5 errors\n/);
      for (
        const place of [
          /:4:\d+.*tenant_id/,
          /:6:\d+.*signIn_v2.*signIns_v2/,
          /:7:\d+.*request_period/,
          /:7:\d+.*start_time/,
          /:10:\d+.*NO_SUCH/,
        ]
      ) {
        expect(ended.stderr).toMatch(place);
      }
    }
  });
});

describe("the credentials", () => {
  it("with a wrong secret: what to do, and the secret nowhere", async () => {
    const site = await openSite();
    const wrong = { ...CONTOSO, clientSecret: "Wr0ng~secret+with&signs" };
    const config = site.write([{ ...contoso("directory_audits", "alerts_v2"), tenant: wrong }], {
      debug: true,
    });
    const ended = await run(["pull", "-c", config]);
    expectRefusal(ended, 3, /token-refused/);
    const errors = messages(ended.stderr).filter(({ level }) => level === "error");
    // It lies with the input: one line, however many services it has.
    expect(errors.map(({ input }) => input)).toEqual(["contoso"]);
    expect(errors[0]?.message).toMatch(
      /AADSTS7000215; put the secret's "Value" into client_secret, not its "Secret ID"; Entra says: "Invalid client secret provided\. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app …"$/,
    );
    for (const secret of [wrong.clientSecret, encodeURIComponent(wrong.clientSecret), "Wr0ng"]) {
      expect(ended.stderr).not.toContain(secret);
    }
  });

  it("with an unknown tenant", async () => {
    const site = await openSite();
    const nobody = { ...CONTOSO, tenantId: "00000000-0000-4000-8000-000000000000" };
    const config = site.write([{ ...contoso("directory_audits"), tenant: nobody }]);
    expectRefusal(await run(["pull", "-c", config]), 3, /AADSTS90002; tenant_id names no tenant/);
  });

  it("without a permission for one of two services: the other's records leave, exit code 1", async () => {
    const site = await openSite({ tenants: [{ ...CONTOSO, permissions: ["AuditLog.Read.All"] }] });
    site.emulator.produce("directoryAudits", 20, { from: addSeconds(site.start, 60) });
    site.emulator.produce("alerts_v2", 20, { from: addSeconds(site.start, 60) });
    const ended = await run(["pull", "-c", site.write([contoso("directory_audits", "alerts_v2")])]);
    expect(ended.code).toBe(1);
    expect(tally(site.records("directory_audits"), eventLines(ended.stdout).map(({ record }) => record)))
      .toEqual(EXACT);
    const [error, ...more] = messages(ended.stderr).filter(({ level }) => level === "error");
    expect(more).toEqual([]);
    expect(error).toMatchObject({ code: "graph-forbidden", service: "alerts_v2" });
    expect(error!.message).toMatch(
      /grant the application permission SecurityAlert.Read.All with admin consent/,
    );
  });

  it("without the permission for the only service: exit code 3", async () => {
    const site = await openSite({ tenants: [{ ...CONTOSO, permissions: [] }] });
    const ended = await run(["pull", "-c", site.write([contoso("directory_audits")])]);
    expectRefusal(ended, 3, /grant the application permission AuditLog.Read.All with admin consent/);
  });

  it("of a tenant without the licence: exit code 3, and what it needs", async () => {
    const site = await openSite({ tenants: [{ ...CONTOSO, premium: false }] });
    const ended = await run(["pull", "-c", site.write([contoso("signIns")])]);
    expectRefusal(ended, 3, /graph-unlicensed.*|needs Microsoft Entra ID P1 or P2/);
  });

  it("wrong for one of two tenants: the other's records leave", async () => {
    const site = await openSite();
    site.emulator.produce("directoryAudits", 5, {
      from: addSeconds(site.start, 60),
      tenantId: FABRIKAM.tenantId,
    });
    const wrong = { ...contoso("directory_audits"), tenant: { ...CONTOSO, clientSecret: "wrong" } };
    const right = { ...contoso("directory_audits"), name: "fabrikam", id: "2", tenant: FABRIKAM };
    const ended = await run(["pull", "-c", site.write([wrong, right])]);
    expect(ended.code).toBe(1);
    expect(eventLines(ended.stdout).map(({ input }) => input)).toEqual(Array(5).fill("fabrikam"));
  });
});
