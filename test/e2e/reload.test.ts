/** A configuration that is read again while the program runs, by SIGHUP or POST /v1/reload: what it touches, and what not. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { plugins } from "../../plugins/index.ts";
import { addSeconds, fromMillis } from "../../src/instant.ts";
import { eventLines, EXACT, tally } from "../support/eventLines.ts";
import { lastWord } from "../support/lastWord.ts";
import { start } from "../support/program.ts";
import { ask, serve, type Serving } from "../support/serving.ts";
import { CONTOSO, contoso, FABRIKAM, type InputPlan, openSite } from "../support/site.ts";

type Settings = Readonly<Record<string, unknown>>;

const fabrikam = (settings: Settings = {}): InputPlan => ({
  name: "fabrikam",
  id: "10002",
  tenant: FABRIKAM,
  services: { directory_audits: settings },
});
const contosoWith = (settings: Settings): InputPlan => ({
  ...contoso(),
  services: { directory_audits: settings },
});

async function filledSite(count = 20) {
  const site = await openSite();
  for (const { tenantId } of [CONTOSO, FABRIKAM]) {
    const range = { from: addSeconds(site.start, 60), to: addSeconds(site.start, 3000) };
    site.emulator.produce("directoryAudits", count, { ...range, tenantId });
  }
  const askedOf = ({ tenantId }: { tenantId: string }) =>
    site.emulator.requests.filter((one) => one.tenantId === tenantId && one.collection === "directoryAudits");
  const tokensOf = ({ tenantId }: { tenantId: string }) =>
    site.emulator.requests.filter(({ path, collection }) => collection === "token" && path.includes(tenantId))
      .length;
  return { site, askedOf, tokensOf };
}

const reload = ({ url }: Serving) => ask(`${url}/v1/reload`, { method: "POST" });
const json = ({ body }: { body: { toString(): string } }) =>
  JSON.parse(body.toString()) as Record<string, unknown>;
describe("a reload", () => {
  it("goes by a poll in flight of a stream that stays, and asks for no token again", async () => {
    const { site, askedOf, tokensOf } = await filledSite();
    const slow = site.emulator.faults.add({
      match: { collection: "directoryAudits", tenantId: CONTOSO.tenantId },
      do: { kind: "delay", ms: 2500 },
    });
    const running = start(["run", "-c", site.write([contoso("directory_audits")])]);
    await running.until(() => slow.hits > 0, "the request that is slow");
    site.write([contoso("directory_audits"), fabrikam()]);
    running.kill("SIGHUP");
    await running.until(() => running.lines >= 20, "the records of fabrikam");
    const before = askedOf(CONTOSO).map(({ status }) => status);
    expect(before, "it is still under way").toEqual([0]);
    await running.until(() => running.lines === 40, "the records of contoso");
    running.kill("SIGTERM");
    const { code, stdout } = await running.ended;
    expect(code).toBe(0);
    const all = [CONTOSO, FABRIKAM].flatMap((tenant) => site.records("directory_audits", tenant));
    expect(tally(all, eventLines(stdout).map(({ record }) => record))).toEqual(EXACT);
    expect(askedOf(CONTOSO).map(({ status }) => status)).not.toContain(0);
    expect([tokensOf(CONTOSO), tokensOf(FABRIKAM)]).toEqual([1, 1]);
  });

  it("lets streams that stay keep their pace, however often it comes", async () => {
    const { site, askedOf, tokensOf } = await filledSite();
    const plans = (
      mask: string,
    ) => [contoso("directory_audits"), fabrikam({ obfuscation_data: [{ name: [mask] }] })];
    const serving = await serve(["-c", site.write(plans("activityDisplayName"))]);
    const polled = () => serving.stderr.split('"pull done"').length - 1;
    await serving.until(() => polled() === 2, "the first polls");
    const nextPoll = async () => {
      const { streams } = json(await ask(`${serving.url}/v1/status`)) as {
        streams: Record<string, string>[];
      };
      return streams.find(({ input }) => input === "contoso")!["next_poll"];
    };
    const [asked, next] = [askedOf(CONTOSO).length, await nextPoll()];
    for (let reloads = 1; reloads <= 6; reloads++) {
      site.write(plans(reloads % 2 === 0 ? "activityDisplayName" : "category"));
      expect(json(await reload(serving))).toMatchObject({ changed: { count: 1 }, unchanged: { count: 1 } });
      // A stream that is begun anew is polled at once.
      await serving.until(() => polled() === 2 + reloads, "the poll of fabrikam");
    }
    expect([askedOf(CONTOSO).length, await nextPoll()]).toEqual([asked, next]);
    expect([tokensOf(CONTOSO), tokensOf(FABRIKAM)]).toEqual([1, 1]);
    serving.kill("SIGTERM");
    expect((await serving.ended).code).toBe(0);
  });

  it("begins with a tenant, changes a mask, and lets a tenant go, whose position stays", async () => {
    const { site, askedOf } = await filledSite();
    const serving = await serve(["-c", site.write([contoso("directory_audits")])]);
    await serving.until(() => serving.lines === 20, "the records of contoso");

    site.write([contoso("directory_audits"), fabrikam()]);
    expect(json(await reload(serving))).toMatchObject({
      added: { count: 1, streams: [{ input: "fabrikam", service: "directory_audits" }] },
      removed: { count: 0, streams: [] },
      changed: { count: 0 },
      unchanged: { count: 1, streams: [{ input: "contoso", service: "directory_audits" }] },
    });
    await serving.until(() => serving.lines === 40, "the records of fabrikam");

    const mask = { obfuscation_data: [{ name: ["activityDisplayName"], value: "hidden" }] };
    site.write([contosoWith(mask), fabrikam()]);
    expect(json(await reload(serving))).toMatchObject({ changed: { count: 1 }, unchanged: { count: 1 } });
    const gone = askedOf(FABRIKAM).length;
    site.write([contosoWith(mask)]);
    expect(json(await reload(serving))).toMatchObject({ removed: { count: 1 }, unchanged: { count: 1 } });
    expect(existsSync(join(site.state, "10002", "directory_audits", "checkpoint.json"))).toBe(true);
    const status = json(await ask(`${serving.url}/v1/status`)) as {
      streams: { input: string; sent: number }[];
    };
    expect(status.streams.map(({ input, sent }) => [input, sent]), "counted on").toEqual([["contoso", 20]]);

    const now = fromMillis(Date.now());
    site.emulator.produce("directoryAudits", 5, { from: now, to: now, tenantId: CONTOSO.tenantId });
    site.write([contosoWith({ ...mask, request_period_in_seconds: 600 })]);
    await reload(serving);
    await serving.until(() => serving.lines === 45, "what came meanwhile");
    expect(askedOf(FABRIKAM).length).toBe(gone);

    site.write([contoso("directory_audits"), fabrikam()]);
    await reload(serving);
    await serving.until(() => askedOf(FABRIKAM).length > gone, "fabrikam is asked again");
    serving.kill("SIGTERM");
    const { code, stdout } = await serving.ended;
    expect(code).toBe(0);
    const lines = eventLines(stdout).map(({ record }) => record);
    expect(lines).toHaveLength(45);
    expect(lines.filter((record) => record.includes('"activityDisplayName":"hidden"'))).toHaveLength(5);
  });

  it("with a problem changes nothing, and says so in log, page, status and metric, until it is mended", async () => {
    const { site } = await filledSite();
    const config = site.write([contoso("directory_audits")]);
    const serving = await serve(["-c", config]);
    await serving.until(() => serving.lines === 20, "the records of contoso");
    const successful = async () => (await ask(`${serving.url}/metrics`)).body.toString();
    const SECRET = "S3CR3T~that-nobody-may-see";
    writeFileSync(
      config,
      `inputs:\n  a: {id: 1, credentials: {client_secret: "${SECRET}"}, services: {signIns: 7}}\n  b: 7\n`,
    );
    const refused = await reload(serving);
    expect([refused.status, refused.headers["content-type"]]).toEqual([422, "application/problem+json"]);
    const { code, problems } = json(refused) as { code: string; problems: Record<string, unknown>[] };
    expect(code).toBe("config-invalid");
    expect(problems).toContainEqual(
      expect.objectContaining({ file: config, line: 3, column: 6, key: "inputs.b" }),
    );
    const page = (await ask(`${serving.url}/`)).body.toString();
    expect(page).toContain("The configuration that was read last is not used");
    const status = json(await ask(`${serving.url}/v1/status`));
    expect(status).toMatchObject({ verdict: "late", configuration: { problem: { code: "config-invalid" } } });
    expect(await successful()).toContain("graphtap_config_last_reload_successful 0\n");
    expect(serving.stderr).toContain(
      "POST /v1/reload: the configuration is not used, and what ran goes on: ",
    );
    for (const text of [serving.stderr, refused.body.toString(), page, JSON.stringify(status)]) {
      expect(text).not.toContain(SECRET);
    }

    site.write([contoso("directory_audits"), fabrikam()]);
    expect((await reload(serving)).status).toBe(200);
    await serving.until(() => serving.lines === 40, "the records of fabrikam");
    expect(json(await ask(`${serving.url}/v1/status`))).toMatchObject({ configuration: { problem: null } });
    expect(await successful()).toContain("graphtap_config_last_reload_successful 1\n");
    serving.kill("SIGTERM");
    expect((await serving.ended).code).toBe(0);
  });

  it("that finds no file keeps what ran; of several at once the last one holds, and a stop wins over all", async () => {
    const { site } = await filledSite();
    const config = site.write([contoso("directory_audits")]);
    const serving = await serve(["-c", config]);
    await serving.until(() => serving.lines === 20, "the records of contoso");
    rmSync(config);
    const missing = await reload(serving);
    expect(missing.status).toBe(422);
    expect(json(missing)).toMatchObject({ code: "config-missing", problems: [{ file: config, line: null }] });
    site.write([contoso("directory_audits"), fabrikam()]);
    const answers = (await Promise.all([1, 2, 3].map(() => reload(serving)))).map(json);
    expect(answers.map(({ added }) => (added as { count: number }).count).toSorted()).toEqual([0, 0, 1]);
    await serving.until(() => serving.lines === 40, "the records of fabrikam");
    site.write([contoso("directory_audits")]);
    serving.kill("SIGHUP");
    serving.kill("SIGTERM");
    const { code, stderr } = await serving.ended;
    expect(code).toBe(0);
    expect(lastWord(stderr)).toMatchObject({ said: "ended: stopped by SIGTERM" });
  });

  it("that is asked for while the program starts is done when it has started", async () => {
    const { site } = await filledSite();
    const [begun, slow] = [join(site.folder, "begun"), join(site.folder, "slow.mjs")];
    writeFileSync(
      slow,
      `import { writeFileSync } from "node:fs";
      writeFileSync(${JSON.stringify(begun)}, "");
      await new Promise((resolve) => setTimeout(resolve, 1500));
      export default ${JSON.stringify(plugins.find(({ service }) => service === "secure_scores"))};`
        .replace('"service":"secure_scores"', '"service":"slow_scores"').replace(/"aliases":\[[^\]]*\],/, ""),
    );
    const write = (plans: readonly InputPlan[]) => {
      const config = site.config(plans) as { globals: object };
      const file = join(site.folder, "config.yaml");
      writeFileSync(
        file,
        JSON.stringify({ ...config, globals: { ...config.globals, plugins: ["./slow.mjs"] } }),
      );
      return file;
    };
    const running = start(["run", "-c", write([contoso("directory_audits")])]);
    await running.until(() => existsSync(begun), "the text was read");
    write([contoso("directory_audits"), fabrikam()]);
    running.kill("SIGHUP");
    await running.until(() => running.lines === 40, "the records of fabrikam");
    expect(running.stderr).toContain("SIGHUP: the configuration has changed");
    running.kill("SIGTERM");
    expect((await running.ended).code).toBe(0);
  });

  it("of many files lets others have their turn", async () => {
    const { site } = await filledSite();
    const folder = join(site.folder, "tenants");
    mkdirSync(folder);
    const { globals } = site.config([]);
    writeFileSync(join(folder, "globals.yaml"), JSON.stringify({ globals }));
    for (let index = 0; index < 600; index++) {
      const { inputs } = site.config([{ ...contoso("signIns"), name: `tenant_${index}`, id: `2${index}` }]);
      writeFileSync(join(folder, `${index}.yaml`), JSON.stringify({ inputs }, null, 2));
    }
    const serving = await serve(["--no-poll", "-c", folder]);
    let isRead = false;
    const reading = reload(serving).finally(() => isRead = true);
    let answered = 0;
    for (; !isRead; answered++) await ask(`${serving.url}/healthz`);
    expect(json(await reading)).toMatchObject({ unchanged: { count: 600 } });
    expect(answered, "one after the other, while the files are read").toBeGreaterThan(2);
  });

  it("is refused to who has no token, and is a POST", async () => {
    const { site } = await filledSite();
    const serving = await serve(["-c", site.write([contoso("directory_audits")])]);
    const authorization = "Bearer not-the-one";
    const stranger = await ask(`${serving.url}/v1/reload`, { method: "POST", headers: { authorization } });
    expect(stranger.status).toBe(401);
    expect((await ask(`${serving.url}/v1/reload`)).status).toBe(404);
    expect(serving.stderr).not.toContain("no stream has changed");
  });

  it("is not needed for a secret that is renewed", async () => {
    const { site } = await filledSite();
    const file = join(site.folder, "secret.txt");
    writeFileSync(file, "not this one\n");
    const credentials = { client_secret: { file } };
    const config = site.write([{ ...contoso("directory_audits"), credentials }]);
    const serving = await serve(["--no-poll", "-c", config]);
    const pull = () => ask(`${serving.url}/v1/pull`);
    expect(json(await pull())).toMatchObject({ code: "token-refused" });
    writeFileSync(file, `${CONTOSO.clientSecret}\n`);
    expect(eventLines((await pull()).body)).toHaveLength(20);
    expect(json(await reload(serving))).toMatchObject({ changed: { count: 0 }, unchanged: { count: 1 } });
    serving.kill("SIGTERM");
    expect((await serving.ended).code).toBe(0);
  });
});
