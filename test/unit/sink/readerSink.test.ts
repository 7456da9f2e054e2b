import { Buffer } from "node:buffer";
import { describe, expect, it } from "vitest";
import { GraphtapError } from "../../../src/errors.ts";
import { recordKey } from "../../../src/record/keyMaker.ts";
import { createReaderSink, type HandedLine } from "../../../src/sink/readerSink.ts";

const keys = ["1", "2", "3"].map((id) => recordKey(id));
const origin = { stream: "1/signIns", keys: Buffer.concat(keys) };
const textOf = (line: HandedLine | null) => line === null ? null : new TextDecoder().decode(line.bytes);

function open() {
  const stop = new AbortController();
  const reader = createReaderSink(stop.signal);
  const write = reader.sink.write(new TextEncoder().encode("a\nb\nc\n"), origin);
  const watched = { came: "nothing yet" };
  write.then(() => watched.came = "accepted", (error: GraphtapError) => watched.came = error.code);
  const known = () => reader.sink.accepted!("1/signIns").length;
  return { stop, reader, watched, known };
}

async function quiet(): Promise<void> {
  for (let turns = 0; turns < 10; turns++) await Promise.resolve();
}

describe("lines for a reader in the same process", () => {
  it("are accepted when the reader has asked for what follows the last one", async () => {
    const { reader, watched } = open();
    for (const text of ["a", "b", "c"]) {
      expect(textOf(await reader.next())).toBe(text);
      await quiet();
      expect(watched.came).toBe("nothing yet");
    }
    const after = reader.next();
    await quiet();
    expect(watched.came).toBe("accepted");
    reader.end();
    expect(await after).toBe(null);
  });

  it("count one by one when the reader leaves: what it holds comes again, unless it accepted that", async () => {
    const { reader, watched, known } = open();
    await reader.next();
    await reader.next();
    reader.leave();
    await quiet();
    expect({ ...watched, known: known() }).toEqual({ came: "sink-closed", known: 1 });

    const other = open();
    await other.reader.next();
    (await other.reader.next())!.accept();
    other.reader.leave();
    await quiet();
    expect(other.known()).toBe(2);
  });

  it("end with the reason of a stop at once, and what is accepted later counts for nothing", async () => {
    const { stop, reader, watched, known } = open();
    const first = await reader.next();
    stop.abort(new GraphtapError("stopped", "the tap was closed"));
    await quiet();
    first!.accept();
    expect({ ...watched, known: known() }).toEqual({ came: "stopped", known: 0 });
  });
});
