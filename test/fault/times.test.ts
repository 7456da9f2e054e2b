/** Times that no clock shows, in records and in answers: they end nothing, and no other record suffers. */
import { afterEach, describe, expect, it } from "vitest";
import type { CollectionName } from "../../src/emulator/emulator.ts";
import { addSeconds, formatInstant, fromMillis } from "../../src/instant.ts";
import { poll } from "../../src/tap/poll.ts";
import { anHourAgo, expectAllOnce } from "../support/audits.ts";
import { openRig, type Rig } from "../support/rig.ts";

const signal = new AbortController().signal;
const TIMES = [
  "9999-12-31T23:59:59-01:00",
  "9999-12-31T23:59:60Z",
  "0000-01-01T00:00:00+14:00",
  "0001-01-01T00:00:00Z",
  "2026-11-22T15:59:60Z",
  "2016-12-31T23:59:60.9999999Z",
  "2026-13-45T99:99:99Z",
  "+012026-11-22T15:00:00Z",
  "-271821-04-20T00:00:00Z",
  "275760-09-13T00:00:00.001Z",
  "",
  "now",
];

let rig: Rig;
afterEach(() => rig.close());

describe("a record", () => {
  it.each<[string, CollectionName, string, string]>([
    ["directory_audits", "directoryAudits", "activityDateTime", "id"],
    ["alerts_v2", "alerts_v2", "lastUpdateDateTime", "id"],
    ["secure_scores", "secureScores", "createdDateTime", "id"],
  ])("of %s with a time that cannot be leaves like any other", async (service, _collection, field, id) => {
    const body = (time: unknown, now: string) =>
      JSON.stringify({ value: [{ [id]: "a", [field]: time }, { [id]: "b", [field]: now }] });
    for (const time of [...TIMES, null, 0, -1e300, {}]) {
      rig = openRig({
        between: async (request, pass) => {
          if (request.method === "POST") return pass(request);
          const answer = await pass(request);
          const text = body(time, formatInstant(addSeconds(fromMillis(rig.clock.now()), -5)));
          return {
            ...answer,
            body: (async function* () {
              yield new TextEncoder().encode(text);
            })(),
          };
        },
      });
      const settings = service === "directory_audits" ? anHourAgo(rig) : {};
      for (let polls = 0; polls < 2; polls++) {
        expect((await poll(rig.stream(service, settings), rig.engine, signal)).error, String(time))
          .toBeNull();
        rig.clock.advance(1);
      }
      const left = rig.lines.map((line) => JSON.parse(line).event[id]);
      expect(new Set(left)).toEqual(new Set(["a", "b"]));
      rig.close();
    }
  });
});

describe("an answer", () => {
  it.each([
    "Sun, 22 Nov -0001 16:00:00 GMT",
    "Mon, 01 Jan 0001 00:00:00 GMT",
    "Thu, 01 Jan 1970 00:00:00 GMT",
    "Fri, 31 Dec 9999 23:59:60 GMT",
    "Sat, 13 Sep 275760 00:00:00 GMT",
    "-271821-04-20T00:00:00Z",
    "0",
    "",
    "soon",
  ])("whose date is %j is read like one without a date", async (date) => {
    rig = openRig({
      between: async (request, pass) => {
        const answer = await pass(request);
        return { ...answer, header: (name) => name === "date" ? date : answer.header(name) };
      },
    });
    const settings = anHourAgo(rig);
    for (let polls = 0; polls < 4; polls++) {
      const now = fromMillis(rig.clock.now());
      rig.emulator.produce("directoryAudits", 5, { from: addSeconds(now, -60), to: addSeconds(now, -1) });
      expect((await poll(rig.stream("directory_audits", settings), rig.engine, signal)).error).toBeNull();
      rig.clock.advance(300_000);
    }
    expectAllOnce(rig);
    expect(rig.log.filter((line) => / (warn|error) /.test(line))).toEqual([]);
  });
});
