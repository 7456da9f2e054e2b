/** A state folder that version 0.1 wrote is read as it is, and a poll goes on from it. */
import { cpSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { run as runGaps } from "../../src/cli/commands/gaps.ts";
import { run as runState } from "../../src/cli/commands/state.ts";
import { type Option, parseOptions } from "../../src/cli/options.ts";
import type { InputConfig, ServiceConfig } from "../../src/config/config.ts";
import type { CollectionName } from "../../src/emulator/emulator.ts";
import { formatInstant, fromMillis, parseInstant } from "../../src/instant.ts";
import { openState, type State } from "../../src/state/state.ts";
import { poll } from "../../src/tap/poll.ts";
import type { Stream } from "../../src/tap/stream.ts";
import type { Runtime } from "../../src/wiring/runtime.ts";
import { eventLine } from "../support/eventLines.ts";
import { projectFolder } from "../support/project.ts";
import { openRig, type Rig } from "../support/rig.ts";
import { withoutChecksum } from "../support/state.ts";
import { tempFolder } from "../support/tempFolder.ts";

const fixture = join(projectFolder, "test/fixtures/state-0.1");
const KILLED_MS = Date.parse("2026-11-22T18:39:36.700Z");
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const OLD_FILE = "3bff02048f6d58a718ef211e778ea153";
const signal = new AbortController().signal;
const locker = () => ({ status: "locked" as const, release() {} });

/** A copy, since opening it may mend it. */
let folder: string;
let rig: Rig;
let state: State | undefined;
beforeEach(() => {
  folder = join(tempFolder(), "state");
  cpSync(join(fixture, "state"), folder, { recursive: true });
});
afterEach(() => {
  state?.close();
  state = undefined;
  rig?.close();
});

const textOf = (name: string) => readFileSync(join(fixture, name), "utf8");

/** What a command prints for the copy. */
async function printed(command: typeof runState, ...words: string[]): Promise<string> {
  const options: Option[] = [
    { name: "state", value: "DIR", help: "folder" },
    { name: "json", help: "as JSON" },
  ];
  let text = "";
  const runtime = {
    locker,
    pid: 1,
    writeStdout: (bytes: Uint8Array) => Promise.resolve(void (text += new TextDecoder().decode(bytes))),
    writeStderr: (line: string) => expect.fail(line),
  } as never as Runtime;
  await command(parseOptions("state", options, [...words, "--state", folder], {}), runtime);
  return text;
}

describe("a state folder of version 0.1", () => {
  it("is shown as 0.1 showed it: positions, gaps, sizes of the seen sets", async () => {
    // The name of the input has come since; without a configuration it is the id.
    const named = (text: string) =>
      JSON.parse(text).map((entry: { input_id: string }) => ({ ...entry, input: entry.input_id }));
    // So have the seconds of all gaps, and what is lost.
    const shown = JSON.parse(await printed(runState, "show", "--json")) as Record<string, unknown>[];
    for (const stream of shown) expect(stream).toMatchObject({ lost_seconds: 0, lost_ranges: [] });
    expect(shown.map(({ gap_seconds: _, lost_seconds: __, lost_ranges: ___, ...others }) => others)).toEqual(
      named(textOf("state.json")),
    );
    // Keys follow each position since, and tell what an export is.
    const positions = (await printed(runState, "export")).split("\n").filter((line) =>
      line.includes('"checkpoint"')
    );
    const before = textOf("export.ndjson").trim().split("\n").map((line) => JSON.parse(line) as object);
    expect(positions.map((line) => JSON.parse(line) as object)).toMatchObject(before);
    expect(positions.length).toBe(before.length);
    expect(JSON.parse(await printed(runGaps, "--json"))).toEqual(named(textOf("gaps.json")));
  });

  it("keeps its form: what is read and saved again has the same members, and a checksum behind them", () => {
    const opened = open(KILLED_MS);
    for (const address of opened.list()) {
      const stream = opened.stream(address);
      const path = join(stream.dir, "checkpoint.json");
      // A position among the keys is put into the file when it is read; then it is saved once more.
      const position = stream.loadPosition()!;
      const before = readFileSync(path, "utf8");
      stream.commitInFile(position);
      const after = readFileSync(path, "utf8");
      expect(withoutChecksum(after)).toBe(withoutChecksum(before));
      // And 0.1 reads it: to its members one more has come, which it does not know.
      expect(Object.keys(JSON.parse(after))).toEqual([
        ...Object.keys(JSON.parse(withoutChecksum(before))),
        "checksum",
      ]);
      const gaps = stream.gaps().list();
      if (gaps.length > 0) stream.gaps().save(gaps);
    }
    const untouched = (name: string) => readFileSync(join(folder, name), "utf8");
    const gapsIn = (text: string) => JSON.parse(text) as Record<string, unknown>[];
    const before = gapsIn(textOf("state/10001/directory_audits/gaps.json"));
    expect(gapsIn(untouched("10001/directory_audits/gaps.json"))).toEqual(
      before.map((gap) => ({ ...gap, checksum: expect.stringMatching(/^[0-9a-f]{8}$/) })),
    );
    expect(withoutChecksum(untouched("10001/alerts_v2/checkpoint.json"))).toBe(
      textOf("state/10001/alerts_v2/checkpoint.json"),
    );
    expect(untouched(OLD_FILE)).toBe(textOf(`state/${OLD_FILE}`));
  });

  // A link is tried for ten minutes, and then its window is read again; Graph has forgotten it here either way.
  it.each([["moments", MINUTE, ["page-link-expired", "page-link-expired"]], ["an hour", HOUR, []]] as const)(
    "is gone on from %s later: nothing that left leaves again, and all that came meanwhile leaves",
    async (_, laterMs, expectedTroubles) => {
      rig = openRig({ unevenPages: false });
      const wanted = holdWhatGraphHeld();
      rig.clock.advance(KILLED_MS + laterMs - rig.clock.now());
      const expected = [...wanted, ...whatCameMeanwhile(laterMs)].sort();
      const streams = openStreams();
      for (let polls = 0; polls < 40; polls++) {
        for (const stream of streams) {
          expect((await poll(stream, rig.engine, signal)).error, rig.log.join("")).toBeNull();
        }
        rig.clock.advance(5 * MINUTE);
      }
      expect(delivered().sort()).toEqual(expected);
      for (const stream of streams) expect(stream.state.gaps().list()).toEqual([]);
      expect(readdirSync(folder)).toContain(OLD_FILE);
      const troubles = rig.log.filter((line) => / (warn|error) /.test(line));
      expect(troubles.map((line) => /code=(\S+)/.exec(line)?.[1])).toEqual(expectedTroubles);
    },
  );

  it("goes on by the page link that a killed poll left among its keys", async () => {
    rig = openRig({ unevenPages: false });
    holdWhatGraphHeld();
    rig.clock.advance(KILLED_MS + MINUTE - rig.clock.now());
    const links = textOf("state/10001/signIns/seen/00000001-20261122T000000Z.seen").match(
      /"next_link":"[^"]+/g,
    )!;
    await poll(openStreams()[0]!, rig.engine, signal);
    expect(`"next_link":"${rig.sent[0]!.url}`).toBe(links.at(-1));
  });
});

