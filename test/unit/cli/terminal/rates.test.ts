import { expect, it } from "vitest";
import { createRates } from "../../../../src/cli/terminal/rates.ts";
import { statusOf, stream } from "../../../support/statuses.ts";

const at = (seconds: number, ...sent: number[]) =>
  statusOf(sent.map((count) => stream({ sent: count })), {
    now: new Date(Date.UTC(2026, 10, 22, 16) + seconds * 1000).toISOString(),
  });

it("a rate is of the last ten seconds, and begins anew with other streams", () => {
  const rates = createRates();
  expect(rates.list()).toEqual([]);
  rates.note(at(0, 0, 100));
  expect(rates.list()).toEqual([0, 0]);
  rates.note(at(2, 10, 100));
  expect(rates.list()).toEqual([5, 0]);
  rates.note(at(10, 50, 100));
  rates.note(at(12, 50, 100));
  expect(rates.list()).toEqual([4, 0]);
  rates.note(at(30, 50, 100));
  expect(rates.list()).toEqual([0, 0]);
  rates.note(at(31, 1000));
  expect(rates.list()).toEqual([0]);
});
