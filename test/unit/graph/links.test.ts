/** Which page links may be followed with a token: those whose origin, as the URL parser sees it, is the configured one. */
import { describe, expect, it } from "vitest";
import { GraphtapError } from "../../../src/errors.ts";
import { checkLink } from "../../../src/graph/links.ts";

const GRAPH = "https://graph.microsoft.com";

function refusal(link: string, graphUrl = GRAPH): string | null {
  try {
    checkLink(link, graphUrl, "signIns", new Set());
    return null;
  } catch (error) {
    if (error instanceof GraphtapError) return error.code;
    throw error;
  }
}

describe("a page link", () => {
  it.each([
    ["another host", "https://evil.example/v1.0/x"],
    ["our host as the user of another", "https://graph.microsoft.com@evil.example/v1.0/x"],
    ["our host as user and password", "https://graph.microsoft.com:443@evil.example/v1.0/x"],
    ["our host as the user, hidden by a backslash", "https://evil.example\\@graph.microsoft.com/v1.0/x"],
    ["our host behind a fragment", "https://evil.example/#@graph.microsoft.com/"],
    ["our host as a part of another", "https://graph.microsoft.com.evil.example/v1.0/x"],
    ["our host behind a hyphen", "https://evil-graph.microsoft.com/v1.0/x"],
    ["a dot behind our host", "https://graph.microsoft.com./v1.0/x"],
    ["a letter that looks like ours", "https://gr\u0430ph.microsoft.com/v1.0/x"],
    ["plain http", "http://graph.microsoft.com/v1.0/x"],
    ["plain http on the port of https", "http://graph.microsoft.com:443/v1.0/x"],
    ["another port", "https://graph.microsoft.com:8443/v1.0/x"],
    ["another scheme", "ftp://graph.microsoft.com/v1.0/x"],
    ["a blob of our origin", "blob:http://graph.microsoft.com/x"],
    ["no scheme", "//graph.microsoft.com/v1.0/x"],
    ["a relative one", "/v1.0/auditLogs/signIns?$skiptoken=x"],
    ["no URL", "https://[graph.microsoft.com/"],
    ["nothing", ""],
    ["a script", "javascript:alert(1)"],
  ])("with %s is refused", (_, link) => {
    expect(refusal(link)).toBe("page-link-foreign");
  });

  it.each([
    ["capitals", "HTTPS://GRAPH.MICROSOFT.COM/v1.0/x"],
    ["the port that is meant anyway", "https://graph.microsoft.com:443/v1.0/x"],
    ["a user, which is not sent", "https://someone@graph.microsoft.com/v1.0/x"],
  ])("with %s is ours", (_, link) => {
    expect(refusal(link)).toBeNull();
  });

  it("of another loopback port is foreign to an emulator, too", () => {
    expect(refusal("http://127.0.0.1:2/x", "http://127.0.0.1:1")).toBe("page-link-foreign");
    expect(refusal("http://localhost:1/x", "http://127.0.0.1:1")).toBe("page-link-foreign");
  });

  it("tells where it leads without its path and query", () => {
    expect(() => checkLink("https://u:p@evil.example/v1.0?$skiptoken=abc", GRAPH, "signIns", new Set()))
      .toThrow(
        'Cannot follow page link of "signIns": it leads to https://evil.example, expected https://graph.microsoft.com; no token was sent there',
      );
  });
});
