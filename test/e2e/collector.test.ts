/** A user of the old collector comes with its own files: what it documents runs as it is, and as 2.x. */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { addSeconds, formatInstant, fromMillis } from "../../src/instant.ts";
import { cloudSample, sample171, sample200, SAMPLE_SERVICES } from "../support/collectorSamples.ts";
import { eventLines } from "../support/eventLines.ts";
import { expectedTag } from "../support/expectedTag.ts";
import { run } from "../support/program.ts";
import { quotaNames } from "../../src/plugin/quotaNames.ts";
import { COLLECTIONS, CONTOSO, openSite, type Site } from "../support/site.ts";

/** A Graph with something in every collection, and the values for the samples. */
async function fullSite() {
  const site = await openSite();
  const now = fromMillis(Date.now());
  const within = { from: addSeconds(site.start, 60), to: addSeconds(now, -1) };
  for (const name of Object.values(COLLECTIONS)) {
    if (name === "secureScores") {
      site.emulator.produce(name, 5, { from: addSeconds(now, -5 * 86_400), to: now });
    } else if (name === "secureScoreControlProfiles") site.emulator.produce(name, 20);
    else site.emulator.produce(name, 60, within);
  }
  return {
    site,
    values: { url: site.url, tenant: CONTOSO, start: formatInstant(addSeconds(now, -6 * 86_400)) },
  };
}

// The program's own budgets must not slow what is not about them.
const quotas = Object.fromEntries(
  quotaNames.map((name) => [name, { requests: 1000, seconds: 1 }]),
);
const withGlobals = (sample: object) => ({
  globals: {
    id: "12345",
    name: "msgraph",
    persistence: { type: "filesystem", config: { directory_name: "state" } },
    quotas,
  },
  ...sample,
});

async function pull(site: Site, text: string, stateName = "state") {
  writeFileSync(join(site.folder, "config.yaml"), text);
  const ended = await run(["pull", "-c", "config.yaml", "--state", stateName], { cwd: site.folder });
  expect(ended.code, ended.stderr).toBe(0);
  return { lines: eventLines(ended.stdout), stderr: ended.stderr };
}

const tagged = (lines: readonly { tag: string; record: string }[]) =>
  lines.map(({ tag, record }) => short(tag, record)).toSorted();

/** Enough to tell records apart, and little enough to read when a test fails. */
const short = (tag: string, record: string) => `${tag} ${recordHash(record)}`;
const recordHash = (record: string) => createHash("sha256").update(record).digest("hex").slice(0, 16);

/** Every record of a service under the tag of the documented table. */
function documented(site: Site, service: string): string[] {
  return site.records(service).map((record) => short(expectedTag(service, record), record));
}

describe("the collector's own files", () => {
  it.each([
    ["the 2.0.0 sample", (text: Parameters<typeof sample200>[0]) => stringify(withGlobals(sample200(text)))],
    [
      "the cloud JSON",
      (text: Parameters<typeof sample200>[0]) => {
        const { inputs, global_overrides } = cloudSample(text);
        return JSON.stringify({ global_overrides: { ...global_overrides, quotas }, inputs }, null, 2);
      },
    ],
  ])("%s puts every record on its table", async (_, write) => {
    const { site, values } = await fullSite();
    const { lines } = await pull(site, write(values));
    expect(tagged(lines)).toEqual(
      SAMPLE_SERVICES.flatMap((one) => documented(site, one)).toSorted(),
    );
  });

  it("the 1.7.1 sample gives the tags of 1.x, and rewritten the same, on request or but for the generation", async () => {
    const { site, values } = await fullSite();
    const original = stringify(withGlobals(sample171(values)));
    const before = await pull(site, original);
    const first = (tag: string) => tag.replace(/\.2(\.msgraph)?$/, ".1$1");
    const typesOf = (record: string) =>
      (JSON.parse(record) as { signInEventTypes?: string[] }).signInEventTypes ?? [];
    const wanted = SAMPLE_SERVICES.flatMap((service) =>
      site.records(service)
        // The three services of 1.x read everything but interactive sign-ins.
        .filter((record) =>
          service !== "signIns_v2" ||
          typesOf(record).some((type) =>
            ["nonInteractiveUser", "servicePrincipal", "managedIdentity"].includes(type)
          )
        )
        .map((record) =>
          short(
            service === "alerts" ? "cloud.msgraph.security.alerts.1" : first(expectedTag(service, record)),
            record,
          )
        )
    );
    expect(tagged(before.lines)).toEqual(wanted.toSorted());

    const kept = await run(["migrate", "config.yaml", "--keep-tags"], { cwd: site.folder });
    expect(kept.code, kept.stderr).toBe(0);
    expect(kept.stderr).toContain("inputs.microsoft_graph.services.audit.start_time: now start_time_in_utc");
    const same = await pull(site, kept.stdout.toString(), "state-kept");
    expect(tagged(same.lines)).toEqual(tagged(before.lines));
    expect(same.stderr).not.toMatch(/1\.x/);

    writeFileSync(join(site.folder, "config.yaml"), original);
    const guided = await run(["migrate", "-c", "config.yaml"], { cwd: site.folder });
    const second = await pull(site, guided.stdout.toString(), "state-guided");
    expect(tagged(second.lines.map((line) => ({ ...line, tag: first(line.tag) })))).toEqual(
      tagged(before.lines),
    );
    expect(new Set(second.lines.map(({ input }) => input))).toEqual(
      new Set(["microsoft_graph_audit", "microsoft_graph_security"]),
    );
  });
});

describe("graphtap migrate", () => {
  it("only tells with --check, and writes a file that its owner alone may read", async () => {
    const { site, values } = await fullSite();
    const file = join(site.folder, "old.json");
    writeFileSync(file, JSON.stringify(sample171(values)));
    const told = await run(["migrate", file, "--check"]);
    expect(told).toMatchObject({ code: 0, stdout: Buffer.alloc(0) });
    expect(told.stderr).toMatch(/\d+ changes; nothing was written/);

    const target = join(site.folder, "new.json");
    expect((await run(["migrate", file, "--write", target])).code).toBe(0);
    expect(Object.keys((JSON.parse(readFileSync(target, "utf8")) as { inputs: object }).inputs)).toHaveLength(
      2,
    );
    expect((await run(["check", "-c", target])).stderr).not.toContain("1.x");

    const again = await run(["migrate", target, "--write", target]);
    expect(again).toMatchObject({ code: 2 });
    expect(again.stderr).toMatch(/the file exists; choose another name/);
    const done = await run(["migrate", target]);
    expect(done.stderr).toMatch(/is of 2\.x already: nothing to do/);
    expect(done.stdout.toString()).toBe(readFileSync(target, "utf8"));
  });

  it("rewrites nothing that is wrong, and names what is", async () => {
    const { site, values } = await fullSite();
    const text = stringify(sample171(values)).replace("tag_version: v2", "tag_version: v9");
    const ended = await run(["migrate", "-"], { stdin: text, cwd: site.folder });
    expect(ended).toMatchObject({ code: 2, stdout: Buffer.alloc(0) });
    expect(ended.stderr).toMatch(/tag_version: found "v9".*MicrosoftGraphPullerCreationException 37/);
    expect(existsSync(join(site.folder, "state"))).toBe(false);
  });
});
