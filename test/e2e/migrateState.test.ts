/** A position of the old collector, taken over: the first pull leaves no hole and repeats the overlap at most. */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { addSeconds, formatInstant, fromMillis, type Instant } from "../../src/instant.ts";
import { eventLines, EXACT, tally } from "../support/eventLines.ts";
import { programCommand, run } from "../support/program.ts";
import { CONTOSO, openSite, type Site } from "../support/site.ts";
import { noTerminal, startInTerminal } from "../support/terminal.ts";

const md5 = (text: string) => createHash("md5").update(text).digest("hex");

/** Records of a service from so many minutes ago on. */
function since(site: Site, service: string, field: string, minutes: number): string[] {
  const timeOf = (record: string) => Date.parse((JSON.parse(record) as Record<string, string>)[field]!);
  return site.records(service).filter((record) => timeOf(record) >= at(minutes).seconds * 1000);
}

/** A dict of texts, as Python's protocol 2 writes it. */
function pickleOf(members: Readonly<Record<string, string>>): Buffer {
  const text = (value: string) => {
    const bytes = Buffer.from(value);
    const head = Buffer.alloc(5, "X");
    head.writeUInt32LE(bytes.length, 1);
    return Buffer.concat([head, bytes]);
  };
  const pairs = Object.entries(members).flatMap(([key, value]) => [text(key), text(value)]);
  return Buffer.concat([Buffer.from("\x80\x02}(", "latin1"), ...pairs, Buffer.from("u.")]);
}

async function oldSite(services: Readonly<Record<string, object>>, folder = "old") {
  const site = await openSite();
  const old = join(site.folder, folder);
  mkdirSync(old);
  const file = site.write([{ name: "microsoft_graph_audit", id: "10001", tenant: CONTOSO, services: {} }]);
  const config = site.config([{
    name: "microsoft_graph_audit",
    id: "10001",
    tenant: CONTOSO,
    services: {},
  }]) as {
    inputs: { microsoft_graph_audit: { services: object } };
  };
  config.inputs.microsoft_graph_audit.services = services;
  writeFileSync(file, JSON.stringify(config));
  const leave = (address: string, content: Buffer | string) =>
    writeFileSync(join(old, md5(address)), content);
  const words = ["migrate", "--state", old, "-c", file];
  return {
    site,
    old,
    leave,
    migrate: (...more: string[]) => run([...words, ...more]),
    migrateOnTerminal: () => startInTerminal([...programCommand, ...words], { columns: 200 }),
    pull: () => run(["pull", "-c", file]),
    reset: () => run(["state", "reset", "-c", file]),
  };
}

const BEGAN = fromMillis(Math.floor(Date.now() / 1000) * 1000);
const at = (minutes: number): Instant => addSeconds(BEGAN, -minutes * 60);

