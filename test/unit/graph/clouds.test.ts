import { describe, expect, it } from "vitest";
import { type CloudSettings, isPublicGraph, resolveCloud } from "../../../src/graph/clouds.ts";

const resolve = (settings: Partial<CloudSettings>) =>
  resolveCloud({ topLevelDomain: "com", baseUrl: null, loginUrl: null, scope: null, ...settings });

describe("the scope of a token", () => {
  it.each<[string, Partial<CloudSettings>, string]>([
    ["Graph", {}, "https://graph.microsoft.com/.default"],
    ["GCC High", { topLevelDomain: "us" }, "https://graph.microsoft.us/.default"],
    ["DoD", { baseUrl: "https://dod-graph.microsoft.us/" }, "https://dod-graph.microsoft.us/.default"],
    [
      "21Vianet",
      { baseUrl: "https://microsoftgraph.chinacloudapi.cn" },
      "https://microsoftgraph.chinacloudapi.cn/.default",
    ],
    ["a reverse proxy", { baseUrl: "https://proxy.example/graph" }, "https://graph.microsoft.com/.default"],
    [
      "a reverse proxy before GCC High",
      { topLevelDomain: "us", baseUrl: "http://127.0.0.1:8080" },
      "https://graph.microsoft.us/.default",
    ],
    [
      "what is configured",
      { baseUrl: "https://proxy.example", scope: "api://x/.default" },
      "api://x/.default",
    ],
  ])("is that of %s", (_, settings, scope) => {
    expect(resolve(settings).scope).toBe(scope);
  });
});

describe("the login service that an assertion is for", () => {
  it.each<[string, Partial<CloudSettings>, string]>([
    ["Graph", {}, "https://login.microsoftonline.com"],
    ["GCC High", { topLevelDomain: "us" }, "https://login.microsoftonline.us"],
    [
      "21Vianet",
      { loginUrl: "https://login.partner.microsoftonline.cn/" },
      "https://login.partner.microsoftonline.cn",
    ],
    ["a reverse proxy", { loginUrl: "https://proxy.example/login" }, "https://login.microsoftonline.com"],
    [
      "a reverse proxy before GCC High",
      { topLevelDomain: "us", loginUrl: "http://127.0.0.1:8080" },
      "https://login.microsoftonline.us",
    ],
  ])("is that of %s", (_, settings, authority) => {
    expect(resolve(settings).authority).toBe(authority);
  });
});

it("Graph has four names for everybody", () => {
  expect(isPublicGraph("https://graph.microsoft.com:443/v1.0")).toBe(true);
  for (
    const url of [
      "http://graph.microsoft.com",
      "https://graph.microsoft.com.example",
      "https://x.example",
      "x",
    ]
  ) {
    expect(isPublicGraph(url), url).toBe(false);
  }
});
