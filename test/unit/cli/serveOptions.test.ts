import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { parseListenAddress } from "../../../src/cli/serveOptions.ts";

describe("an address to listen on", () => {
  it.each([
    ["127.0.0.1:9464", "127.0.0.1", 9464, true],
    ["127.3.2.1:0", "127.3.2.1", 0, true],
    ["localhost:80", "localhost", 80, true],
    ["[::1]:9464", "::1", 9464, true],
    ["0.0.0.0:9464", "0.0.0.0", 9464, false],
    ["[::]:9464", "::", 9464, false],
    ["[::ffff:127.0.0.1]:1", "::ffff:127.0.0.1", 1, false],
    ["10.1.2.3:9464", "10.1.2.3", 9464, false],
    ["127.0.0.1.example:9464", "127.0.0.1.example", 9464, false],
    ["tap.example:65535", "tap.example", 65_535, false],
  ])("%s is %s, port %i, this machine only: %s", (text, host, port, loopback) => {
    expect(parseListenAddress(text)).toEqual({ host, port, loopback });
  });

  it("may be a socket in the file system", () => {
    expect(parseListenAddress("unix:/run/graphtap/s")).toEqual({ path: "/run/graphtap/s" });
    expect(parseListenAddress("unix:s")).toEqual({ path: resolve("s") });
  });

  it.each([
    "",
    "unix:",
    "9464",
    ":9464",
    "127.0.0.1",
    "127.0.0.1:",
    "127.0.0.1:70000",
    "::1:9464",
    "http://x:1",
    "a b:1",
  ])(
    'refuses "%s"',
    (text) =>
      expect(() => parseListenAddress(text)).toThrow(expect.objectContaining({
        code: "usage",
        message: expect.stringContaining("expected HOST:PORT") as string,
      })),
  );
});
