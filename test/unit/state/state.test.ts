import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { emptyPosition, type Position } from "../../../src/state/position.ts";
import type { StreamAddress } from "../../../src/state/state.ts";
import { recordKey } from "../../../src/record/keyMaker.ts";
import type { State } from "../../../src/state/state.ts";
import { freshFolder, stateIn, withoutChecksum } from "../../support/state.ts";

const signIns: StreamAddress = { inputId: "10001", service: "signIns" };
const alerts: StreamAddress = { inputId: "10001", service: "alerts" };
const positionAt = (records: number): Position => ({ ...emptyPosition(), records });

/** Gives a stream a position and one key. */
function write(state: State, address: StreamAddress, records = 1): void {
  const stream = state.stream(address);
  stream.seen().add(recordKey("a"));
  stream.seen().commit();
  stream.commitInFile(positionAt(records));
}

describe("a state folder", () => {
  it("keeps position and seen set of each stream apart, over a restart", () => {
    const dir = join(freshFolder(), "not", "yet", "there");
    const state = stateIn(dir);
    expect(state.stream(signIns).loadPosition()).toBeNull();
    expect(state.list()).toEqual([]);
    write(state, signIns, 5);
    state.stream(alerts).commitInFile(positionAt(6));
    state.close();

    const again = stateIn(dir);
    expect(again.list()).toEqual([alerts, signIns]);
    expect(again.stream(signIns).loadPosition()).toEqual(positionAt(5));
    expect(again.stream(alerts).loadPosition()?.records).toBe(6);
    expect([signIns, alerts].map((address) => again.stream(address).seen().has(recordKey("a")))).toEqual([
      true,
      false,
    ]);
    expect(existsSync(join(dir, "10001", "signIns", "checkpoint.json"))).toBe(true);
  });

  it("has room for any input id, and tells it again", () => {
    const dir = freshFolder();
    const ids = [
      "..",
      "a/b",
      "a%2Fb",
      "lock",
      "Zürich 🦊",
      "\ud800",
      "x".repeat(3000),
      "y".repeat(3000),
      "0".repeat(32),
    ];
    const state = stateIn(dir);
    const addresses = ids.flatMap((inputId) =>
      ["alerts", "my service"].map((service) => ({ inputId, service }))
    );
    addresses.forEach((address, index) => write(state, address, index));
    state.close();
    const again = stateIn(dir);
    expect(new Set(again.list().map((address) => JSON.stringify(address))))
      .toEqual(new Set(addresses.map((address) => JSON.stringify(address))));
    addresses.forEach((address, index) => expect(again.stream(address).loadPosition()?.records).toBe(index));
  });

  it("leaves the old collector's files and other folders alone, and does not list them", () => {
    const dir = freshFolder();
    writeFileSync(join(dir, "d41d8cd98f00b204e9800998ecf8427e"), "pickle");
    mkdirSync(join(dir, "lost+found"));
    mkdirSync(join(dir, "other", "program"), { recursive: true });
    writeFileSync(join(dir, "other", "program", "data.tmp"), "theirs");
    const state = stateIn(dir);
    write(state, signIns);
    expect(state.list()).toEqual([signIns]);
    state.close();
    expect(readdirSync(dir).sort()).toEqual([
      ".lock",
      "10001",
      "d41d8cd98f00b204e9800998ecf8427e",
      "lock",
      "lost+found",
      "other",
    ]);
    expect(readFileSync(join(dir, "other", "program", "data.tmp"), "utf8")).toBe("theirs");
  });

  it("is rid of what a killed process left unfinished as soon as it is opened", () => {
    const dir = freshFolder();
    const first = stateIn(dir);
    write(first, signIns);
    first.close();
    const folder = join(dir, "10001", "signIns");
    writeFileSync(join(folder, "checkpoint.json.tmp"), "{");
    writeFileSync(join(folder, "seen", "00000002-20261122T000000Z-all.seen.tmp"), "GTAP");
    mkdirSync(join(dir, "10001", ".gone-alerts", "seen"), { recursive: true });
    const state = stateIn(dir);
    expect(readdirSync(folder).sort()).toEqual(["checkpoint.json", "seen"]);
    expect(readdirSync(join(dir, "10001"))).toEqual(["signIns"]);
    expect(state.stream(signIns).seen().size()).toBe(1);
    expect(readdirSync(join(folder, "seen"))).toEqual(["00000001-20261122T000000Z.seen"]);
  });
});

describe("resetting a stream", () => {
  it("deletes its position and its keys, not its neighbour's, and lets it begin again", () => {
    const dir = freshFolder();
    const state = stateIn(dir);
    write(state, signIns);
    write(state, alerts);
    const old = state.stream(signIns).seen();
    state.stream(signIns).reset();
    expect(state.list()).toEqual([alerts]);
    expect(readdirSync(join(dir, "10001"))).toEqual(["alerts"]);
    expect([state.stream(signIns).loadPosition(), state.stream(signIns).seen().size()]).toEqual([null, 0]);
    expect(() => old.add(recordKey("b"))).toThrow("closed");
    write(state, signIns, 9);
    expect(state.stream(signIns).loadPosition()?.records).toBe(9);
  });

  it("that never began is nothing", () => {
    const dir = freshFolder();
    const state = stateIn(dir);
    state.stream(signIns).reset();
    expect(state.list()).toEqual([]);
  });
});

