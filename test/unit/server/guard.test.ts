import { Buffer } from "node:buffer";
import { describe, expect, it } from "vitest";
import { refusal } from "../../../src/server/guard.ts";

const TOKEN = "a-token-of-length-24-abc";
const basic = (pair: string) => `Basic ${Buffer.from(pair).toString("base64")}`;

function statusFor(
  headers: Record<string, string>,
  options: { loopback?: boolean; token?: string | null; path?: string; opensFigures?: boolean } = {},
): number {
  const { loopback = true, token = null, path = "/v1/pull", opensFigures = false } = options;
  const all = new Headers({ host: "localhost:9464", ...headers });
  const request = { headers: all, url: `http://localhost:9464${path}` } as Request;
  return refusal(request, { loopback, token, opensFigures })?.status ?? 200;
}

describe("on loopback", () => {
  it.each(["localhost", "localhost:9464", "LOCALHOST:1", "127.0.0.1:9464", "127.1.2.3", "[::1]:9464"])(
    "answers to %s",
    (host) => expect(statusFor({ host })).toBe(200),
  );

  it.each(["evil.example", "localhost.evil.example:9464", "127.0.0.1.evil.example", "10.0.0.1:9464", ""])(
    'does not answer to "%s", which a rebound name would send',
    (host) => expect(statusFor({ host })).toBe(421),
  );
});

describe("a browser on another site", () => {
  it.each([
    [{ "sec-fetch-site": "cross-site" }, 403],
    [{ "sec-fetch-site": "same-site" }, 403],
    [{ origin: "https://evil.example" }, 403],
    [{ origin: "null" }, 403],
    [{ "sec-fetch-site": "none" }, 200],
    [{ "sec-fetch-site": "same-origin", origin: "http://localhost:9464" }, 200],
    [{}, 200],
  ])("sending %j gets %i", (headers, status) => {
    expect(statusFor(headers as Record<string, string>)).toBe(status);
  });
});

describe("with a token", () => {
  it.each([
    [{}, 401],
    [{ authorization: "Bearer" }, 401],
    [{ authorization: `Bearer ${TOKEN.slice(1)}` }, 401],
    [{ authorization: `Bearer ${TOKEN}x` }, 401],
    [{ authorization: TOKEN }, 401],
    [{ authorization: basic(TOKEN) }, 401],
    [{ authorization: basic("me:wrong") }, 401],
    [{ authorization: `Bearer ${TOKEN}` }, 200],
    [{ authorization: `bearer  ${TOKEN}` }, 200],
    [{ authorization: basic(`me:${TOKEN}`) }, 200],
  ])("%j gets %i", (headers, status) => {
    expect(statusFor(headers as Record<string, string>, { loopback: false, token: TOKEN })).toBe(status);
  });

  it.each([["/healthz", 200], ["/readyz", 200], ["/metrics", 401], ["/", 401], ["/v1/events", 401]])(
    "%s without it gets %i",
    (path, status) => expect(statusFor({}, { token: TOKEN, path })).toBe(status),
  );

  it.each([
    ["/", 200],
    ["/metrics", 200],
    ["/metrics?x=1", 200],
    ["/healthz", 200],
    ["/v1/pull", 401],
    ["/v1/confirm/x", 401],
    ["/v1/events", 401],
    ["/%761/pull", 401],
    ["/./v1/pull", 401],
    ["//v1/pull", 401],
    ["/metrics/../v1/pull", 401],
    ["/anything", 401],
  ])("that guards records only, %s without it gets %i", (path, status) => {
    expect(statusFor({}, { token: TOKEN, path, opensFigures: true })).toBe(status);
  });

  it("answers to any host beyond loopback", () => {
    const authorization = `Bearer ${TOKEN}`;
    expect(statusFor({ host: "tap.example", authorization }, { loopback: false, token: TOKEN })).toBe(200);
  });
});
