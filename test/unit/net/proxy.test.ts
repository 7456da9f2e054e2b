import { describe, expect, it } from "vitest";
import { proxiesFrom } from "../../../src/net/proxy.ts";

const PROXIES = { HTTPS_PROXY: "http://secure.corp:3128", HTTP_PROXY: "http://plain.corp:8080/" };

function proxyOf(url: string, env: Readonly<Record<string, string>>): string | null {
  return proxiesFrom(env)(new URL(url))?.origin ?? null;
}

describe("the choice of a proxy", () => {
  it.each([
    ["https://graph.microsoft.com/v1.0", "http://secure.corp:3128"],
    ["http://receiver.corp/lines", "http://plain.corp:8080"],
  ])("for %s is %s", (url, proxy) => expect(proxyOf(url, PROXIES)).toBe(proxy));

  it("goes by the variable in small letters first, and by none that is empty", () => {
    expect(proxyOf("https://a.b", { ...PROXIES, https_proxy: "http://small.corp:1" })).toBe(
      "http://small.corp:1",
    );
    expect(proxyOf("https://a.b", { ...PROXIES, https_proxy: "" })).toBe("http://secure.corp:3128");
    expect(proxyOf("https://a.b", { HTTPS_PROXY: " " })).toBeNull();
  });

  it("sends user and password as they were before they were written in an address", () => {
    const proxy = proxiesFrom({ HTTPS_PROXY: "http://CORP%5Csvc:p%23%25%40@proxy:3128" })(
      new URL("https://a.b"),
    );
    expect(proxy?.authorization).toBe(`Basic ${btoa("CORP\\svc:p#%@")}`);
    expect(proxy?.origin).toBe("http://proxy:3128");
  });

  it.each([
    ["*", "https://graph.microsoft.com", true],
    ["graph.microsoft.com", "https://graph.microsoft.com", true],
    [".microsoft.com", "https://graph.microsoft.com", true],
    ["*.microsoft.com", "https://graph.microsoft.com", true],
    ["microsoft.com", "https://graph.microsoft.com", true],
    ["GRAPH.Microsoft.com.", "https://graph.microsoft.com", true],
    ["osoft.com", "https://graph.microsoft.com", false],
    ["a.example b.example,graph.microsoft.com", "https://graph.microsoft.com", true],
    ["graph.microsoft.com:443", "https://graph.microsoft.com", true],
    ["graph.microsoft.com:8443", "https://graph.microsoft.com", false],
    ["10.0.0.0/8", "https://10.20.30.40", true],
    ["10.0.0.0/8", "https://11.20.30.40", false],
    ["10.0.0.0/8", "https://10.example", false],
    ["127.0.0.1", "https://127.0.0.1:8443", true],
    ["127.0.0.1:8443", "https://127.0.0.1:9443", false],
    ["fd00::/8", "https://[fd12::1]", true],
    ["[::1]", "https://[::1]:8443", true],
    ["[::1]:443", "https://[::1]:8443", false],
    ["::1", "https://[::1]", true],
    ["", "https://graph.microsoft.com", false],
  ])("NO_PROXY=%s leaves it out for %s: %s", (list, url, isLeftOut) => {
    expect(proxyOf(url, { ...PROXIES, NO_PROXY: list }) === null).toBe(isLeftOut);
  });

  it("refuses a network that is none", () => {
    expect(() => proxiesFrom({ ...PROXIES, no_proxy: "10.0.0.0/33" })).toThrow(
      'no_proxy holds "10.0.0.0/33", expected a network such as 10.0.0.0/8',
    );
  });
});
