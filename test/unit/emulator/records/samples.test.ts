import { describe, expect, it } from "vitest";
import { plugins } from "../../../../plugins/index.ts";
import { createCollections } from "../../../../src/emulator/collections.ts";
import { compareInstants, fromMillis, parseInstant } from "../../../../src/instant.ts";
import { emulate, idOf, manualClock, NOON, text } from "../setup.ts";

const collectionNames = createCollections(plugins).all.map(({ name }) => name);
const WINDOW = { from: fromMillis(NOON - 3_600_000), to: fromMillis(NOON) };
const make = (collection: string, count = 120, seed = 1) =>
  emulate({ clock: manualClock(), seed }).produce(collection, count, WINDOW);
/** Of each collection as many as an hour of a small tenant has. */
const made = new Map(
  collectionNames.map((name) => [name, make(name, name === "secureScores" ? 30 : 120)]),
);

describe("every record made", () => {
  it.each(collectionNames)("for %s is valid UTF-8 JSON on one line, with an id of its own", (collection) => {
    const records = made.get(collection)!;
    for (const record of records) {
      const json = new TextDecoder("utf-8", { fatal: true }).decode(record);
      expect(JSON.parse(json)).toBeTypeOf("object");
      expect(json).not.toMatch(/[\r\n]/);
    }
    // A row of advanced hunting has no id, and its content to itself.
    expect(new Set(records.map((record) => idOf(record) ?? text(record))).size).toBe(records.length);
  });

  it.each(collectionNames)("for %s is the same for the same seed, and another for another", (collection) => {
    expect(make(collection, 10).map(text)).toEqual(make(collection, 10).map(text));
    expect(make(collection, 10).map(text)).not.toEqual(make(collection, 10, 2).map(text));
  });

  it.each(
    [
      ["signIns", "createdDateTime"],
      ["signIns_beta", "createdDateTime"],
      ["directoryAudits", "activityDateTime"],
      ["provisioning", "activityDateTime"],
      ["alerts", "lastModifiedDateTime"],
      ["alerts_v2", "lastUpdateDateTime"],
    ] as const,
  )("for %s has its %s in the time asked for", (collection, field) => {
    for (const record of made.get(collection)!) {
      const at = parseInstant(JSON.parse(text(record))[field]);
      expect(at).not.toBeNull();
      if (at === null) continue;
      expect(compareInstants(at, WINDOW.from)).toBeGreaterThanOrEqual(0);
      expect(compareInstants(at, WINDOW.to)).toBeLessThan(0);
    }
  });

  it.each(
    [
      ["signIns", 1_000, 2_000, 2_000],
      ["signIns_beta", 1_800, 3_600, 4_000],
      ["directoryAudits", 450, 2_300, 2_300],
      ["provisioning", 2_000, 3_800, 3_800],
      ["alerts", 1_200, 4_200, 4_200],
      ["alerts_v2", 1_300, 12_000, 36_000],
      ["secureScores", 900, 54_000, 54_000],
      ["secureScoreControlProfiles", 700, 3_600, 3_600],
    ] as const,
  )("for %s is between %i and %i bytes for the most part, %i at most", (collection, least, usual, most) => {
    const sizes = made.get(collection)!.map((record) => record.byteLength).sort((a, b) => a - b);
    expect(sizes[0]).toBeGreaterThan(least);
    expect(sizes[Math.floor(sizes.length * 0.9)]).toBeLessThan(usual);
    expect(sizes.at(-1)).toBeLessThan(most);
  });
});

