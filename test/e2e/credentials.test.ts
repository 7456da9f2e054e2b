/** Each kind of credential, from its files to the records, and what the operator reads where it does not work. */
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { describe, expect, it } from "vitest";
import { applicationCertificate, openssl, pfxOf } from "../support/applicationCertificate.ts";
import { bundle } from "../support/builtProgram.ts";
import { createAuthority } from "../support/certificates.ts";
import { type CredentialSite, openCredentialSite } from "../support/credentialSite.ts";
import { openForwardProxy, openTlsFront } from "../support/forwardProxy.ts";
import { denoProgram, run, start, startCommand } from "../support/program.ts";
import { onDeno, projectFolder } from "../support/project.ts";
import { ask } from "../support/serving.ts";
import { CONTOSO, FABRIKAM } from "../support/site.ts";
import { tempFolder } from "../support/tempFolder.ts";

const PASSWORD = "password-of-the-key";
const env = { KEY_PASSWORD: PASSWORD, DENO_NO_UPDATE_CHECK: "1" };

/** Credentials beside tenant and client, and what of them must be shown nowhere. */
type Kind = (site: CredentialSite) => Readonly<Record<string, unknown>>;

const KINDS: readonly [string, Kind][] = [
  ["a secret in a file", ({ site }) => {
    writeFileSync(join(site.folder, "secret"), `${CONTOSO.clientSecret}\n`);
    return { client_secret: { file: "secret" } };
  }],
  ["a certificate and its key in one file", ({ made }) => ({ client_certificate: { file: made.both } })],
  ["a certificate and an encrypted key", ({ made }) => {
    const key = join(made.folder, "encrypted.pem");
    openssl(["pkcs8", "-topk8", "-in", made.key, "-out", key, "-passout", `pass:${PASSWORD}`]);
    return { client_certificate: { file: made.certificate, key, password: { env: "KEY_PASSWORD" } } };
  }],
  ["a PFX", ({ made }) => ({
    client_certificate: { file: pfxOf(made, PASSWORD), password: { env: "KEY_PASSWORD" } },
  })],
  ["another's token in a file", (site) => ({ federated_token: { file: site.writeToken() } })],
];
const COMMANDS: readonly [string, Kind][] = [
  [
    "a secret that a command prints",
    () => ({ client_secret: { command: ["printf", "%s\n", CONTOSO.clientSecret] } }),
  ],
  ["another's token that a command prints", (site) => ({
    federated_token: { command: ["cat", site.writeToken()] },
  })],
];

/** What nobody may see: the secret, the password, tokens and assertions, and each line of a key. */
function hiddenOf({ made }: CredentialSite): string[] {
  const lines = readFileSync(made.key, "utf8").split("\n").filter((line) => line.length === 64);
  return [CONTOSO.clientSecret!, PASSWORD, "eyJ", "PRIVATE KEY", ...lines];
}

function expectHidden(text: string, site: CredentialSite): void {
  for (const hidden of hiddenOf(site)) expect(text.includes(hidden), `${hidden}: ${text}`).toBe(false);
}

describe("an application", () => {
  it.each([...KINDS, ...onDeno ? [] : COMMANDS])(
    "reads its tenant by %s, through a proxy, under a private authority",
    async (_, kind) => {
      const opened = await openCredentialSite();
      const authority = createAuthority();
      const front = await openTlsFront(opened.site.url, authority.issue("127.0.0.1"));
      const chain = join(opened.site.folder, "chain.pem");
      writeFileSync(chain, authority.chain);
      const proxy = await openForwardProxy();
      const config = opened.write(kind(opened), front);
      const words = ["-c", config, "--log-level", "debug"];
      const around = { env: { ...env, NODE_EXTRA_CA_CERTS: chain, HTTPS_PROXY: proxy.url } };
      const { code, stdout, stderr } = await run(["pull", ...words], around);
      expect(code, stderr).toBe(0);
      expect(stdout.toString().split("\n")).toHaveLength(31);
      expect(new Set(proxy.asked)).toEqual(new Set([`CONNECT ${new URL(front).host} HTTP/1.1`]));
      expectHidden(stderr, opened);
      const examined = await run(["doctor", ...words], around);
      expect(examined.stdout.toString()).toMatch(/^contoso +token +ok/m);
      expectHidden(examined.stdout.toString() + examined.stderr, opened);
    },
  );

  // Deno runs the sources; what is built is for Node.
  it.skipIf(onDeno).each([...KINDS, ...COMMANDS])(
    "does so by %s with the program in one file",
    async (_, kind) => {
      const opened = await openCredentialSite();
      const folder = tempFolder();
      copyFileSync(join(bundle, "../graphtap.cjs"), join(folder, "graphtap.cjs"));
      const words = ["graphtap.cjs", "pull", "-c", opened.write(kind(opened))];
      const { code, stdout, stderr } = await startCommand([process.execPath, ...words], { cwd: folder, env })
        .ended;
      expect(code, stderr).toBe(0);
      expect(stdout.toString().split("\n")).toHaveLength(31);
    },
  );

  it.runIf(denoProgram !== null)("is told on Deno which permission a command needs", async () => {
    const opened = await openCredentialSite();
    const config = opened.write({ client_secret: { command: ["printf", "%s", CONTOSO.clientSecret] } });
    const pull = (...granted: string[]) =>
      startCommand([
        ...[
          denoProgram!,
          "run",
          "--no-prompt",
          "--allow-net",
          "--allow-read",
          "--allow-write",
          "--allow-env",
        ],
        ...[...granted, join(projectFolder, "src/main.ts"), "pull", "-c", config],
      ], { env }).ended;
    const refused = await pull();
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringMatching(/printf.*grant --allow-run/)]);
    const { code, stderr } = await pull("--allow-run=printf");
    expect(code, stderr).toBe(0);
  });

  it("of globals.credentials reads several tenants, each with a token of its own", async () => {
    const { site, made } = await openCredentialSite();
    const input = ({ tenantId }: typeof CONTOSO, id: string) => ({
      id,
      tenant_id: tenantId,
      override_base_url: site.url,
      override_login_url: site.url,
      services: { alerts_v2: {} },
    });
    const shared = { client_id: CONTOSO.clientId, client_certificate: { file: made.both } };
    const path = join(site.folder, "config.yaml");
    const inputs = { contoso: input(CONTOSO, "1"), fabrikam: input(FABRIKAM, "2") };
    writeFileSync(path, JSON.stringify({ globals: { credentials: shared }, inputs }));
    const { code, stderr } = await run(["pull", "-c", path], { env, cwd: site.folder });
    expect(code, stderr).toBe(0);
    const asked = site.emulator.requests.filter(({ collection }) => collection === "token");
    expect(asked.map(({ tenantId, status }) => `${tenantId} ${status}`).sort()).toEqual(
      [`${CONTOSO.tenantId} 200`, `${FABRIKAM.tenantId} 200`].sort(),
    );
  });

  it("is taken from Azure's variables where the configuration names a tenant only", async () => {
    const { site, made } = await openCredentialSite();
    const path = join(site.folder, "config.yaml");
    const input = {
      id: "1",
      tenant_id: CONTOSO.tenantId,
      override_base_url: site.url,
      services: { alerts_v2: {} },
    };
    writeFileSync(path, JSON.stringify({ inputs: { contoso: input } }));
    const { code, stderr } = await run(["pull", "-c", path], {
      cwd: site.folder,
      env: {
        ...env,
        AZURE_CLIENT_ID: CONTOSO.clientId,
        AZURE_CLIENT_CERTIFICATE_PATH: made.both,
        AZURE_AUTHORITY_HOST: `${site.url}/`,
      },
    });
    expect(code, stderr).toBe(0);
  });
});

