import { afterEach, describe, expect, it } from "vitest";
import { addSeconds, formatInstant, fromMillis } from "../../src/instant.ts";
import { poll } from "../../src/tap/poll.ts";
import { replay } from "../../src/tap/replay.ts";
import { openRig, type Rig } from "../support/rig.ts";

const signal = new AbortController().signal;
let rig: Rig;
afterEach(() => rig.close());

describe("a range that is read again by hand", () => {
  it("brings each record once where windows share their bounds: all with --again, none without", async () => {
    rig = openRig();
    const now = fromMillis(rig.clock.now());
    const start = addSeconds(now, -6 * 3600);
    const ids = Array.from({ length: 12 }, (_, half) => {
      const id = `record-${half}`;
      const createdDateTime = formatInstant(addSeconds(start, half * 1800));
      rig.emulator.put("signIns", JSON.stringify({ id, createdDateTime }));
      return id;
    });
    const stream = rig.stream("signIns", {
      startTime: { text: "start", instant: addSeconds(start, -1) },
      windowMaxSeconds: 1800,
    });
    await poll(stream, rig.engine, signal);
    const deliveredIds = () =>
      rig.lines.splice(0).map((line) => (JSON.parse(line) as { id: string }).id).sort();
    expect(deliveredIds()).toEqual([...ids].sort());

    const range = { from: start, to: now };
    expect((await replay(stream, rig.engine, signal, range, false)).sent).toBe(0);
    expect((await replay(stream, rig.engine, signal, range, true)).sent).toBe(ids.length);
    expect(deliveredIds()).toEqual([...ids].sort());
  });
});