describe("the oddities of Graph are among them:", () => {
  const texts = new Map([...made].map(([collection, records]) => [collection, records.map(text)]));

  it.each<[string, string, RegExp]>([
    ["a repeated key", "signIns_beta", /"homeTenantId":"(?<a>[^"]+)".*"homeTenantId":"(?!\k<a>)/],
    ["a slip of the case", "signIns_beta", /"riskLevelDuringSignIn".*"riskLevelDuringsignIn"/],
    ["a number that doubles cannot hold", "signIns", /"longitude":-84\.445358276367188/],
    ["a longer one still", "alerts_v2", /:12345678901234567890,/],
    ["a whole number with a fraction", "alerts_v2", /:1\.0,/],
    ["the same in scores", "secureScores", /"currentScore":387\.0,/],
    ["a whole number without", "secureScores", /"maxScore":274,/],
    ["a negative zero", "alerts_v2", /:-0\.0/],
    ["keys that look like numbers", "alerts_v2", /"10":"ten","2":"two"/],
    ["escaped slashes", "alerts_v2", /https:\\\/\\\//],
    ["an escaped no-break space", "signIns", /\\u00a0/],
    ["a raw no-break space", "alerts_v2", /user\u00a0first/],
    ["a raw typographic apostrophe", "directoryAudits", /’s MacBook Pro/],
    ["an emoji", "alerts_v2", /📎/],
    ["JSON in a string", "directoryAudits", /"newValue":"\[\{\\"/],
    ["JSON in a string in a string", "alerts", /"CustomProperties":"\[\\"\{\\\\\\"/],
    ["HTML", "secureScoreControlProfiles", /<a href=\\"https:/],
    ["null", "signIns", /"displayName":null/],
    ["an empty string in its place", "signIns", /"displayName":""/],
    ["an empty object in its place", "signIns", /"geoCoordinates":\{\}/],
    ["no fraction", "signIns", /T\d\d:\d\d:\d\dZ/],
    ["a fraction of seven digits", "directoryAudits", /\.\d{7}Z/],
    ["a fraction of fewer", "directoryAudits", /:\d\d\.\d{1,3}Z/],
    ["a fraction of eight", "signIns_beta", /\.\d{8}Z/],
    ["a fraction of nine", "signIns_beta", /\.\d{9}Z/],
    ["a GUID that ends in 00", "signIns", /^\{"id":"[0-9a-f-]{34}00"/],
    ["an id that holds a GUID", "directoryAudits", /^\{"id":"Directory_[0-9a-f-]{36}_[A-Z0-9]{5}_\d+"/],
    ["an id that holds blanks", "directoryAudits", /^\{"id":"Device Registration Service_/],
    ["a negative id", "alerts_v2", /"id":"da\d{18}_-961444813"/],
    ["an id of 64 digits", "alerts", /"id":"[0-9a-f]{64}"/],
    ["an id with a date", "secureScores", /"id":"[0-9a-f-]{36}_2026-11-22"/],
    ["an id that is a name", "secureScoreControlProfiles", /"id":"DLPEnabled"/],
    ["an id in a newer form", "alerts_v2", /"id":"da[0-9a-f-]{36}_1"/],
  ])("%s", (_, collection, pattern) => {
    expect(texts.get(collection)!.some((record) => pattern.test(record))).toBe(true);
  });

  it("an alert of more than 25 KB with 23 pieces of evidence", () => {
    const large = made.get("alerts_v2")!.find((record) => record.byteLength > 25_000);
    expect(JSON.parse(text(large ?? new Uint8Array())).evidence).toHaveLength(23);
  });

  it("a score of about 50 KB with 68 controls, one a day", () => {
    const scores = make("secureScores", 12);
    expect(JSON.parse(text(scores[0] ?? new Uint8Array())).controlScores).toHaveLength(68);
    expect(Math.max(...scores.map((score) => score.byteLength))).toBeGreaterThan(45_000);
  });

  it("records that share a second, and audits that share a correlation", () => {
    const signIns = emulate({ clock: manualClock() }).produce("signIns", 10).map((r) => JSON.parse(text(r)));
    expect(new Set(signIns.map(({ createdDateTime }) => createdDateTime)).size).toBe(1);
    const audits = make("directoryAudits", 30).map((record) => JSON.parse(text(record)).correlationId);
    expect(new Set(audits).size).toBe(10);
  });
});