function open(nowMs: number): State {
  return state = openState(folder, {
    locker,
    pid: 1,
    now: rig?.clock.now ?? (() => nowMs),
    report: (note) => expect.fail(note),
  });
}

/** The streams as 0.1 had them configured. */
function openStreams(): Stream[] {
  const opened = open(KILLED_MS);
  const startAt = (text: string) => ({ startTime: { text, instant: parseInstant(text)! } });
  const contoso = { name: "contoso", id: "10001", environment: "prod" };
  const fabrikam = { name: "fabrikam", id: "20002 / second", environment: null };
  const chosen: [Partial<InputConfig>, string, Partial<ServiceConfig>][] = [
    [contoso, "signIns", startAt("2026-11-21T10:00:00Z")],
    [contoso, "directory_audits", {
      ...startAt("2026-11-22T10:00:00Z"),
      rereadAfterSeconds: [300, 3600],
    }],
    [contoso, "alerts_v2", startAt("2026-11-22T13:00:00Z")],
    [contoso, "secure_score_control_profiles", {}],
    [fabrikam, "directory_audits", startAt("2026-11-12T16:00:00Z")],
  ];
  return chosen.map(([input, service, settings]) => {
    const stream = rig.stream(service, settings);
    return {
      ...stream,
      input: { ...stream.input, ...input },
      state: opened.stream({ inputId: input.id!, service }),
    };
  });
}

interface Held {
  readonly collection: CollectionName;
  readonly record: Readonly<Record<string, string>>;
  /** Names of the inputs that had delivered it, as it was. */
  readonly delivered: readonly string[];
}

const INPUTS_OF: Partial<Record<CollectionName, readonly string[]>> = {
  directoryAudits: ["contoso", "fabrikam"],
};

/** Puts into Graph what it held at the kill. @returns what had not left, as `input record` */
function holdWhatGraphHeld(): string[] {
  const rows = textOf("records.ndjson").trimEnd().split("\n").map((row) => JSON.parse(row) as Held);
  return rows.flatMap(({ collection, record, delivered }) => {
    const json = JSON.stringify(record);
    rig.emulator.put(collection, json);
    const inputs = INPUTS_OF[collection] ?? ["contoso"];
    return inputs.filter((input) => !delivered.includes(input)).map((input) => `${input} ${json}`);
  });
}

/** New, late and changed records. @returns what is to leave because of them */
function whatCameMeanwhile(laterMs: number): string[] {
  const now = rig.clock.now();
  const at = (ms: number) => formatInstant(fromMillis(ms));
  const time = (part: number) => at(KILLED_MS + laterMs * part);
  const audits = [0.1, 0.5, 0.9].map((part, n) => ({ id: `new-audit-${n}`, activityDateTime: time(part) }));
  const late = { id: "late-audit", activityDateTime: at(KILLED_MS - 20 * MINUTE) };
  const signIns = [0.2, 0.8].map((part, n) => ({ id: `new-sign-in-${n}`, createdDateTime: time(part) }));
  const alert = { id: "da7", lastUpdateDateTime: at(now - 1000) };
  const profile = { id: "Control9", actionType: "Changed" };
  const come = (collection: CollectionName, records: readonly object[], inputs: readonly string[]) =>
    records.flatMap((record) => {
      rig.emulator.put(collection, JSON.stringify(record));
      return inputs.map((input) => `${input} ${JSON.stringify(record)}`);
    });
  return [
    ...come("directoryAudits", [...audits, late], ["contoso", "fabrikam"]),
    ...come("signIns", signIns, ["contoso"]),
    ...come("alerts_v2", [alert], ["contoso"]),
    ...come("secureScoreControlProfiles", [profile], ["contoso"]),
  ];
}

/** What left, as `input record`. */
function delivered(): string[] {
  return rig.lines.map((line) => eventLine(line)).map(({ input, record }) => `${input} ${record}`);
}
