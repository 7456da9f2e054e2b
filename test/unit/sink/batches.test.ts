import { Buffer } from "node:buffer";
import { expect, it } from "vitest";
import type { Batch, MakeBatch } from "../../../src/sink/batch.ts";
import { createBatches } from "../../../src/sink/batches.ts";

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Batches of two lines, and which were made so far. */
function rig() {
  const made: string[] = [];
  const makeBatch: MakeBatch = ({ lines }, _most, place) => {
    const first = lines.subarray(0, 4);
    made.push(Buffer.from(first).toString());
    return { lines: first, count: first.length / 2, body: Buffer.from(first), place };
  };
  const { add } = createBatches(makeBatch);
  return { made, write: (text: string) => add({ lines: Buffer.from(text), count: null }) };
}
const textOf = (batch: Batch | null) => batch === null ? null : Buffer.from(batch.body).toString();

it("makes one batch while another is on its way, and no more", async () => {
  const { made, write } = rig();
  const first = write("a\nb\nc\nd\ne\n");
  const second = write("f\n");
  await turn();
  expect(made, "nothing is on its way").toEqual([]);
  expect(textOf(first.next())).toBe("a\nb\n");
  expect(made).toEqual(["a\nb\n"]);
  for (let turns = 0; turns < 3; turns++) await turn();
  expect(made).toEqual(["a\nb\n", "c\nd\n"]);
  expect([first.next(), first.next()].map(textOf)).toEqual(["c\nd\n", "e\n"]);
  await turn();
  expect(made.at(-1), "that of the write which comes then").toBe("f\n");
  expect(first.next()).toBe(null);
  first.leave();
  expect([second.next(), second.next()].map(textOf)).toEqual(["f\n", null]);
  second.leave();
  expect(made).toEqual(["a\nb\n", "c\nd\n", "e\n", "f\n"]);
});

it("makes the next one of a write that comes while a batch is on its way", async () => {
  const { made, write } = rig();
  const first = write("a\n");
  first.next();
  await turn();
  write("b\n");
  await turn();
  expect(made).toEqual(["a\n", "b\n"]);
});

it("never makes a batch in the place of one that is on its way", async () => {
  const { write } = rig();
  const writes = [write("a\nb\nc\nd\ne\n"), write("f\n"), write("g\nh\ni\n")];
  const places: number[] = [];
  for (const one of writes) {
    for (let batch = one.next(); batch !== null; batch = one.next()) {
      places.push(batch.place);
      await turn();
    }
    one.leave();
  }
  expect(places).toHaveLength(6);
  places.slice(1).forEach((place, index) => expect(place).not.toBe(places[index]));
});

it("makes none for a write that has ended", async () => {
  const { made, write } = rig();
  const first = write("a\nb\nc\n");
  first.next();
  first.leave();
  await turn();
  expect(made).toEqual(["a\nb\n"]);
});