describe("graphtap migrate --state", () => {
  it("shows on a terminal how far it is, and ends with the table", async (test) => {
    if (noTerminal !== null) test.skip(noTerminal);
    const { leave, migrateOnTerminal } = await oldSite({ directory_audits: {}, signIns: {} });
    leave(
      "microsoft_graph_audit;10001;signIns;None",
      JSON.stringify({ last_event_time_in_utc: formatInstant(at(30)), last_ids: [] }),
    );
    const terminal = migrateOnTerminal();
    expect(await terminal.ended).toBe(0);
    expect(terminal.written).toContain("taking positions over: 0 of 2 streams · microsoft_graph_audit/");
    expect(terminal.history.map((line) => line.split(/ {2,}/).slice(0, 2))).toEqual([
      ["INPUT", "SERVICE"],
      ["microsoft_graph_audit", "directory_audits"],
      ["microsoft_graph_audit", "signIns"],
    ]);
  });

  it("goes on where the old collector stopped, some way further back", async () => {
    const { site, leave, migrate, pull } = await oldSite({ directory_audits: {}, signIns: {} });
    site.emulator.produce("directoryAudits", 100, { from: at(170), to: at(1) });
    site.emulator.produce("signIns", 100, { from: at(170), to: at(1) });
    leave(
      "microsoft_graph;10001;audit;None",
      pickleOf({ last_polled_timestamp: formatInstant(at(60)).replace("T", " ").replace("Z", "") }),
    );
    leave(
      "microsoft_graph_audit;10001;signIns;None",
      JSON.stringify({ last_event_time_in_utc: formatInstant(at(30)), last_ids: [] }),
    );
    leave("other;1;audit;None", pickleOf({}));

    const told = await migrate("--overlap", "600", "--check");
    expect(told.code, told.stderr).toBe(0);
    expect(readdirSync(site.folder)).not.toContain("state");
    const done = await migrate("--overlap", "600");
    expect(done.code, done.stderr).toBe(0);
    expect(done.stdout).toEqual(Buffer.alloc(0));
    expect(done.stderr).toContain(formatInstant(at(70)));
    expect(done.stderr).toContain(`of no stream here: ${md5("other;1;audit;None")}`);

    const pulled = await pull();
    expect(pulled.code, pulled.stderr).toBe(0);
    const lines = eventLines(pulled.stdout);
    for (
      const [service, minutes, field] of [["directory_audits", 70, "activityDateTime"], [
        "signIns",
        40,
        "createdDateTime",
      ]] as const
    ) {
      const got = lines.filter((line) => line.service === service).map(({ record }) => record);
      const wanted = since(site, service, field, minutes);
      expect(wanted.length).toBeGreaterThan(5);
      expect(tally(wanted, got)).toEqual(EXACT);
    }
  });

  it("takes what three services left for the one that reads for them, from the oldest on", async () => {
    const { leave, migrate } = await oldSite({ signIns_v2: {} });
    for (
      const [kind, minutes] of [["nonInteractive", 50], ["servicePrincipal", 90], [
        "managedIdentity",
        20,
      ]] as const
    ) {
      leave(
        `microsoft_graph;10001;signIn_${kind};None`,
        pickleOf({ last_polled_timestamp: formatInstant(at(minutes)) }),
      );
    }
    expect((await migrate("--overlap", "0")).stderr).toContain(
      ` ${formatInstant(at(90))}  ${formatInstant(at(90))} `,
    );
  });

  it("lets a stream keep its own position, also beside one that it could not read, and says so", async () => {
    const { site, leave, migrate, pull } = await oldSite({ signIns: {}, directory_audits: {} });
    expect((await pull()).code).toBe(0);
    leave("microsoft_graph;10001;signIn;None", pickleOf({ last_polled_timestamp: formatInstant(at(60)) }));
    leave("microsoft_graph;10001;audit;None", "cos\nsystem\n(S'true'\ntR.");
    const ended = await migrate();
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(/signIns .* has a position already, and keeps it/);
    expect(ended.stderr).toMatch(
      /refused: the function "os\.system", which is refused, at byte 11; the stream has a position, and keeps it/,
    );
    expect(readdirSync(site.folder)).toContain("state");
  });

  it("ends when nothing in the folder belongs to the configuration", async () => {
    const { migrate } = await oldSite({ signIns: {} });
    const ended = await migrate();
    expect(ended.code).toBe(5);
    expect(ended.stderr).toMatch(/of 0 files in .* none belongs to a stream/);
    expect((await migrate("--overlap", "an hour")).code).toBe(2);
  });

  it("goes on from our own position where a stream had another name before its file was rewritten", async () => {
    const site = await openSite();
    site.emulator.produce("alerts", 60, { from: at(170), to: at(1) });
    const [old, rewritten] = [join(site.folder, "old.json"), join(site.folder, "new.json")];
    const endpoints = { override_base_url_main: site.url, override_login_url: site.url };
    const service = { start_time: formatInstant(at(175)), custom_endpoints: endpoints };
    const { tenantId, clientId, clientSecret } = CONTOSO;
    const input = {
      id: "10001",
      credentials: { tenant_id: tenantId, client_id: clientId, client_secret: clientSecret },
      services: { audit: service, alerts: service },
    };
    writeFileSync(old, JSON.stringify({ inputs: { microsoft_graph: input } }));
    const first = await run(["pull", "-c", old]);
    expect(first.code, first.stderr).toBe(0);
    expect((await run(["migrate", old, "--write", rewritten])).stderr).toContain("takes positions over");
    const done = await run(["migrate", "--state", site.state, "-c", rewritten, "--overlap", "600"]);
    expect(done.code, done.stderr).toBe(0);
    expect(done.stderr).toContain("10001/alerts");

    site.emulator.produce("alerts", 5, { from: at(1), to: at(0) });
    const second = await run(["pull", "-c", rewritten]);
    const all = [first, second].flatMap(({ stdout }) => eventLines(stdout).map(({ record }) => record));
    expect([...new Set(all)].toSorted()).toEqual(site.records("alerts").toSorted());
    expect(eventLines(second.stdout).length).toBeLessThan(40);
  });
});

