import { Buffer } from "node:buffer";
import { describe, expect, it } from "vitest";
import { GraphtapError } from "../../../../src/errors.ts";
import { federatedToken } from "../../../../src/graph/auth/federatedToken.ts";
import type { HttpRequest, Transport } from "../../../../src/graph/transport.ts";

const REQUEST = { audience: "https://login.example/token", clientId: "app", nowMs: 0 };
const AUTHORITY = "https://login.microsoftonline.com";
const nobody: Transport = () => Promise.reject(new Error("nothing is sent here"));

const fileOf = (...texts: string[]) => ({ path: "/run/token", read: () => Buffer.from(texts.shift()!) });

describe("a federated token", () => {
  it("is read from its file for each token, so that a renewed one is taken", async () => {
    const authenticate = federatedToken({
      source: fileOf("eyJ.first.x\n", "eyJ.second.x"),
      transport: nobody,
      authority: AUTHORITY,
    });
    expect(await authenticate(REQUEST)).toEqual({
      parameters: {
        client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        client_assertion: "eyJ.first.x",
      },
      configKey: "federated_token",
      madeOf: "eyJ.first.x",
    });
    expect((await authenticate(REQUEST)).parameters["client_assertion"]).toBe("eyJ.second.x");
  });

  it("may be what a command prints", async () => {
    const source = { command: ["echo", "eyJ.printed.x"] };
    const proof = await federatedToken({ source, transport: nobody, authority: AUTHORITY })(REQUEST);
    expect(proof.parameters["client_assertion"]).toBe("eyJ.printed.x");
  });

  it("that is none is told without being shown", async () => {
    const source = fileOf("precious, but no token");
    const proof = federatedToken({ source, transport: nobody, authority: AUTHORITY })(REQUEST);
    await expect(Promise.resolve(proof)).rejects.toMatchObject({
      code: "secret-unreadable",
      message: 'Cannot use federated_token: what "/run/token" holds is no JSON Web Token',
    });
  });
});

describe("GitHub's token", () => {
  const source = {
    requestUrl: { reveal: () => "https://pipelines.actions.example/token?api-version=2.0" },
    requestToken: { reveal: () => "token of the job" },
  };

  function ask(status: number, body: string, authority = AUTHORITY) {
    const sent: HttpRequest[] = [];
    const transport: Transport = (request) => {
      sent.push(request);
      return Promise.resolve({ status, header: () => null, body: new Blob([body]).stream() });
    };
    return { sent, proof: Promise.resolve(federatedToken({ source, transport, authority })(REQUEST)) };
  }

  it.each([
    [AUTHORITY, "api://AzureADTokenExchange"],
    ["https://login.microsoftonline.us", "api://AzureADTokenExchangeUSGov"],
    ["https://login.partner.microsoftonline.cn", "api://AzureADTokenExchangeChina"],
  ])("is asked for with the audience of the cloud: %s", async (authority, audience) => {
    const { sent, proof } = ask(200, '{"value":"eyJ.github.x"}', authority);
    expect((await proof).parameters["client_assertion"]).toBe("eyJ.github.x");
    const [{ url, headers }] = sent as [HttpRequest];
    expect(Object.fromEntries(new URL(url).searchParams)).toEqual({ "api-version": "2.0", audience });
    expect(headers["authorization"]).toBe("Bearer token of the job");
  });

  it.each([
    [
      403,
      "secret-unreadable",
      "it answered 403 without a token; check that the job has the permission id-token: write",
    ],
    [200, "secret-unreadable", "it answered 200 without a token"],
    [503, "token-unavailable", "it answered 503; it is asked again"],
  ])("that does not come says why: %i", async (status, code, said) => {
    await expect(ask(status, "precious").proof).rejects.toMatchObject({
      code,
      message: expect.stringContaining(said),
    });
  });

  it("is asked for again when GitHub cannot be reached", async () => {
    const transport: Transport = () =>
      Promise.reject(new GraphtapError("graph-unreachable", "no connection"));
    const proof = federatedToken({ source, transport, authority: AUTHORITY })(REQUEST);
    await expect(Promise.resolve(proof)).rejects.toMatchObject({
      code: "token-unavailable",
      // Without what stands behind the path, which GitHub means for the job.
      message: expect.stringMatching(/^Cannot get a token from https:\/\/[^?]*: no connection$/),
    });
  });
});
