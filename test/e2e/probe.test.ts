/** The trial of an output's certificate, against TLS servers that take it, refuse it, or are none. */
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { describe, expect, it } from "vitest";
import { systemClock } from "../../src/clock.ts";
import { OPENSSL_CONF } from "../../src/shipper/opensslConf.ts";
import { probe } from "../../src/shipper/probe.ts";
import { createAuthority, type Identity, writeDomain } from "../support/certificates.ts";
import { freePort } from "../support/freePort.ts";
import { run } from "../support/program.ts";
import { contoso, openSite } from "../support/site.ts";
import { tempFolder } from "../support/tempFolder.ts";
import { hasOpenssl, startOpensslPeer, startTlsPeer, type TlsPeer } from "../support/tlsPeer.ts";

const authority = createAuthority();
const stranger = createAuthority("Another authority");
const yesterday = new Date(Date.now() - 86_400_000);
const before = new Date(Date.now() - 2 * 86_400_000);

/** Time ten times as fast: the verdict is waited for 0.2 s. */
const clock = {
  now: systemClock.now,
  sleep: (ms: number, signal?: AbortSignal) => systemClock.sleep(ms / 10, signal),
};

/** A destination on this machine, with these files. */
function destination(port: number, identity: Identity = authority.issue("domain"), signer = authority) {
  const folder = tempFolder();
  return { address: "127.0.0.1", port, tls: writeDomain(folder, signer, identity) };
}

const tryAt = async (peer: Partial<TlsPeer>, identity?: Identity) =>
  await probe(destination(await startTlsPeer({ authority, ...peer }), identity), clock);

describe("the trial of an output's certificate", () => {
  it("finds one that is accepted", async () => {
    expect(await tryAt({})).toEqual({
      code: null,
      detail: "accepts the client certificate under TLS 1.2 and 1.3",
    });
  });

  it("is content with a peer that speaks TLS 1.2 only", async () => {
    expect(await tryAt({ versions: ["TLSv1.2", "TLSv1.2"] })).toEqual({
      code: null,
      detail: "accepts the client certificate under TLS 1.2, which the configurations keep to",
    });
  });

  it.each<[string, () => Identity]>([
    ["of another authority", () => stranger.issue("domain")],
    ["that has expired", () => authority.issue("domain", { from: before, to: yesterday })],
    ["that is not valid yet", () => authority.issue("domain", { from: new Date(Date.now() + 86_400_000) })],
  ])("finds one %s refused, under TLS 1.3 only after the handshake", async (_, issue) => {
    const { code, detail } = await tryAt({}, issue());
    expect(code).toBe("output-refused");
    expect(detail).toMatch(/under TLS 1\.3 it closes the connection within 2 s after the handshake/);
    expect(detail).toMatch(/not expired and not revoked\?$/);
  });

  it.each<[string, Partial<TlsPeer>, RegExp]>([
    ["speaks TLS 1.3 only, which it must be told", { versions: ["TLSv1.3", "TLSv1.3"] }, /--tls 1\.3$/],
    [
      "has a certificate of another authority",
      { identity: stranger.issue("peer") },
      /chain file of this Devo/,
    ],
    [
      "has a certificate that has expired",
      { identity: authority.issue("peer", { from: before, to: yesterday }) },
      /certificate/,
    ],
    ["speaks no TLS", { manner: "plain" }, /^cannot be used: /],
    ["says nothing", { manner: "silent" }, /ETIMEDOUT/],
  ])("tells a peer that %s from a refusal", async (_, peer, said) => {
    const { code, detail } = await tryAt(peer);
    expect([code, detail]).toEqual(["output-unreachable", expect.stringMatching(said)]);
  });

  it("finds a peer that takes the certificate and does not stay", async () => {
    expect(await tryAt({ manner: "hangs up" })).toMatchObject({
      code: "output-refused",
      detail: expect.stringMatching(/^closes the connection after the handshake/),
    });
  });

  it("tells nobody listening from a refusal", async () => {
    const port = await freePort();
    expect(await probe(destination(port), clock)).toEqual({
      code: "output-unreachable",
      detail: "cannot be used: the connection was refused (ECONNREFUSED)",
    });
  });

  it.runIf(hasOpenssl)("names the alert of OpenSSL's own server", async () => {
    const folder = tempFolder();
    mkdirSync(join(folder, "peer"));
    const files = writeDomain(join(folder, "peer"), authority, authority.issue("peer"));
    const port = await startOpensslPeer(files);
    const accepted = await probe(destination(port), clock);
    expect(accepted).toMatchObject({ code: null });
    const refused = await probe(destination(port, stranger.issue("domain")), clock);
    expect(refused.code).toBe("output-refused");
    expect(refused.detail).toMatch(/in the handshake of TLS 1\.2 \(\w+UNKNOWN_CA\).*keep to TLS 1\.2/);
  });

  it("says of a plain relay only that it listens", async () => {
    const port = await startTlsPeer({ authority, manner: "silent" });
    const relay = { address: "127.0.0.1", port, tls: null };
    expect(await probe(relay, clock)).toMatchObject({ code: null });
    expect(await probe({ ...relay, port: await freePort() }, clock)).toMatchObject({
      code: "output-unreachable",
    });
  });

  it("stops when it is told to", async () => {
    const stop = new AbortController();
    const port = await startTlsPeer({ authority });
    const tried = probe(destination(port), systemClock, stop.signal);
    stop.abort(new Error("told to"));
    await expect(tried).rejects.toThrow("told to");
  });
});

