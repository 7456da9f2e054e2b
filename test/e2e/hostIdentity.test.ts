/** The identity that Azure gives a host, and whoever is signed in on it: from the program's start to the records. */
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { describe, expect, it } from "vitest";
import type { EmulatorOptions } from "../../src/emulator/emulator.ts";
import { bundle } from "../support/builtProgram.ts";
import { createAuthority } from "../support/certificates.ts";
import { openForwardProxy, openTlsFront } from "../support/forwardProxy.ts";
import { HEADER, OWN } from "../support/hostIdentities.ts";
import { programCommand, startCommand } from "../support/program.ts";
import { onDeno } from "../support/project.ts";
import { CONTOSO, contoso, openSite, type Site } from "../support/site.ts";

const HOST: Partial<EmulatorOptions> = { managedIdentities: [OWN], identityHeader: HEADER };

type Around = Readonly<Record<string, string>>;

/** What the host says of itself, where the emulator stands in for its services. */
const PLACES: readonly [string, (url: string) => Around][] = [
  ["a virtual machine", (url) => ({ AZURE_POD_IDENTITY_AUTHORITY_HOST: url })],
  ["App Service", (url) => ({ IDENTITY_ENDPOINT: `${url}/msi/token`, IDENTITY_HEADER: HEADER })],
];
const PROGRAMS: readonly (readonly [string, readonly string[]])[] = [
  ["the program", programCommand],
  // Deno runs the sources.
  ...onDeno
    ? []
    : [["the program in one file", [process.execPath, join(dirname(bundle), "graphtap.cjs")]] as const],
];
const CASES = PLACES.flatMap(([place, around]) =>
  PROGRAMS.map(([program, command]) => [program, place, command, around] as const)
);

/** A configuration with these credentials, of a Graph and a login service at `url`. */
function write(site: Site, credentials: Readonly<Record<string, unknown>>, url = site.url): string {
  const path = join(site.folder, "config.yaml");
  const config = JSON.stringify(site.config([{ ...contoso("directory_audits"), credentials }]));
  writeFileSync(path, config.replaceAll(`"${site.url}"`, `"${url}"`));
  return path;
}

const NEVER = [HEADER, "eyJ", "Bearer ", CONTOSO.clientSecret];

function expectHidden(text: string): void {
  for (const hidden of NEVER) expect(text.includes(hidden), `${hidden}: ${text}`).toBe(false);
}

describe("the identity of a host", () => {
  it.each(CASES)(
    "lets %s on %s read its tenant, and is asked for past every proxy",
    async (_, __, command, around) => {
      const site = await openSite(HOST);
      site.emulator.produce("directoryAudits", 30);
      const authority = createAuthority();
      const front = await openTlsFront(site.url, authority.issue("127.0.0.1"));
      const chain = join(site.folder, "chain.pem");
      writeFileSync(chain, authority.chain);
      const proxy = await openForwardProxy();
      const config = write(site, { managed_identity: true }, front);
      const env = {
        ...around(site.url),
        NODE_EXTRA_CA_CERTS: chain,
        DENO_NO_UPDATE_CHECK: "1",
        HTTPS_PROXY: proxy.url,
        HTTP_PROXY: proxy.url,
      };
      const words = ["pull", "-c", config, "--log-level", "debug"];
      const { code, stdout, stderr } = await startCommand([...command, ...words], { env }).ended;
      expect(code, stderr).toBe(0);
      expect(stdout.toString().split("\n")).toHaveLength(31);
      expect(new Set(proxy.asked)).toEqual(new Set([`CONNECT ${new URL(front).host} HTTP/1.1`]));
      expectHidden(stderr);
    },
  );

  it("is asked for a new token before the old one ends, and waited for while its service starts", async () => {
    const site = await openSite({ ...HOST, tokenSeconds: 2 });
    site.emulator.faults.add({ match: { collection: "token" }, do: { kind: "status", status: 410 } });
    const config = write(site, { managed_identity: { client_id: OWN.clientId } });
    const env = { AZURE_POD_IDENTITY_AUTHORITY_HOST: site.url };
    const program = startCommand([...programCommand, "exec", "-c", config], { env, stdin: "\n\n" });
    const { code, stderr } = await program.ended;
    expect(code, stderr).toBe(0);
    expect(stderr).not.toContain('"level":"error"');
    expect(site.requests("token")).toBeGreaterThanOrEqual(2);
    expectHidden(stderr);
  });

  it("that is not there ends a pull with 3 and what to do", async () => {
    const site = await openSite({ managedIdentities: [] });
    const config = write(site, { managed_identity: true });
    const env = { AZURE_POD_IDENTITY_AUTHORITY_HOST: site.url };
    const { code, stderr } = await startCommand([...programCommand, "pull", "-c", config], { env }).ended;
    expect(code).toBe(3);
    expect(stderr).toContain("assign a managed identity to this host");
  });
});

describe("whoever is signed in by az", () => {
  /** An `az` that asks the emulator with a secret; `null` for one that has nobody signed in. */
  function install(site: Site, tenantId: string | null): Around {
    const folder = join(site.folder, "bin");
    mkdirSync(folder);
    const form = `grant_type=client_credentials&client_id=${CONTOSO.clientId}&client_secret=${
      encodeURIComponent(CONTOSO.clientSecret)
    }&scope=https://graph.microsoft.com/.default`;
    const script = tenantId === null ? `echo "ERROR: Please run 'az login' to setup account." >&2; exit 1` : [
      `[ "$*" = "account get-access-token --resource https://graph.microsoft.com --tenant ${CONTOSO.tenantId} --output json" ]`,
      `curl -sf -d '${form}' ${site.url}/${tenantId}/oauth2/v2.0/token | sed 's/access_token/accessToken/'`,
    ].join(" && ");
    writeFileSync(join(folder, "az"), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, "az"), 0o755);
    return { PATH: `${folder}:${process.env["PATH"]}` };
  }
  /** Deno must be allowed to start it. */
  const command = programCommand.flatMap((word) =>
    onDeno && word === "run" ? [word, "--allow-run=az"] : [word]
  );

  it("reads the tenant with that sign-in", async () => {
    const site = await openSite();
    site.emulator.produce("directoryAudits", 30);
    const words = ["pull", "-c", write(site, { azure_cli: true }), "--log-level", "debug"];
    const { code, stdout, stderr } = await startCommand([...command, ...words], {
      env: install(site, CONTOSO.tenantId),
    }).ended;
    expect(code, stderr).toBe(0);
    expect(stdout.toString().split("\n")).toHaveLength(31);
    expectHidden(stderr);
  });

  it("is told to sign in where that is nobody", async () => {
    const site = await openSite();
    const words = ["pull", "-c", write(site, { azure_cli: true })];
    const { code, stderr } = await startCommand([...command, ...words], { env: install(site, null) }).ended;
    expect(code, stderr).toBe(3);
    expect(stderr).toMatch(/it ended with exit code 1; sign in again: az login --tenant 3f7c1e52-/);
  });

  it.skipIf(!onDeno)("is out of reach where Deno was not allowed to start az", async () => {
    const site = await openSite();
    const words = ["pull", "-c", write(site, { azure_cli: true })];
    const { code, stderr } = await startCommand([...programCommand, ...words], {
      env: install(site, CONTOSO.tenantId),
    }).ended;
    expect(code, stderr).toBe(2);
    expect(stderr).toContain("grant --allow-run");
  });
});
