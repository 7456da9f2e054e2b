/**
 * Through a proxy: what leaves, what the proxy sees, and what is said where it does not work. Deno tells of every
 * certificate at fault the same.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createAuthority, type Identity } from "../support/certificates.ts";
import { openForwardProxy, openTlsFront, type ProxyManner } from "../support/forwardProxy.ts";
import { run } from "../support/program.ts";
import { contoso, openSite, type Site } from "../support/site.ts";

const DAY_MS = 86_400_000;

/** A Graph that speaks TLS, and the variable that makes its authority known. */
async function openSecureSite(identityOf?: (authority: ReturnType<typeof createAuthority>) => Identity) {
  const authority = createAuthority();
  const site = await openSite();
  const identity = identityOf?.(authority) ?? authority.issue("127.0.0.1");
  const front = await openTlsFront(site.url, identity);
  const chain = join(site.folder, "chain.pem");
  writeFileSync(chain, authority.chain);
  return { site, front, authority, env: { NODE_EXTRA_CA_CERTS: chain, DENO_NO_UPDATE_CHECK: "1" } };
}

function configFor(site: Site, url: string): string {
  const config = site.config([contoso("directory_audits")]) as {
    inputs: Record<string, Record<string, unknown>>;
  };
  Object.assign(config.inputs["contoso"]!, { override_base_url: url, override_login_url: url });
  const path = join(site.folder, "config.yaml");
  writeFileSync(path, JSON.stringify(config));
  return path;
}

describe("a proxy", () => {
  it.each<[string, ProxyManner, (host: string) => string]>([
    ["in capitals", "allow", (host) => `http://${host}`],
    [
      "with user and password",
      { user: "CORP\\svc", password: "p#s%:@/" },
      (host) => `http://CORP%5Csvc:p%23s%25%3A%40%2F@${host}/`,
    ],
  ])("named %s is what all requests go by", async (_, manner, address) => {
    const { site, front, env } = await openSecureSite();
    const proxy = await openForwardProxy(manner);
    site.emulator.produce("directoryAudits", 30);
    const config = configFor(site, front);
    const { code, stdout, stderr } = await run(["pull", "-c", config], {
      env: { ...env, HTTPS_PROXY: address(proxy.host) },
    });
    expect(stderr).not.toContain('"level":"error"');
    expect(code).toBe(0);
    expect(stdout.toString().split("\n")).toHaveLength(31);
    expect(new Set(proxy.asked)).toEqual(new Set([`CONNECT ${new URL(front).host} HTTP/1.1`]));
  });

  it("that speaks TLS itself is known by its own name, not by the target's", async () => {
    const { site, front, authority, env } = await openSecureSite();
    const proxy = await openForwardProxy();
    const secure = await openTlsFront(proxy.url, authority.issue("127.0.0.1"));
    const config = configFor(site, front.replace("127.0.0.1", "graph.test"));
    const { stderr } = await run(["pull", "-c", config, "--deadline", "3"], {
      env: { ...env, HTTPS_PROXY: secure },
    });
    expect(proxy.asked[0], stderr).toMatch(/^CONNECT graph\.test:\d+ HTTP\/1\.1$/);
  });

  it("is asked for a plain http target by its whole address", async () => {
    const site = await openSite();
    const proxy = await openForwardProxy({ user: "u", password: "p" });
    site.emulator.produce("directoryAudits", 30);
    const { code, stdout } = await run(["pull", "-c", site.write([contoso("directory_audits")])], {
      env: { http_proxy: `http://u:p@${proxy.host}` },
    });
    expect(code).toBe(0);
    expect(stdout.toString().split("\n")).toHaveLength(31);
    expect(proxy.asked.every((line) => line.includes(` ${site.url}/`))).toBe(true);
    expect(proxy.asked.length).toBeGreaterThan(1);
  });

  it.each(["127.0.0.1", "example.com, 127.0.0.0/8", "*"])("is left out for NO_PROXY=%s", async (list) => {
    const { site, front, env } = await openSecureSite();
    const proxy = await openForwardProxy();
    const { code } = await run(["pull", "-c", configFor(site, front)], {
      env: { ...env, HTTPS_PROXY: proxy.url, NO_PROXY: list },
    });
    expect(code).toBe(0);
    expect(proxy.asked).toEqual([]);
  });

  it.each<[string, ProxyManner, RegExp]>([
    [
      "refuses",
      { refuse: 403 },
      /the proxy http:\/\/127\.0\.0\.1:\d+ of HTTPS_PROXY answered 403 for 127\.0\.0\.1:\d+ \(PROXY_403\); its rules do not allow this target/,
    ],
    [
      "wants a password",
      { user: "u", password: "another" },
      /answered 407 .*\(PROXY_407\); it wants a user and a password, or others/,
    ],
    [
      "hangs up",
      "hang-up",
      /the proxy http:\/\/127\.0\.0\.1:\d+ of HTTPS_PROXY failed: the other side closed the connection/,
    ],
  ])("that %s is named, never its password, and is asked with pauses", async (_, manner, said) => {
    const { site, front, env } = await openSecureSite();
    const proxy = await openForwardProxy(manner);
    const { code, stderr } = await run(["pull", "-c", configFor(site, front), "--deadline", "4"], {
      env: { ...env, HTTPS_PROXY: `http://svc:geheim@${proxy.host}` },
    });
    expect(code).not.toBe(70);
    expect(stderr).toMatch(said);
    expect(stderr).not.toContain("geheim");
    expect(proxy.asked.length).toBeLessThan(6);
  });

  it("that nobody is behind is told as such", async () => {
    const { site, front, env } = await openSecureSite();
    const { stderr } = await run(["doctor", "-c", configFor(site, front)], {
      env: { ...env, HTTPS_PROXY: "http://127.0.0.1:9" },
    }).then(({ stdout, stderr }) => ({ stderr: stderr + stdout.toString() }));
    expect(stderr).toContain(
      "the proxy http://127.0.0.1:9 of HTTPS_PROXY failed: the connection was refused",
    );
  });

  it.each([
    ["HTTPS_PROXY", "proxy.corp:3128", /it has no scheme, write "http:\/\/" before it/],
    ["https_proxy", "http://corp\\svc:geheim@127.0.0.1:3128", /a backslash, write it as %5C/],
    ["HTTPS_PROXY", "http://svc:geheim#ss@127.0.0.1:3128", /written as %23/],
    [
      "HTTPS_PROXY",
      "http://svc:geheim100%@127.0.0.1:3128",
      /"%" in the user or the password is written as %25/,
    ],
    ["HTTP_PROXY", "socks5://127.0.0.1:1080", /"socks5" proxies are not supported/],
    ["HTTPS_PROXY", "http://not a url", /not HOST:PORT/],
  ])(
    "named wrongly in %s is a mistake of the command line, told without its value",
    async (name, value, said) => {
      const site = await openSite();
      for (const command of ["pull", "doctor"]) {
        const { code, stdout, stderr } = await run(
          [command, "-c", site.write([contoso("directory_audits")])],
          { env: { [name]: value } },
        );
        expect(stderr).toMatch(said);
        expect(stderr).toContain(`usage: ${name} is not the address of a proxy`);
        expect(stderr + stdout.toString()).not.toContain("geheim");
        expect(code).toBe(2);
      }
    },
  );
});

