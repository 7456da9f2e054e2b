import { Buffer } from "node:buffer";
import { expect, it } from "vitest";
import { createOutgoing } from "../../../src/record/outgoing.ts";
import { lineStyle } from "../../../src/record/line.ts";
import { recordKey } from "../../../src/record/keyMaker.ts";
import { KEY_BYTES } from "../../../src/state/seen/keys.ts";

const RECORD = Buffer.from(`{"id":"1","text":"${"x".repeat(80)}"}`);
const NO_FIELDS = new Int32Array([-1, -1, -1, -1]);

/** Outgoing lines of about a hundred bytes, and how many lines and keys each write had. */
function rig(worthBytes?: number) {
  const writes: { lines: number; keys: number }[] = [];
  const outgoing = createOutgoing(
    {
      ...(worthBytes !== undefined && { worthBytes }),
      write(lines, origin) {
        const text = Buffer.from(lines).toString();
        writes.push({ lines: text.split("\n").length - 1, keys: origin!.keys.length / KEY_BYTES });
        return Promise.resolve();
      },
      close: () => Promise.resolve(),
    },
    "1/signIns",
    lineStyle({
      format: "record",
      service: "signIns",
      input: "one",
      hostname: "host",
      environment: null,
      pullStartedMs: 0,
    }),
  );
  const add = () => {
    outgoing.keys.append(recordKey("1"));
    outgoing.lines.add("tag", RECORD, 0, RECORD.length, NO_FIELDS, true);
  };
  return { ...outgoing, writes, add };
}

it("hands over all there is to a sink to which any write is worth it", async () => {
  const { add, offer, writes } = rig();
  add();
  await offer();
  await offer();
  expect(writes).toEqual([{ lines: 1, keys: 1 }]);
});

it("keeps lines that are not worth a write together, until they are, or until they must go", async () => {
  const { add, offer, drain, writes } = rig(300);
  for (let line = 0; line < 7; line++) {
    add();
    await offer();
  }
  expect(writes).toEqual([{ lines: 3, keys: 3 }, { lines: 3, keys: 3 }]);
  await drain();
  await drain();
  expect(writes.slice(2)).toEqual([{ lines: 1, keys: 1 }]);
});