describe("a checkpoint file", () => {
  it("that is damaged is set aside and reported; the seen set stays", () => {
    const dir = freshFolder();
    const notes: string[] = [];
    const state = stateIn(dir, { report: (note) => notes.push(note) });
    write(state, signIns);
    const path = join(state.stream(signIns).dir, "checkpoint.json");
    writeFileSync(path, `{"persistence_version": 3, "serv`);
    expect(state.stream(signIns).loadPosition()).toBeNull();
    expect(notes).toEqual([
      expect.stringMatching(/checkpoint\.json" is damaged .*kept as ".*checkpoint\.json\.corrupt-\d+"/),
    ]);
    expect(readdirSync(state.stream(signIns).dir)).toEqual([expect.stringMatching(/corrupt-\d+$/), "seen"]);
    expect(state.stream(signIns).seen().has(recordKey("a"))).toBe(true);
  });

  it("that is missing was lost if it was set aside, or if there are keys, or no more than a folder, until a reset", () => {
    const state = stateIn(freshFolder(), { report: () => {} });
    const stream = state.stream(signIns);
    expect(stream.hasLostPosition()).toBe(false);
    stream.commitInFile(positionAt(1));
    writeFileSync(join(stream.dir, "checkpoint.json"), "");
    expect([stream.loadPosition(), stream.hasLostPosition()]).toEqual([null, true]);
    stream.reset();
    expect(stream.hasLostPosition()).toBe(false);
    stream.seen().add(recordKey("a"));
    stream.seen().commit();
    expect(stream.hasLostPosition()).toBe(true);
    stream.reset();
    stream.begin(positionAt(1));
    rmSync(join(stream.dir, "checkpoint.json"));
    expect([stream.loadPosition(), stream.hasLostPosition()]).toEqual([null, true]);
  });

  it.each([
    [
      "is another stream's",
      (text: string) => text.replace("signIns", "alerts"),
      `belongs to input "10001", service "alerts"`,
    ],
    [
      "is of a newer version",
      (text: string) => text.replace(": 3", ": 4"),
      `"persistence_version" is 4, written by a newer graphtap`,
    ],
  ])("that %s stops the program and stays as it is", (_, edit, message) => {
    const state = stateIn(freshFolder());
    write(state, signIns);
    const path = join(state.stream(signIns).dir, "checkpoint.json");
    const edited = edit(withoutChecksum(readFileSync(path, "utf8")));
    writeFileSync(path, edited);
    expect(() => state.stream(signIns).loadPosition()).toThrow(expect.objectContaining({
      code: "state-unusable",
      message: expect.stringContaining(message),
    }));
    expect(readFileSync(path, "utf8")).toBe(edited);
  });

  it("is not written when it could not be read back", () => {
    const state = stateIn(freshFolder());
    write(state, signIns);
    for (const wrong of [{ records: Number.NaN }, { rereadCredit: Infinity }, { windowSeconds: 0 }]) {
      const position = { ...positionAt(2), ...wrong };
      expect(() => state.stream(signIns).commitInFile(position)).toThrow(
        expect.objectContaining({ code: "bug" }),
      );
    }
    expect(state.stream(signIns).loadPosition()?.records).toBe(1);
  });
});

describe("looking at a state folder", () => {
  it("works beside the process that has it, and changes nothing", () => {
    const dir = freshFolder();
    const state = stateIn(dir);
    write(state, signIns);
    const looking = stateIn(dir, { readOnly: true });
    expect(looking.list()).toEqual([signIns]);
    expect([looking.stream(signIns).loadPosition()?.records, looking.stream(signIns).seen().size()]).toEqual([
      1,
      1,
    ]);
    for (
      const change of [
        () => looking.stream(signIns).reset(),
        () => looking.stream(signIns).commitInFile(positionAt(2)),
        () => looking.stream(signIns).seen().add(recordKey("b")),
      ]
    ) expect(change).toThrow("reading only");
    write(state, alerts);
    expect(looking.list()).toEqual([alerts, signIns]);
  });

  it("finds nothing where nothing is, and makes nothing", () => {
    const dir = join(freshFolder(), "none");
    const looking = stateIn(dir, { readOnly: true });
    expect([looking.list(), looking.stream(signIns).loadPosition(), looking.stream(signIns).seen().size()])
      .toEqual([[], null, 0]);
    expect(existsSync(dir)).toBe(false);
  });

  it("reports a damaged checkpoint and leaves it", () => {
    const dir = freshFolder();
    const state = stateIn(dir);
    write(state, signIns);
    writeFileSync(join(state.stream(signIns).dir, "checkpoint.json"), "");
    const notes: string[] = [];
    const looking = stateIn(dir, { readOnly: true, report: (note) => notes.push(note) });
    expect(looking.stream(signIns).loadPosition()).toBeNull();
    expect([notes.length, readdirSync(state.stream(signIns).dir).sort()]).toEqual([1, [
      "checkpoint.json",
      "seen",
    ]]);
  });
});

describe("a symbolic link in a state folder", () => {
  it.each(["10001", "10001/signIns", "10001/signIns/seen", "10001/signIns/checkpoint.json"])(
    "in the place of %s is refused",
    (place) => {
      const dir = freshFolder();
      const elsewhere = join(freshFolder(), "elsewhere");
      const state = stateIn(dir);
      write(state, signIns);
      state.close();
      renameSync(join(dir, place), elsewhere);
      symlinkSync(elsewhere, join(dir, place));
      expect(() => {
        const stream = stateIn(dir).stream(signIns);
        stream.loadPosition();
        stream.seen().has(recordKey("a"));
      }).toThrow(
        expect.objectContaining({
          code: "state-unusable",
          message: expect.stringContaining("symbolic link"),
        }),
      );
    },
  );

  it("that leads to the state folder itself is the operator's choice", () => {
    const real = freshFolder();
    const link = join(freshFolder(), "state");
    symlinkSync(real, link);
    write(stateIn(link), signIns);
    expect(existsSync(join(real, "10001", "signIns", "checkpoint.json"))).toBe(true);
  });
});