/** A collector's folder whose outputs are these ports of this machine. */
async function home(ports: Readonly<Record<string, number>>, identity = authority.issue("domain")) {
  const site = await openSite();
  mkdirSync(join(site.folder, "certs"));
  writeDomain(join(site.folder, "certs"), authority, identity);
  const files = { chain: "chain.crt", cert: "domain.crt", key: "domain.key" };
  const outputs = Object.fromEntries(
    Object.entries(ports).map(([name, port]) => [name, { config: { address: "127.0.0.1", port, ...files } }]),
  );
  const config = join(site.folder, "config.yaml");
  writeFileSync(config, JSON.stringify({ ...site.config([contoso("secure_scores")]), outputs }));
  return config;
}

const refusing = () => startTlsPeer({ authority: stranger, identity: authority.issue("peer") });

describe("graphtap shipper --probe", () => {
  it("tries the certificate, says so, and writes the configuration", async () => {
    const config = await home({ devo: await startTlsPeer({ authority }) });
    const { code, stdout, stderr } = await run(["shipper", "fluent-bit", "-c", config, "--probe"]);
    expect([code, stderr]).toEqual([
      0,
      expect.stringMatching(
        /^probe: output "devo" \(127\.0\.0\.1:\d+\) accepts the client certificate under TLS 1\.2 and 1\.3\n$/,
      ),
    ]);
    expect(stdout.toString()).toContain("pipeline:");
  });

  it("writes nothing and ends with 3 where the certificate is refused", async () => {
    const config = await home({ devo: await refusing(), dead: await freePort() });
    const { code, stdout, stderr } = await run(["shipper", "vector", "-c", config, "--probe"]);
    expect([code, stdout.toString()]).toEqual([3, ""]);
    expect(stderr).toMatch(/^graphtap: output-refused: output "devo"/);
    expect(stderr).toMatch(/\noutput "dead" \(.*\) cannot be used: the connection was refused/);
  });

  it("ends with 1 where there is nobody, and asks nobody without the option", async () => {
    const config = await home({ devo: await freePort() });
    const { code, stdout, stderr } = await run(["shipper", "vector", "-c", config, "--probe"]);
    expect([code, stdout.toString()]).toEqual([1, ""]);
    expect(stderr).toMatch(/^graphtap: output-unreachable: output "devo"/);
    expect((await run(["shipper", "vector", "-c", config])).code).toBe(0);
  });
});

describe("graphtap doctor --probe", () => {
  const examine = async (config: string) => {
    const { code, stdout } = await run(["doctor", "-c", config, "--json", "--probe"]);
    const found = JSON.parse(stdout.toString()) as { input: string; check: string; result: string }[];
    const asked = found.filter(({ check }) => check === "secure_scores" || check.startsWith("outputs."));
    return { code, found: asked.map(({ input, check, result }) => `${input} ${check}: ${result}`) };
  };

  it("has a finding for each output, and ends with 3 where one is refused", async () => {
    const config = await home({ devo: await startTlsPeer({ authority }), second: await refusing() });
    expect(await examine(config)).toEqual({
      code: 3,
      found: ["contoso secure_scores: ok", "- outputs.devo: ok", "- outputs.second: output-refused"],
    });
  });

  it("says of an expired certificate what is wrong with the file, and ends with 2", async () => {
    const expired = authority.issue("domain", { from: before, to: yesterday });
    const config = await home({ devo: await startTlsPeer({ authority }) }, expired);
    expect(await examine(config)).toEqual({
      code: 2,
      found: ["contoso secure_scores: ok", "- outputs.devo: config-invalid"],
    });
  });

  it("wants an output to try", async () => {
    const { code, stderr } = await run(["doctor", "-c", await home({}), "--probe"]);
    expect([code, stderr]).toEqual([2, expect.stringContaining("has no output to deliver to")]);
  });
});

describe("the file that keeps Vector to TLS 1.2", () => {
  it.runIf(hasOpenssl)("makes OpenSSL offer no more than 1.2", async () => {
    const file = join(tempFolder(), "openssl.cnf");
    writeFileSync(file, OPENSSL_CONF);
    const authority = createAuthority();
    const port = await startTlsPeer({ authority });
    const version = (env: Record<string, string>) => {
      const words = ["s_client", "-connect", `127.0.0.1:${port}`];
      const { stdout } = spawnSync("openssl", words, {
        input: "",
        env: { PATH: process.env["PATH"], ...env },
      });
      return /\b(?:New|Protocol *:?),? *(TLSv1\.\d)/.exec(stdout.toString())?.[1];
    };
    expect([version({}), version({ OPENSSL_CONF: file })]).toEqual(["TLSv1.3", "TLSv1.2"]);
  });
});
