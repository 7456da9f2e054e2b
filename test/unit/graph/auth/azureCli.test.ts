import { Buffer } from "node:buffer";
import { describe, expect, it } from "vitest";
import { azureCliIssuer } from "../../../../src/graph/auth/azureCli.ts";
import type { Output } from "../../../../src/graph/auth/program.ts";
import { manualClock } from "../../../support/manualClock.ts";

const TENANT = "3f7c1e52-90ab-4d6e-8c21-5b0e7a94d210";
const clock = manualClock();
const END = clock.now() / 1000 + 4000;
const TOKEN = `eyJ0.${Buffer.from(JSON.stringify({ tid: TENANT, exp: END })).toString("base64url")}.x`;

/** An Azure CLI that ends like this, and how it was started. */
function cli(output: Partial<Output>) {
  const started: unknown[] = [];
  const issue = azureCliIssuer({
    clock,
    tenantId: TENANT,
    resource: "https://graph.microsoft.com",
    run: (program, words, _, timeoutMs) => {
      started.push([program, words, timeoutMs]);
      return Promise.resolve({ printed: "", complained: "", end: 0, ...output });
    },
  });
  return { started, issue };
}

describe("the Azure CLI", () => {
  it("is asked by its words, without a shell, for a token of the input's tenant", async () => {
    const { started, issue } = cli({
      printed: JSON.stringify({
        accessToken: TOKEN,
        expiresOn: "2026-11-22 17:00:00.000000",
        expires_on: END,
      }),
    });
    expect(await issue()).toEqual({ token: TOKEN, lifetimeSeconds: 4000 });
    const words = "account get-access-token --resource https://graph.microsoft.com --tenant " +
      `${TENANT} --output json`;
    expect(started).toEqual([["az", words.split(" "), 30_000]]);
  });

  it("is believed by the token's own end where it is too old to tell it", async () => {
    const { issue } = cli({
      printed: JSON.stringify({ accessToken: TOKEN, expiresOn: "2026-11-22 17:00:00.0" }),
    });
    expect((await issue()).lifetimeSeconds).toBe(4000);
  });

  it("gives a short-lived token where nobody knows its end", async () => {
    const { issue } = cli({ printed: '{"accessToken":"opaque"}' });
    expect(await issue()).toEqual({ token: "opaque", lifetimeSeconds: 300 });
  });

  it.each<[string, Partial<Output>, string, string]>([
    [
      "is not there",
      { end: Object.assign(new Error("spawn az ENOENT"), { code: "ENOENT" }) },
      "secret-unreadable",
      '"az": there is no such program; install the Azure CLI, and check the PATH',
    ],
    [
      "may not be started on Deno",
      { end: Object.assign(new Error("no"), { name: "NotCapable" }) },
      "secret-unreadable",
      '"az": Deno was not allowed to: grant --allow-run for it; install the Azure CLI, and check the PATH',
    ],
    [
      "has nobody signed in",
      { end: "exit code 1", complained: "ERROR: Please run 'az login' to setup account.\n" },
      "token-refused",
      `it ended with exit code 1; sign in again: az login --tenant ${TENANT}; it says: "Please run … to setup account"`,
    ],
    [
      "has a sign-in that Entra does not take any more",
      {
        end: "exit code 1",
        complained:
          "ERROR: AADSTS50076: Due to a configuration change made by your administrator, you must use " +
          "multi-factor authentication. Trace ID: 1 Correlation ID: 2\nInteractive authentication is needed. " +
          `Please run:\naz login --scope ${TOKEN}\n`,
      },
      "token-refused",
      `it ended with exit code 1, AADSTS50076; sign in again: az login --tenant ${TENANT}; it says: "Due to a ` +
      'configuration change made by your administrator, you must use multi-factor authentication"',
    ],
    [
      "does not know the tenant",
      { end: "exit code 1", complained: "ERROR: AADSTS90002: Tenant 'x' not found." },
      "token-refused",
      "it ended with exit code 1, AADSTS90002; tenant_id names no tenant in this cloud; check tenant_id and " +
      'override_top_level_domain; it says: "Tenant … not found"',
    ],
    [
      "fails for another reason",
      { end: "exit code 2", complained: "" },
      "token-refused",
      "it ended with exit code 2; run az account get-access-token by hand to see what it says",
    ],
    ["takes too long", { end: "timeout" }, "token-unavailable", "it did not end within 30 s"],
    [
      "prints something else",
      { printed: '{"accessToken":""}' },
      "token-unavailable",
      "it printed no token; run it by hand to see what it prints",
    ],
    [
      "prints no JSON",
      { printed: TOKEN },
      "token-unavailable",
      "it printed no token; run it by hand to see what it prints",
    ],
  ])("that %s", async (_, output, code, what) => {
    const error = await cli(output).issue().then(() => null, (thrown: unknown) => thrown);
    expect(error).toMatchObject({ code, message: `Cannot get a token from the Azure CLI: ${what}` });
    expect(String(error)).not.toContain("eyJ");
  });

  it("is not started after a stop", async () => {
    const { started, issue } = cli({});
    const stop = new AbortController();
    stop.abort(new Error("stopped"));
    await expect(issue(stop.signal)).rejects.toBe(stop.signal.reason);
    expect(started).toEqual([]);
  });
});
