import { describe, expect, it } from "vitest";
import { readEndpoint } from "../../../src/config/endpoint.ts";
import { filterClauseRemark } from "../../../src/config/field.ts";
import { editDistance, nearest } from "../../../src/config/nearest.ts";
import { parseStartTime } from "../../../src/config/startTime.ts";
import { formatInstant } from "../../../src/instant.ts";

describe("a start time", () => {
  it.each([
    ["2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z"],
    ["2026-01-01T00-00-01Z", "2026-01-01T00:00:01Z"],
    ["2026-01-01", "2026-01-01T00:00:00Z"],
    ["2026-01-01T10:20", "2026-01-01T10:20:00Z"],
    ["2026-01-01 10:20:30", "2026-01-01T10:20:30Z"],
    ["2026-01-01T10:20:30.1234567Z", "2026-01-01T10:20:30.1234567Z"],
    ["2026-01-01T10:20:30,5", "2026-01-01T10:20:30.5Z"],
    ["2026-01-01T10:20:30+02:00", "2026-01-01T08:20:30Z"],
    ["2026-01-01T10-20-30-0500", "2026-01-01T15:20:30Z"],
    [" 2026-01-01t10:20:30z ", "2026-01-01T10:20:30Z"],
  ])("%s is %s", (text, expected) => {
    expect(formatInstant(parseStartTime(text)!)).toBe(expected);
  });

  it.each([
    "",
    "now",
    "1767225600",
    "2026-13-01",
    "2026-02-29",
    "2026-01-01T25:00:00Z",
    "2026-01-01T10:20-30Z",
    "01/02/2026",
  ])(
    "%j is none",
    (text) => {
      expect(parseStartTime(text)).toBeNull();
    },
  );
});

describe("a filter clause", () => {
  it.each([
    "status/errorCode ne 0",
    "(a eq 1) or (b eq 'x')",
    "displayName eq 'O''Brien (x'",
    "signInEventTypes/any(t: t eq 'a')",
  ])("may be %s", (clause) => {
    expect(filterClauseRemark(clause)).toBeNull();
  });

  it.each(["a eq 'x", "(a eq 1", "a eq 1)", "a eq 1) or (b eq 2", "a eq 1\nor b eq 2", "a eq 'x'')"])(
    "may not be %j",
    (clause) => {
      expect(filterClauseRemark(clause)).toMatch(/^an OData clause/);
    },
  );
});

describe("an address", () => {
  it.each([
    ["https://graph.microsoft.com", "https://graph.microsoft.com"],
    ["https://login.microsoftonline.com/", "https://login.microsoftonline.com"],
    ["https://proxy.test:8443/graph//", "https://proxy.test:8443/graph"],
    ["http://localhost:8080", "http://localhost:8080"],
    ["http://127.1.2.3", "http://127.1.2.3"],
    ["http://[::1]:9", "http://[::1]:9"],
  ])("%s is %s", (text, url) => {
    expect(readEndpoint(text, false)).toEqual({ url });
  });

  it.each([
    "graph.microsoft.com",
    "/graph",
    "ftp://graph.test",
    "https://u:p@graph.test",
    "https://graph.test?x",
    "https://graph.test/#x",
    "http://graph.test",
    "http://127.0.0.1.graph.test",
    "http://localhost.graph.test",
    "http://[::2]",
    "",
  ])("%j is refused", (text) => {
    expect(readEndpoint(text, false)).toHaveProperty("expected");
  });

  it("may be plain http when asked for, but nothing else changes", () => {
    expect(readEndpoint("http://graph.test", true)).toEqual({ url: "http://graph.test" });
    expect(readEndpoint("http://u@graph.test", true)).toHaveProperty("expected");
  });
});

describe("the nearest word", () => {
  it.each([
    ["signInz", ["signIns", "signIn"], "signIns"],
    ["SIGNINS", ["signIns_v2", "signIns"], "signIns"],
    ["overide_tag", ["override_tag", "override_scope"], "override_tag"],
    ["di", ["id", "name"], "id"],
    ["mail", ["signIns", "alerts"], null],
  ])("to %s of %j is %s", (word, candidates, expected) => {
    expect(nearest(word, candidates)).toBe(expected);
  });

  it.each([["", "abc", 3], ["abc", "acb", 1], ["kitten", "sitting", 3], ["same", "same", 0]])(
    "counts from %j to %j %i changes",
    (a, b, changes) => {
      expect(editDistance(a, b)).toBe(changes);
    },
  );
});