describe("rotation while the program runs", () => {
  /** A server whose every pull needs a new token. */
  async function serve(kind: Kind) {
    const opened = await openCredentialSite(1);
    const config = opened.write(kind(opened));
    const server = start(["serve", "-c", config, "--no-poll", "--listen", "127.0.0.1:0"], { env });
    const url = () => /"url":"([^"]+)","polls"/.exec(server.stderr)?.[1];
    await server.until(() => url() !== undefined, "the server");
    const token = readFileSync(join(opened.site.state, "serve.token"), "utf8").trim();
    const pull = async () => {
      // Half of the life of a token.
      await new Promise((resolve) => setTimeout(resolve, 600));
      const { status } = await ask(`${url()}/v1/pull`, { headers: { authorization: `Bearer ${token}` } });
      return status;
    };
    return { ...opened, server, pull };
  }

  it("a renewed certificate is taken, and one that Entra does not know is refused with advice", async () => {
    const { made, register, server, pull } = await serve(({ made }) => ({
      client_certificate: { file: made.certificate, key: made.key },
    }));
    expect(await pull()).toBe(200);
    const renewed = applicationCertificate(join(tempFolder(), "renewed"));
    register(renewed);
    expect(await pull()).toBe(502);
    expect(server.stderr).toMatch(/AADSTS700027.*certificate/);
    copyFileSync(renewed.certificate, made.certificate);
    // Between the two files: the pair from before is used, which nobody takes any more.
    expect(await pull()).toBe(502);
    expect(server.stderr).toMatch(
      /does not belong to the certificate; the certificate from before is used on/,
    );
    copyFileSync(renewed.key, made.key);
    expect(await pull()).toBe(200);
  });

  it("another's token that its owner renews is taken", async () => {
    const { writeToken, site, pull } = await serve((opened) => ({
      federated_token: { file: opened.writeToken() },
    }));
    expect(await pull()).toBe(200);
    writeFileSync(join(site.folder, "token"), "eyJ.over.x");
    expect(await pull()).toBe(502);
    writeToken();
    expect(await pull()).toBe(200);
  });
});

describe("check", () => {
  it("looks at a certificate and its key", async () => {
    const opened = await openCredentialSite();
    const other = applicationCertificate(join(opened.site.folder, "other"), { algorithm: "rsa:1024" });
    const check = async (files: Readonly<Record<string, string>>) => {
      const { code, stdout, stderr } = await run(
        ["check", "-c", opened.write({ client_certificate: files })],
        { env },
      );
      return `${code} ${stdout}${stderr}`;
    };
    expect(await check({ file: opened.made.certificate, key: other.key })).toMatch(
      /^2 .*client_certificate\.key: the key in ".*" does not belong to the certificate/s,
    );
    expect(await check({ file: other.both })).toMatch(/^0 warning: .*its key has 1024 bits, which is weak/s);
    expect(await check({ file: pfxOf(opened.made, PASSWORD) })).toMatch(
      /^2 .*client_certificate\.file: ".*both\.pfx" needs a password; give it/s,
    );
  });
});
