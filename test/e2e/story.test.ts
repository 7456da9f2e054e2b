/** The job itself: every record of every service, once, tagged, untouched. */
import { Buffer } from "node:buffer";
import { hostname } from "node:os";
import { describe, expect, it } from "vitest";
import { addSeconds, fromMillis } from "../../src/instant.ts";
import { type EventLine, eventLines, EXACT, tally, wholeLines, withoutAdded } from "../support/eventLines.ts";
import { expectedTag } from "../support/expectedTag.ts";
import { type Ended, run } from "../support/program.ts";
import { onDeno } from "../support/project.ts";
import {
  COLLECTIONS,
  CONTOSO,
  contoso,
  FABRIKAM,
  type InputPlan,
  openSite,
  type Site,
} from "../support/site.ts";

/** The member that `time` is taken from, of each service of this story. */
const TIMES: Readonly<Record<string, string>> = {
  signIns: "createdDateTime",
  signIns_v2: "createdDateTime",
  directory_audits: "activityDateTime",
  provisioning_audits: "activityDateTime",
  alerts: "lastModifiedDateTime",
  alerts_v2: "lastUpdateDateTime",
  secure_scores: "createdDateTime",
  secure_score_control_profiles: "none",
};
const services = Object.keys(TIMES);
const everything = Object.fromEntries(services.map((service) => [service, {}]));
const inputs: readonly InputPlan[] = [
  { name: "contoso", id: "10001", tenant: CONTOSO, environment: "prod", services: everything },
  { name: "fabrikam", id: "10002", tenant: FABRIKAM, services: everything },
];

/** What two tenants hold in the beginning; directory audits of the first take three pages of Graph's own size. */
function fill(site: Site): void {
  const now = fromMillis(Date.now());
  const within = { from: addSeconds(site.start, 60), to: addSeconds(now, -1) };
  const days = (count: number) => ({ from: addSeconds(now, -86_400 * count), to: now });
  for (const [tenantId, share] of [[CONTOSO.tenantId, 1], [FABRIKAM.tenantId, 0.5]] as const) {
    const made = (count: number) => Math.floor(count * share);
    site.emulator.produce("signIns_beta", made(300), { ...within, tenantId });
    site.emulator.produce("signIns", made(150), { ...within, tenantId });
    // Nearly all within one hour, and so in one window.
    site.emulator.produce("directoryAudits", made(2300), {
      ...within,
      to: addSeconds(within.from, 3000),
      tenantId,
    });
    site.emulator.produce("provisioning", made(200), { ...within, tenantId });
    site.emulator.produce("alerts_v2", made(130), { ...within, tenantId });
    site.emulator.produce("alerts", made(120), { ...within, tenantId });
    site.emulator.produce("secureScores", made(50), { ...days(50 * share), tenantId });
    site.emulator.produce("secureScoreControlProfiles", made(430), { tenantId });
  }
  for (
    const [service, records] of [["signIns", 60], ["signIns_v2", 90], ["provisioning_audits", 40]] as const
  ) {
    shortPages(site, service, records);
  }
  for (const [service, records] of [["alerts_v2", 30], ["alerts", 25], ["secure_scores", 12]] as const) {
    shortPages(site, service, records);
  }
}

function shortPages(site: Site, service: string, records: number): void {
  site.emulator.faults.add({
    match: { collection: COLLECTIONS[service], times: "always" },
    do: { kind: "shortPage", records },
  });
}

/** Records that Graph never made but may: what a parser and a printer would not give back as it was. */
const ODD = [
  `{"id":"odd-1","activityDateTime":"AT.1234567Z","n":1.0,"big":12345678901234567890,"e":1E+2,"z":-0,"x":1e400}`,
  `{"activityDateTime":"AT.1Z","id":"odd-2","twice":1,"twice":2,"2":"b","1":"a","é":"\\u00e9\\/\\ud83d\\ude00"}`,
  `{ "id" : "odd-3" , "activityDateTime":"ATZ", "braces":"}]{[\\"\\\\", "nested":{"value":[{"id":"no"}]}, "raw":"東京" }`,
];