describe("a certificate", () => {
  it.each<[string, (authority: ReturnType<typeof createAuthority>) => Identity, RegExp]>([
    [
      "that has expired",
      (authority) =>
        authority.issue("127.0.0.1", {
          from: new Date(Date.now() - 9 * DAY_MS),
          to: new Date(Date.now() - DAY_MS),
        }),
      /(has expired|cannot be verified).*check this host's clock first/,
    ],
    [
      "that is not valid yet",
      (authority) =>
        authority.issue("127.0.0.1", {
          from: new Date(Date.now() + DAY_MS),
          to: new Date(Date.now() + 9 * DAY_MS),
        }),
      /(is not valid yet|cannot be verified).*check this host's clock first/,
    ],
    [
      "of an authority that is not known",
      () => createAuthority("another").issue("127.0.0.1"),
      /NODE_EXTRA_CA_CERTS=FILE names/,
    ],
  ])("%s is told as what it is", async (_, identityOf, said) => {
    const { site, front, env } = await openSecureSite(identityOf);
    const { stdout, code } = await run(["doctor", "-c", configFor(site, front)], { env });
    expect(stdout.toString()).toMatch(said);
    expect(code).toBe(1);
  });

  it("is not looked for where nobody speaks TLS", async () => {
    const site = await openSite();
    const { stdout } = await run(["doctor", "-c", configFor(site, site.url.replace("http:", "https:"))]);
    expect(stdout.toString()).toMatch(/does not speak TLS there.*check scheme and port/);
  });
});
