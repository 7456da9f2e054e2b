import { expect, it } from "vitest";
import { createKeyDates } from "../../../../src/state/seen/dates.ts";
import { KEY_BYTES } from "../../../../src/state/seen/keys.ts";

const at = (text: string) => Date.parse(`2026-11-${text}:00Z`);
/** Keys that are all alike, each known by its number. */
const keys = (count: number) => Uint8Array.from({ length: count * KEY_BYTES }, (_, at) => at / KEY_BYTES);
const cut = (dates: ReturnType<typeof createKeyDates>, count: number) =>
  dates.cut(keys(count)).map(({ keys, untilMs }) => [keys[0], keys.length / KEY_BYTES, untilMs]);

it("keys of which nothing was said count from now, and those of one segment go together, with the latest date", () => {
  const dates = createKeyDates();
  dates.say(2, null);
  dates.say(5, at("01T01:00"));
  dates.say(5, at("09T09:00"));
  dates.say(6, at("01T06:00"));
  dates.say(8, at("01T06:01"));
  expect(cut(dates, 9)).toEqual([
    [0, 2, null],
    [2, 4, at("01T06:00")],
    [6, 2, at("01T06:01")],
    [8, 1, null],
  ]);
  dates.clear();
  expect(cut(dates, 3)).toEqual([[0, 3, null]]);
});
