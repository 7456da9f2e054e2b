/** Which page links may be followed with a token: those whose origin, as the URL parser sees it, is the configured one. */
import { describe, expect, it } from "vitest";
import { GraphtapError } from "../../../src/errors.ts";
import { checkLink } from "../../../src/graph/links.ts";

const GRAPH = "https://graph.microsoft.com";

/** A link on the first page of the sign-ins. */
function follow(link: string, graphUrl = GRAPH, visited: readonly string[] = []): string {
  const pageUrl = `${graphUrl}/v1.0/auditLogs/signIns?$top=1000`;
  return checkLink(link, { service: "signIns", graphUrl, pageUrl, visited: new Set(visited) });
}

function refusal(link: string, graphUrl = GRAPH): string | null {
  try {
    follow(link, graphUrl);
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
    ["no scheme, of another host", "//evil.example/v1.0/x"],
    ["another host behind a backslash", "\\\\evil.example/v1.0/x"],
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
    ["no scheme", "//graph.microsoft.com/v1.0/x"],
  ])("with %s is ours", (_, link) => {
    expect(refusal(link)).toBeNull();
  });

  it("of another loopback port is foreign to an emulator, too", () => {
    expect(refusal("http://127.0.0.1:2/x", "http://127.0.0.1:1")).toBe("page-link-foreign");
    expect(refusal("http://localhost:1/x", "http://127.0.0.1:1")).toBe("page-link-foreign");
  });

  it("tells where it leads without its path and query", () => {
    expect(() => follow("https://u:p@evil.example/v1.0?$skiptoken=abc"))
      .toThrow(
        'Cannot follow page link of "signIns": it leads to https://evil.example, expected https://graph.microsoft.com; no token was sent there',
      );
  });
});

describe("the address of the next page", () => {
  const PROXY = "https://proxy.example/graph";

  it.each([
    ["/v1.0/auditLogs/signIns?$skiptoken=x", GRAPH, `${GRAPH}/v1.0/auditLogs/signIns?$skiptoken=x`],
    ["signIns?$skiptoken=x", GRAPH, `${GRAPH}/v1.0/auditLogs/signIns?$skiptoken=x`],
    ["?$skiptoken=x", GRAPH, `${GRAPH}/v1.0/auditLogs/signIns?$skiptoken=x`],
    ["/v1.0/auditLogs/signIns?$skiptoken=x", PROXY, `${PROXY}/v1.0/auditLogs/signIns?$skiptoken=x`],
    ["/graph/v1.0/auditLogs/signIns?$skiptoken=x", PROXY, `${PROXY}/v1.0/auditLogs/signIns?$skiptoken=x`],
    ["signIns?$skiptoken=x", PROXY, `${PROXY}/v1.0/auditLogs/signIns?$skiptoken=x`],
  ])("in a relative link %s below %s is %s", (link, graphUrl, url) => {
    expect(follow(link, graphUrl)).toBe(url);
  });

  it.each([
    "https://graph.microsoft.com",
    "https://graph.microsoft.com:443",
    "https://graph.microsoft.us",
    "https://dod-graph.microsoft.us",
    "https://microsoftgraph.chinacloudapi.cn",
  ])("that names %s is below the proxy, where one stands before Graph", (origin) => {
    const path = "/v1.0/auditLogs/signIns?$filter=a%20b&$skiptoken=Pc2%2f";
    expect(follow(origin + path, PROXY)).toBe(PROXY + path);
    expect(follow(origin + path, "http://127.0.0.1:8080")).toBe(`http://127.0.0.1:8080${path}`);
  });

  it.each([
    "http://graph.microsoft.com",
    "https://graph.microsoft.com:8443",
    "https://graph.microsoft.com.example",
  ])(
    "that names %s is foreign to the proxy, too",
    (origin) => expect(refusal(`${origin}/v1.0/x`, PROXY)).toBe("page-link-foreign"),
  );

  it("keeps what stands behind a # that was not escaped", () => {
    expect(follow(`${GRAPH}/v1.0/x?$filter=upn eq 'a#EXT#@b'&$skiptoken=t`)).toBe(
      `${GRAPH}/v1.0/x?$filter=upn eq 'a%23EXT%23@b'&$skiptoken=t`,
    );
  });

  it("stays as Graph wrote it, letter by letter", () => {
    const link = `${GRAPH}/v1.0/x?$skiptoken=Pc2|{"a":"b"}^+%2b%3D plus`;
    expect(follow(link)).toBe(link);
  });

  it("is known as one that was followed, however the link to it is written", () => {
    const url = `${PROXY}/v1.0/auditLogs/signIns?$skiptoken=x`;
    for (const link of [url, `${GRAPH}/v1.0/auditLogs/signIns?$skiptoken=x`, "signIns?$skiptoken=x"]) {
      expect(() => follow(link, PROXY, [url])).toThrow("Graph gave the same link twice");
    }
  });
});