const ofService = (lines: readonly EventLine[], input: string, service: string) =>
  lines.filter((line) => line.input === input && line.service === service);

/** The records that two lists of bytes differ by. */
const newSince = (before: readonly string[], after: readonly string[]) => {
  const known = new Set(before);
  return after.filter((record) => !known.has(record));
};

const held = (site: Site) =>
  Object.fromEntries(
    inputs.flatMap(({ name, tenant }) =>
      services.map((service) => [`${name} × ${service}`, site.records(service, tenant)])
    ),
  );

function tallies(wanted: Record<string, string[]>, lines: readonly EventLine[]) {
  return Object.fromEntries(
    Object.entries(wanted).map(([stream, records]) => {
      const [input = "", service = ""] = stream.split(" × ");
      return [stream, tally(records, ofService(lines, input, service).map(({ record }) => record))];
    }),
  );
}

const allExact = (wanted: Record<string, string[]>) =>
  Object.fromEntries(Object.keys(wanted).map((stream) => [stream, EXACT]));

function good(ended: Ended): EventLine[] {
  expect(ended.stderr).not.toMatch(/"level":"error"/);
  expect(ended.code).toBe(0);
  expect(ended.stdout.length === 0 || ended.stdout.at(-1) === 10, "the last line is whole").toBe(true);
  return eventLines(ended.stdout);
}

