import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { recordKey } from "../../../src/record/keyMaker.ts";
import { createAcceptedKeys } from "../../../src/sink/acceptedKeys.ts";
import { openJournal, readJournal } from "../../../src/sink/spoolJournal.ts";
import { tempFolder } from "../../support/tempFolder.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

/** A journal in which one write of a stream is accepted after the other. */
function journal() {
  const path = join(tempFolder(), "journal");
  const opened = openJournal(path, createAcceptedKeys(), 1e6);
  const accept = (stream: string, text: string) => {
    const keys = recordKey(text);
    opened.append({ kind: "lines", stream, keys, offset: 0, lines: bytes(text) });
    opened.accepted.add(stream, keys);
  };
  const told = () => {
    const { accepted, unfinished } = readJournal(path);
    return {
      unfinished: unfinished === null ? null : new TextDecoder().decode(unfinished.lines),
      accepted: Object.fromEntries(accepted.streams.map((stream) => [stream, accepted.of(stream).length])),
    };
  };
  return { path, ...opened, accept, told };
}

describe("a journal whose entries were all committed", () => {
  it("tells of none of them, and keeps its blocks", () => {
    const { path, accept, told, committed } = journal();
    accept("a", "one\n");
    accept("b", "two\n");
    expect(told()).toEqual({ unfinished: "two\n", accepted: { a: 1 } });
    const { size } = statSync(path);
    committed("a");
    committed("b");
    expect(told()).toEqual({ unfinished: null, accepted: {} });
    expect(statSync(path).size, "nothing is cut off").toBeGreaterThanOrEqual(size);
  });

  it("takes nothing that it held before for a continuation of what is written over it", () => {
    const { accept, told, committed } = journal();
    // Of one length, so that the second one of before stands right behind the new first one.
    accept("a", "111\n");
    accept("a", "222\n");
    accept("a", "333\n");
    committed("a");
    accept("b", "444\n");
    expect(told()).toEqual({ unfinished: "444\n", accepted: {} });
    accept("b", "555\n");
    expect(told()).toEqual({ unfinished: "555\n", accepted: { b: 1 } });
  });

  it("leaves no lines behind when it is closed", () => {
    const { path, accept, committed, close } = journal();
    accept("a", "secret\n");
    committed("a");
    close();
    expect(readFileSync(path)).toHaveLength(0);
  });

  it("keeps what nobody committed when it is closed", () => {
    const { accept, told, close } = journal();
    accept("a", "one\n");
    close();
    expect(told().unfinished).toBe("one\n");
  });
});