describe("a container that is swapped", () => {
  it("goes on where the old collector stopped, and heeds its files no more after that", async () => {
    const { site, leave, pull, reset } = await oldSite({ directory_audits: {}, signIns: {} }, "state");
    site.emulator.produce("directoryAudits", 100, { from: at(170), to: at(1) });
    leave("microsoft_graph;10001;audit;None", pickleOf({ last_polled_timestamp: formatInstant(at(60)) }));
    leave("microsoft_graph_audit;10001;signIns;None", "cos\nsystem\n(S'true'\ntR.");
    const left = readdirSync(site.state);
    const first = await pull();
    expect(first.code, first.stderr).toBe(0);
    expect(first.stderr).toMatch(/goes on where the old collector stopped.*directory_audits/);
    expect(first.stderr).toMatch(/is of no use.*signIns.*refused: the function/);
    const wanted = since(site, "directory_audits", "activityDateTime", 120);
    expect(wanted.length).toBeGreaterThan(5);
    expect(tally(wanted, eventLines(first.stdout).map(({ record }) => record))).toEqual(EXACT);
    expect(readdirSync(site.state)).toEqual(expect.arrayContaining(left));

    const second = await pull();
    expect(second).toMatchObject({ code: 0, stdout: Buffer.alloc(0) });
    expect(second.stderr).not.toContain("old collector");

    expect((await reset()).code).toBe(0);
    expect((await pull()).stdout).toEqual(Buffer.alloc(0));
  });

  it.each([
    ["is refused", () => "cos\nsystem\n(S'true'\ntR."],
    ["is cut off", () => pickleOf({ last_polled_timestamp: formatInstant(at(60)) }).subarray(0, 20)],
    ["is nothing", () => ""],
    ["tells no time", () => pickleOf({ something: "else" })],
    ["lies in the future", () => pickleOf({ last_polled_timestamp: "2126-01-01T00:00:00Z" })],
  ])("reads the last days where what it finds %s, never only from now on", async (_, content) => {
    const { site, leave, pull } = await oldSite({ directory_audits: {} }, "state");
    site.emulator.produce("directoryAudits", 100, { from: at(170), to: at(1) });
    leave("microsoft_graph;10001;audit;None", content());
    const pulled = await pull();
    expect(pulled.code, pulled.stderr).toBe(0);
    expect(tally(site.records("directory_audits"), eventLines(pulled.stdout).map(({ record }) => record)))
      .toEqual(EXACT);
    expect(pulled.stderr).toMatch(
      /the old collector's position is of no use.*the last days are read again/,
    );
  });

  it.each(["begins", "was reset"])(
    "is told of files that no stream takes when one %s, and of no others",
    async (how) => {
      const { leave, pull, reset } = await oldSite({ directory_audits: {} }, "state");
      leave("renamed;10001;audit;None", pickleOf({ last_polled_timestamp: formatInstant(at(60)) }));
      const first = await pull();
      expect(first.stderr).toContain(`that no stream of this configuration takes`);
      expect(first.stderr).toContain(md5("renamed;10001;audit;None"));
      if (how === "was reset") await reset();
      expect((await pull()).stderr).not.toContain("that no stream of this configuration takes");
    },
  );
});

describe("an input that `migrate` has rewritten", () => {
  const OLD_SERVICES = {
    audit: {},
    alerts: {},
    secureScores: {},
    signIn_nonInteractive: {},
    signIn_servicePrincipal: {},
  };

  it("goes on where it was under its old names, with keys: nothing is lost, and nothing leaves twice", async () => {
    const site = await openSite();
    const [old, rewritten] = [join(site.folder, "old.json"), join(site.folder, "new.json")];
    const { tenantId, clientId, clientSecret } = CONTOSO;
    const input = {
      id: "10001",
      credentials: { tenant_id: tenantId, client_id: clientId, client_secret: clientSecret },
      override_base_url: site.url,
      override_login_url: site.url,
      services: OLD_SERVICES,
    };
    writeFileSync(old, JSON.stringify({ inputs: { microsoft_graph: input } }));
    const collections = ["directoryAudits", "alerts", "signIns_beta", "secureScores"] as const;
    const arrive = (from: number) => {
      const now = fromMillis(Date.now());
      for (const one of collections) {
        site.emulator.produce(one, 30, { from: addSeconds(now, -from), to: now });
      }
    };
    const pull = async (file: string) => {
      const ended = await run(["pull", "-c", file]);
      expect(ended.code, ended.stderr).toBe(0);
      return {
        ...ended,
        records: eventLines(ended.stdout).map(({ service, record }) => `${service} ${record}`),
      };
    };
    await pull(old);
    arrive(0);
    const before = await pull(old);
    expect(before.records.length).toBeGreaterThan(60);
    arrive(0);
    expect((await run(["migrate", old, "--write", rewritten])).code).toBe(0);
    const after = await pull(rewritten);
    const left = [...before.records, ...after.records].map((line) => line.slice(line.indexOf(" ") + 1));
    for (const service of ["directory_audits", "alerts", "secure_scores"]) {
      const records = new Set(site.records(service));
      expect(tally([...records], left.filter((record) => records.has(record)))).toEqual(EXACT);
    }
    const wantedTypes = ["nonInteractiveUser", "servicePrincipal"];
    const isWanted = (record: string) =>
      (JSON.parse(record) as { signInEventTypes: string[] }).signInEventTypes.some((type) =>
        wantedTypes.includes(type)
      );
    const signIns = new Set(site.records("signIns_v2").filter(isWanted));
    expect(tally([...signIns], left.filter((record) => signIns.has(record)))).toEqual(EXACT);
    expect(after.stderr).toMatch(/goes on where another stream stopped.*"stopped":"10001\/alerts"/);

    expect((await run(["state", "reset", "-c", rewritten])).code).toBe(0);
    // Graph is asked from whole seconds on: what begins anew in the second of the last record brings that again.
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    const reset = await pull(rewritten);
    expect(reset.stderr).not.toContain("goes on where");
    expect(reset.records.filter((line) => !line.startsWith("secure_scores "))).toEqual([]);
  });
});

