import process from "node:process";
import { expect, it } from "vitest";
import { thisHost } from "../../../src/files/host.ts";

const { pid } = process;

it("a host knows its processes", () => {
  const here = thisHost();
  expect(here.startOf(pid)).toEqual(expect.any(String));
  expect(here.startOf(pid)).toBe(here.startOf(pid));
  expect(here.startOf(2 ** 22 + 1)).toBeNull();
});
