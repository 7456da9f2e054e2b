import { describe, expect, it } from "vitest";
import { readEndpoint } from "../../../src/config/endpoint.ts";

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
