import { describe, expect, it } from "vitest";
import { errorKinds } from "../../../../src/errors.ts";
import { causeOf } from "../../../../src/server/status/causes.ts";

describe("a failure that a stream can live on with", () => {
  const codes = Object.entries(errorKinds).filter(([, { recovery }]) => recovery !== "exit");
  it.each(codes.map(([code]) => code))("has words, and something to do: %s", (code) => {
    const { says, todo } = causeOf(code);
    expect(says).not.toContain(code);
    expect(todo).toMatch(/\.$/);
  });
});