describe("graphtap pull", () => {
  it("writes every record of two tenants and eight services once, then only what is new", async () => {
    const site = await openSite();
    fill(site);
    const at = new Date((site.start.seconds + 4000) * 1000).toISOString().slice(0, 19);
    for (const json of ODD) site.emulator.put("directoryAudits", json.replaceAll("AT", at));
    const config = site.write(inputs);
    const pull = () => run(["pull", "-c", config]);

    const wanted = held(site);
    const lines = good(await pull());
    expect(tallies(wanted, lines)).toEqual(allExact(wanted));
    expect(lines.length).toBe(Object.values(wanted).flat().length);
    expect(services.filter((service) => longestPaging(site, service) < 2), "services without a second page")
      .toEqual([]);
    checkLines(lines);

    expect((await pull()).stdout.toString(), "a second pull").toBe("");

    const now = fromMillis(Date.now());
    for (const { tenantId } of [CONTOSO, FABRIKAM]) {
      for (
        const collection of [
          "signIns_beta",
          "directoryAudits",
          "provisioning",
          "alerts_v2",
          "alerts",
        ] as const
      ) {
        site.emulator.produce(collection, 7, { from: addSeconds(now, -60), to: now, tenantId });
      }
      site.emulator.produce("secureScoreControlProfiles", 3, { tenantId });
    }
    changeSome(site);
    const later = held(site);
    const news = Object.fromEntries(
      Object.entries(later).map(([stream, records]) => [stream, newSince(wanted[stream]!, records)]),
    );
    expect(news["contoso × alerts_v2"]!.length, "new and changed alerts").toBe(10);
    expect(tallies(news, good(await pull()))).toEqual(allExact(news));
    expect((await pull()).stdout.toString(), "a fourth pull").toBe("");
  });

  it("writes the devo and the record format of the same events", async () => {
    const site = await openSite();
    site.emulator.produce("signIns_beta", 40, { from: addSeconds(site.start, 60) });
    const config = site.write([{ ...inputs[0]!, services: { signIns_v2: {} } }]);
    const wanted = site.records("signIns_v2");
    const pull = (format: string, ...more: string[]) =>
      run(["pull", "-c", config, "--format", format, "--state", `${site.folder}/${format}`, ...more]);
    // Deno's four permissions leave out this machine's name.
    const machine = onDeno ? ["--hostname", hostname()] : [];

    const devo = await pull("devo", ...machine);
    const shape = /^<14>(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}) (\S+) ([a-z0-9_.]+): (\{.*\})$/;
    const parts = wholeLines(devo.stdout).map((line) => shape.exec(line)!.slice(1));
    expect(tally(wanted, parts.map((part) => withoutAdded(part[3]!).record))).toEqual(EXACT);
    for (const [date, host, tag, event] of parts) {
      const { record, pullingId, environment } = withoutAdded(event!);
      expect({ host, tag, environment }).toEqual({
        host: hostname(),
        tag: expectedTag("signIns_v2", record),
        environment: "prod",
      });
      expect(Date.parse(`${date!.replace(" ", "T")}Z`)).toBe(Number(pullingId));
    }

    const records = wholeLines((await pull("record")).stdout);
    expect(tally(wanted, records.map((line) => withoutAdded(line).record))).toEqual(EXACT);

    const named = await run(["pull", "-c", config, "--format", "devo", "--hostname", "tap-7"], {
      env: { GRAPHTAP_FORMAT: "record" },
    });
    expect(wholeLines(named.stdout)[0], "words win over variables").toMatch(/^<14>\S+ \S+ tap-7 cloud\./);
  });

  it("applies tag, filter and masks of a service, and leaves every other byte", async () => {
    const site = await openSite();
    site.emulator.produce("directoryAudits", 30, { from: addSeconds(site.start, 60) });
    const config = site.write([{
      ...contoso(),
      services: {
        directory_audits: {
          override_tag: "my.app.audit.v1",
          additional_filter: "loggedByService eq 'Core Directory'",
          obfuscation_data: [{ name: ["id"], value: "hidden" }],
        },
      },
    }]);
    const wanted = site.records("directory_audits")
      .filter((record) =>
        (JSON.parse(record) as { loggedByService: string }).loggedByService === "Core Directory"
      )
      .map((record) => record.replace(/^\{"id":"[^"]*"/, '{"id":"hidden"'));
    const lines = good(await run(["pull", "-c", config]));
    expect(wanted.length).toBeGreaterThan(0);
    expect(lines.map(({ record }) => record).toSorted()).toEqual(wanted.toSorted());
    expect(new Set(lines.map(({ tag, id }) => `${tag} ${id}`))).toEqual(
      new Set(['my.app.audit.v1 "hidden"']),
    );
  });
});

/** Most pages of one window: page links repeat the filter of their first page. */
function longestPaging({ emulator }: Site, service: string): number {
  const pages = new Map<string, number>();
  for (const { collection, tenantId, filter } of emulator.requests) {
    if (collection !== COLLECTIONS[service]) continue;
    const window = `${tenantId} ${filter}`;
    pages.set(window, (pages.get(window) ?? 0) + 1);
  }
  return Math.max(...pages.values());
}

/** Alerts, scores and profiles that change. */
function changeSome({ emulator }: Site): void {
  for (const collection of ["alerts", "alerts_v2", "secureScores", "secureScoreControlProfiles"] as const) {
    for (const bytes of emulator.records(collection).slice(4, 7)) {
      const { id } = JSON.parse(new TextDecoder().decode(bytes)) as { id: string };
      emulator.update(collection, id);
    }
  }
}

function checkLines(lines: readonly EventLine[]): void {
  const pulls = new Map<string, Set<string>>();
  for (const { tag, service, input, id, time, record, environment, pullingId } of lines) {
    const text = Buffer.from(record, "latin1").toString("utf8");
    const members = JSON.parse(text) as Record<string, unknown>;
    const stream = `${input} × ${service}`;
    pulls.set(stream, (pulls.get(stream) ?? new Set()).add(pullingId));
    if (tag !== expectedTag(service, text)) {
      throw new Error(`${stream} has tag ${tag}: ${text.slice(0, 500)}`);
    }
    if (environment !== (input === "contoso" ? "prod" : null)) {
      throw new Error(`${stream}: environment ${environment}`);
    }
    if (JSON.parse(id) !== (members["id"] ?? null)) throw new Error(`${stream}: id is ${id}`);
    if (JSON.parse(time) !== (members[TIMES[service]!] ?? null)) {
      throw new Error(`${stream}: time is ${time}`);
    }
  }
  expect([...pulls.values()].map((ids) => ids.size), "one pulling id a pull").toEqual(Array(16).fill(1));
}
