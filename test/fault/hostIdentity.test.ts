/** The identity of the host, and of who is signed in: with real connections and real programs. */
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import process from "node:process";
import { describe, expect, it, onTestFinished } from "vitest";
import { systemClock } from "../../src/clock.ts";
import { azureCliIssuer } from "../../src/graph/auth/azureCli.ts";
import { managedIdentityIssuer } from "../../src/graph/auth/managedIdentity.ts";
import { createHttp } from "../../src/graph/http.ts";
import { proxiesFrom } from "../../src/net/proxy.ts";
import { openForwardProxy } from "../support/forwardProxy.ts";
import { OWN } from "../support/hostIdentities.ts";
import { openSite } from "../support/site.ts";
import { tempFolder } from "../support/tempFolder.ts";

describe("the identity of the host", () => {
  it("goes past every proxy", async () => {
    const site = await openSite({ managedIdentities: [OWN] });
    const proxy = await openForwardProxy();
    const http = createHttp({ proxy: proxiesFrom({ HTTP_PROXY: proxy.url, HTTPS_PROXY: proxy.url }) });
    onTestFinished(() => http.close());
    const issue = managedIdentityIssuer({
      transport: http.transport,
      clock: systemClock,
      source: { kind: "metadata-service", url: `${site.url}/metadata/identity/oauth2/token` },
      resource: "https://graph.microsoft.com",
      identity: null,
    });
    expect((await issue()).token).toMatch(/^eyJ/);
    expect(proxy.asked).toEqual([]);
    await http.transport({ method: "GET", url: site.url, headers: {} });
    expect(proxy.asked).toHaveLength(1);
  });

  it("is not waited for beyond its time", async () => {
    const server = createServer(() => {});
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => server.closeAllConnections() ?? void server.close());
    const http = createHttp();
    onTestFinished(() => http.close());
    const url = `http://127.0.0.1:${(server.address() as { port: number }).port}/`;
    const request = { method: "GET", url, headers: {}, headersTimeoutMs: 200 } as const;
    await expect(http.transport(request)).rejects.toMatchObject({ code: "graph-timeout" });
  });
});

describe("the Azure CLI", () => {
  /** Puts a program named `az` before all others on the PATH. */
  function install(script: string): void {
    const folder = join(tempFolder(), "bin");
    mkdirSync(folder);
    writeFileSync(join(folder, "az"), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, "az"), 0o755);
    const before = process.env["PATH"]!;
    process.env["PATH"] = `${folder}:${before}`;
    onTestFinished(() => void (process.env["PATH"] = before));
  }
  const issue = azureCliIssuer({
    clock: systemClock,
    tenantId: "$(touch /tmp/owned); x",
    resource: "https://graph.microsoft.com",
  });

  it("gets its words as they are: no shell reads them", async () => {
    install(`printf '{"accessToken":"%s|%s","expires_on":4102444800}' "$4" "$6"`);
    expect((await issue()).token).toBe("https://graph.microsoft.com|$(touch /tmp/owned); x");
  });

  it("that fails is told by what it complains of, not by what it prints", async () => {
    install(`echo "a token"; echo "ERROR: Please run 'az login' to setup account." >&2; exit 1`);
    await expect(issue()).rejects.toMatchObject({
      code: "token-refused",
      message: expect.stringMatching(/^[^]*exit code 1; sign in again: az login(?!.*a token)/),
    });
  });

  it("that is not there is missed", async () => {
    const before = process.env["PATH"]!;
    process.env["PATH"] = tempFolder();
    onTestFinished(() => void (process.env["PATH"] = before));
    await expect(issue()).rejects.toMatchObject({
      code: "secret-unreadable",
      message: expect.stringContaining("there is no such program; install the Azure CLI"),
    });
  });
});