describe("an id that is another in YAML 1.1", () => {
  it.each([["0123", "83"], ["1_000", "1000"], ["0089", "0089"], ["12e3", "12e3"]])(
    "%s goes on where the old collector was under %s, and is warned of",
    async (written, old) => {
      const { site, leave } = await oldSite({ directory_audits: {} }, "state");
      site.emulator.produce("directoryAudits", 100, { from: at(170), to: at(1) });
      leave(
        `microsoft_graph_audit;${old};directory_audits;None`,
        pickleOf({
          last_polled_timestamp: formatInstant(at(60)),
        }),
      );
      const file = join(site.folder, "config.yaml");
      writeFileSync(file, readFileSync(file, "utf8").replace('"id":"10001"', `"id": ${written}`));
      const pulled = await run(["pull", "-c", file]);
      expect(pulled.code, pulled.stderr).toBe(0);
      const wanted = since(site, "directory_audits", "activityDateTime", 120);
      expect(tally(wanted, eventLines(pulled.stdout).map(({ record }) => record))).toEqual(EXACT);
      expect(pulled.stderr).toContain(
        `was ${JSON.stringify(JSON.stringify(old)).slice(1, -1)} to the old collector`,
      );
    },
  );
});

describe("an input under another id", () => {
  it("is told that positions of its services lie there, and takes them over by export and import", async () => {
    const site = await openSite();
    const write = (id: string) => {
      const file = site.write([{ name: "contoso", id, tenant: CONTOSO, services: { directory_audits: {} } }]);
      const { inputs } = JSON.parse(readFileSync(file, "utf8"));
      delete inputs.contoso.services.directory_audits.start_time_in_utc;
      writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), inputs }));
      return file;
    };
    const pull = (file: string) => run(["pull", "-c", file]);
    await pull(write("old"));
    site.emulator.produce("directoryAudits", 20, {
      from: fromMillis(Date.now()),
      to: fromMillis(Date.now()),
    });
    const first = await pull(write("old"));
    site.emulator.produce("directoryAudits", 20, {
      from: fromMillis(Date.now()),
      to: fromMillis(Date.now()),
    });
    const file = write("new");
    const begun = await pull(file);
    expect(begun.stderr).toMatch(/begins, although the state folder holds positions .*"former":"old"/);
    expect((await pull(file)).stderr).not.toContain("begins, although");

    const exported = await run(["state", "export", "-c", file, "--input", "old"]);
    const given = { stdin: exported.stdout.toString() };
    const refused = await run(["state", "import", "-c", file, "--input", "new"], given);
    expect([refused.code, refused.stderr]).toEqual([5, expect.stringContaining("it has a position")]);
    expect((await run(["state", "reset", "-c", file, "--input", "new"])).code).toBe(0);
    const done = await run(["state", "import", "-c", file, "--input", "new"], given);
    expect([done.code, done.stderr]).toEqual([
      0,
      "new × directory_audits: goes on where the export stood\n",
    ]);
    const second = await pull(file);
    const records = [first, second].flatMap(({ stdout }) => eventLines(stdout).map(({ record }) => record));
    expect(tally(site.records("directory_audits"), records)).toEqual(EXACT);
  });
});
