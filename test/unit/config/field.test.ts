import { describe, expect, it } from "vitest";
import { filterClauseRemark } from "../../../src/config/field.ts";

describe("a filter clause", () => {
  it.each([
    "status/errorCode ne 0",
    "(a eq 1) or (b eq 'x')",
    "displayName eq 'O''Brien (x'",
    "signInEventTypes/any(t: t eq 'a')",
    "displayName eq 'and 100%'",
    "android eq 1 or landing eq 2",
  ])("may be %s", (clause) => {
    expect(filterClauseRemark(clause)).toBeNull();
  });

  it.each([
    "$filter=a eq 1",
    "?filter = a",
    "and a eq 1",
    "OR(a)",
    "a eq 1 and",
    "a%20eq%201",
    "a eq 'x",
    "(a eq 1",
    "a eq 1)",
    "a eq 1) or (b eq 2",
    "a eq 1\nor b eq 2",
    "a eq 'x'')",
  ])(
    "may not be %j",
    (clause) => {
      expect(filterClauseRemark(clause)).toMatch(/^an OData clause/);
    },
  );
});
