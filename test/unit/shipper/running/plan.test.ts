import { Buffer } from "node:buffer";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { OutputConfig } from "../../../../src/config/config.ts";
import { needsRestart, type PlanOptions, planShipper } from "../../../../src/shipper/running/plan.ts";
import { createAuthority, type Identity, writeDomain } from "../../../support/certificates.ts";
import { tempFolder } from "../../../support/tempFolder.ts";

const authority = createAuthority();
const FLUENT_BIT = { name: "fluent-bit", path: "/opt/fb/fluent-bit", version: "5.1.1" } as const;
const VECTOR = { name: "vector", path: "vector", version: "0.57.0" } as const;
const devo: OutputConfig = {
  name: "devo",
  type: "devo_platform",
  address: "collector-us.devo.io",
  port: 443,
  chain: "chain.crt",
  cert: "domain.crt",
  key: "domain.key",
};
const DAY_MS = 86_400_000;
const none = { address: null, port: null, chain: null, cert: null, key: null };
const relay: OutputConfig = {
  ...none,
  name: "relay",
  type: "in_house_relay",
  address: "10.0.0.7",
  port: 514,
};
const screen: OutputConfig = { ...none, name: "screen", type: "console" };

/** A collector's folder with the certificates of a domain, and what is planned in it. */
function household(identity: Identity = authority.issue("domain")) {
  const home = tempFolder();
  const certs = join(home, "certs");
  mkdirSync(certs);
  writeDomain(certs, authority, identity);
  const plan = (changes: Partial<PlanOptions> = {}, outputs: readonly OutputConfig[] = [devo]) =>
    planShipper({
      program: FLUENT_BIT,
      config: { outputs, file: join(home, "config", "config.yaml") },
      home,
      stateDir: join(home, "state"),
      out: "tcp",
      output: undefined,
      highestTls: "1.2",
      env: { PATH: "/bin" },
      writtenBy: "graphtap up 1",
      nowMs: Date.now(),
      ...changes,
    });
  return { home, certs, plan };
}

describe("what is planned", () => {
  it.each([
    [FLUENT_BIT, ["/opt/fb/fluent-bit", "--dry-run", "-c", "/x"], ["/opt/fb/fluent-bit", "-c"]],
    [VECTOR, ["vector", "validate", "--no-environment", "/x"], [
      "vector",
      "--graceful-shutdown-limit-secs",
      "5",
      "--config",
    ]],
  ])("keeps all of $name in its own folder of the state folder", (program, judge, start) => {
    const { home, plan } = household();
    const planned = plan({ program });
    const folder = join(home, "state", ".shipper", program.name);
    expect(planned.folder).toBe(folder);
    expect(planned.judge("/x")).toEqual(judge);
    expect(planned.start).toEqual([...start, planned.path]);
    for (const path of [planned.path, planned.spool, ...planned.folders, ...Object.keys(planned.files)]) {
      expect(path.startsWith(`${folder}/`), path).toBe(true);
    }
    expect(() => parse(planned.configuration) as unknown).not.toThrow();
  });

  it("serves each output that lines can be sent to, and names the others", () => {
    const { plan } = household();
    const { served, ways, warnings, configuration } = plan({}, [devo, relay, screen]);
    expect(served).toEqual(['output "devo" (collector-us.devo.io:443)', 'output "relay" (10.0.0.7:514)']);
    expect(ways.map(({ output }) => output.name)).toEqual(["devo", "relay"]);
    expect(warnings).toEqual([
      expect.stringContaining('output "screen" gets nothing: it is of type "console"'),
    ]);
    expect(configuration).toContain("collector-us.devo.io");
    expect(configuration).toContain("10.0.0.7");
  });

  it("serves the one that is named, and no other", () => {
    const { served, warnings } = household().plan({ output: "relay" }, [devo, relay]);
    expect(served).toEqual(['output "relay" (10.0.0.7:514)']);
    expect(warnings).toEqual([expect.stringContaining('output "devo" gets nothing')]);
  });

  it("leaves by Devo's HTTP endpoint with Vector, and says which file the token is missing from", () => {
    const { certs, plan } = household();
    const secret = join(certs, "devo-http.json");
    const { served, ways, warnings } = plan({ program: VECTOR, out: "http" });
    expect(served).toEqual(['output "devo" (http-us.devo.io)']);
    expect(ways).toEqual([]);
    expect(warnings).toEqual([expect.stringContaining(`from ${secret}, which is not there yet`)]);
    writeFileSync(secret, "{}");
    expect(plan({ program: VECTOR, out: "http" }).warnings).toEqual([]);
  });

  it("keeps Vector to TLS 1.2 by a file for OpenSSL, unless 1.3 is asked for or the user has a file of his own", () => {
    const { plan } = household();
    const pinned = plan({ program: VECTOR });
    const [file = ""] = Object.keys(pinned.files);
    expect(pinned.env["OPENSSL_CONF"]).toBe(file);
    expect(pinned.files[file]).toContain("MaxProtocol = TLSv1.2");
    expect(plan({ program: VECTOR, highestTls: "1.3" })).toMatchObject({ files: {}, env: { PATH: "/bin" } });
    const env = { OPENSSL_CONF: "/home/me/openssl.cnf" };
    expect(plan({ program: VECTOR, env })).toMatchObject({ files: {}, env });
  });

  it.each(
    [
      ["no output", [], {}, /no output to deliver to/],
      ["none that lines can be sent to", [screen], {}, /no output to deliver to/],
      ["HTTP with Fluent Bit", [devo], { out: "http" }, /for vector only/],
    ] as const,
  )("is nothing where there is %s", (_, outputs, changes, message) => {
    const { plan } = household();
    expect(() => plan(changes, outputs)).toThrow(
      expect.objectContaining({ code: "usage", message: expect.stringMatching(message) as string }),
    );
  });

  it("is nothing where a certificate has expired", () => {
    const { plan } = household(authority.issue("domain", { to: new Date(Date.now() - 1000) }));
    expect(() => plan()).toThrow(expect.objectContaining({ code: "config-invalid" }));
  });
});

describe("a shipper that runs by a plan", () => {
  it("goes on by one that says the same, whatever is told of it", () => {
    const { plan } = household(authority.issue("domain", { to: new Date(Date.now() + 31 * DAY_MS) }));
    const [before, after] = [plan(), plan({ nowMs: Date.now() + 2 * DAY_MS })];
    expect(after.warnings).not.toEqual(before.warnings);
    expect(needsRestart(before, after)).toBe(false);
  });

  it("starts again for another output, and for certificates of the same names that were renewed", () => {
    const { certs, plan } = household();
    const before = plan();
    expect(needsRestart(before, plan({}, [devo, relay]))).toBe(true);
    writeDomain(certs, authority, authority.issue("domain"));
    expect(needsRestart(before, plan())).toBe(true);
  });

  it("starts again for a token that was renewed, and shows it nowhere", () => {
    const { certs, plan } = household();
    const by = (token: string) => {
      writeFileSync(join(certs, "devo-http.json"), JSON.stringify({ domain: "d", token }));
      return plan({ program: VECTOR, out: "http" });
    };
    const [before, after] = [by("0123456789"), by("9876543210")];
    expect(needsRestart(before, after)).toBe(true);
    expect(Buffer.from(JSON.stringify(after)).includes("9876543210")).toBe(false);
  });
});
