import { request } from "node:http";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { exchangeFailure, failureBehind, proxyRefusal } from "../../../src/net/exchangeFailure.ts";
import { tempFolder } from "../../support/tempFolder.ts";

const PROXY = { origin: "http://proxy.corp:3128", variable: "HTTPS_PROXY", authorization: null };

describe("a proxy that answers 407", () => {
  const advice = (offers?: string | string[]) =>
    exchangeFailure(proxyRefusal(PROXY, 407, "graph.microsoft.com:443", offers)).advice;

  it.each([
    ["does not say how", undefined],
    ["takes a password as it is", 'Basic realm="corp"'],
    ["takes one, too", ["Negotiate", "NTLM", 'Basic realm="a, b"']],
    ["says something else", "%%%"],
  ])("and %s wants a user and a password", (_, offers) => {
    expect(advice(offers)).toBe("it wants a user and a password, or others");
  });

  it.each([
    ["in headers of their own", ["NEGOTIATE", "NTLM"], "NEGOTIATE, NTLM"],
    ["in one header", "Negotiate, NTLM", "Negotiate, NTLM"],
    ["with parameters", 'Digest realm="corp", nonce="a"', "Digest"],
  ])("and asks for other ways %s cannot be logged in to from here", (_, offers, named) => {
    expect(advice(offers)).toBe(
      `it asks for ${named}, and only Basic is spoken here: let a relay on this host log in to it`,
    );
  });
});

it("what fails within a tunnel names the proxy, whose doing it may be", () => {
  const cause = Object.assign(new Error("wrong version"), { code: "ERR_SSL_WRONG_VERSION_NUMBER" });
  expect(exchangeFailure(failureBehind(PROXY, cause))).toEqual({
    code: "ERR_SSL_WRONG_VERSION_NUMBER",
    why: "it does not speak TLS there, through the proxy http://proxy.corp:3128 of HTTPS_PROXY",
    advice: "check scheme and port",
  });
});

it("a socket that is not there is said to be missing", async () => {
  const asked = request({ socketPath: join(tempFolder(), "graphtap.sock") });
  const failure = await new Promise((resolve) => asked.on("error", resolve).end());
  expect(exchangeFailure(failure)).toMatchObject({ code: "ENOENT", why: "there is no such socket" });
});
