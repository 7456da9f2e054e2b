import { expect, it } from "vitest";
import { namesOf } from "../../../src/wiring/reload.ts";

const streams = (...services: string[]) => services.map((service) => ({ input: "a", service }));

it("what a configuration changes is told by the names of the streams, and what it does not is not", () => {
  const changes = { added: streams("x"), removed: [], changed: [], unchanged: streams("y", "z") };
  expect(namesOf(changes)).toEqual({
    added: "a × x",
    removed: undefined,
    changed: undefined,
    unchanged: "a × y, a × z",
  });
});

it("what it changes does not become longer than a line can be", () => {
  const many = streams(...Array.from({ length: 30 }, (_, index) => `s${index}`));
  const { unchanged } = namesOf({ added: [], removed: [], changed: [], unchanged: many });
  expect(unchanged).toMatch(/^a × s0, .*a × s19 and 10 more$/);
});
