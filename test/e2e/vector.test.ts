/** The real Vector, where there is one: what it makes of our configurations, and whether every byte gets through. */
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { EXAMPLE, WAYS_IN } from "../../src/shipper/settings.ts";
import { vectorConfig, vectorFiles } from "../../src/shipper/vector.ts";
import { addSeconds } from "../../src/instant.ts";
import { createAuthority, writeDomain } from "../support/certificates.ts";
import { startDevoReceiver } from "../support/devoReceiver.ts";
import { EXACT, tally, withoutAdded } from "../support/eventLines.ts";
import { findInstalled } from "../support/forwarderInstalled.ts";
import { run, start, startCommand, waitFor } from "../support/program.ts";
import { onDeno } from "../support/project.ts";
import { contoso, openSite } from "../support/site.ts";
import { tempFolder } from "../support/tempFolder.ts";

const found = findInstalled("vector", "GRAPHTAP_VECTOR");
if (typeof found === "string") console.warn(`vector.test.ts is skipped: ${found}`);
const vector = typeof found === "string" ? { path: "", version: "" } : found;
const VIAS = WAYS_IN.filter((via) => via !== "stdin");
const WAYS_OUT = ["to-devo.yaml", "to-devo-http.yaml", "to-file.yaml"];

/** The shipped files in a folder of the test's own, reading and writing nothing outside it. */
function laidOut(): string {
  const folder = tempFolder();
  const files = join(folder, "etc");
  for (const name of [files, join(folder, "buffer", "vector"), join(folder, "certs")]) {
    mkdirSync(name, { recursive: true });
  }
  const authority = createAuthority();
  writeDomain(join(folder, "certs"), authority, authority.issue("domain"));
  writeFileSync(join(folder, "certs", "devo-http.json"), JSON.stringify({ domain: "d", token: "t" }));
  for (const [name, text] of Object.entries(vectorFiles())) {
    const here = text.replaceAll("/var/lib/graphtap", folder).replaceAll("/etc/graphtap/", `${folder}/`);
    writeFileSync(join(files, name), here);
  }
  return files;
}

function ask(...words: string[]): { status: number | null; said: string } {
  const { status, stdout, stderr } = spawnSync(vector.path, words, { encoding: "utf8" });
  return { status, said: stdout + stderr };
}

describe.skipIf(typeof found === "string")(`Vector ${vector.version}`, () => {
  const ins = Object.keys(vectorFiles()).filter((name) => !name.startsWith("to-") && name !== "tests.yaml");
  it.each(ins.flatMap((way) => WAYS_OUT.map((out) => [way, out] as const)))(
    "accepts %s with %s",
    (way, out) => {
      const folder = laidOut();
      const { status, said } = ask("validate", "--no-environment", join(folder, way), join(folder, out));
      expect(status, said).toBe(0);
    },
  );

  it.each(VIAS)("accepts a user's own configuration via %s, whatever the paths", (via) => {
    const folder = tempFolder();
    const file = join(folder, "vector.yaml");
    const settings = { ...EXAMPLE, config: `/opt/my "tap"/it's: #1/config.yaml`, buffer: folder };
    writeFileSync(file, vectorConfig(settings, via, "A head."));
    const { status, said } = ask("validate", "--no-environment", file);
    expect(status, said).toBe(0);
  });

  it("passes the tests that are shipped", () => {
    const folder = laidOut();
    const files = ["to-devo-http.yaml", "http.yaml", "tests.yaml"].map((name) => join(folder, name));
    const { status, said } = ask("test", ...files);
    expect(status, said).toBe(0);
  });

  it.skipIf(onDeno).each(["exec", "http", "file"] as const)(
    "brings every record once and byte for byte via %s",
    async (via) => {
      const authority = createAuthority();
      const receiver = await startDevoReceiver({ authority });
      const site = await openSite();
      site.emulator.produce("directoryAudits", 500, {
        from: addSeconds(site.start, 60),
        to: addSeconds(site.start, 9000),
      });
      for (const name of ["certs", "spool", "buffer/vector"]) {
        mkdirSync(join(site.folder, name), { recursive: true });
      }
      writeDomain(join(site.folder, "certs"), authority, authority.issue("domain"));
      const config = join(site.folder, "config.yaml");
      const files = { chain: "chain.crt", cert: "domain.crt", key: "domain.key" };
      const outputs = { devo: { config: { address: "127.0.0.1", port: receiver.port, ...files } } };
      writeFileSync(config, JSON.stringify({ ...site.config([contoso("directory_audits")]), outputs }));
      const written = await run(["shipper", "vector", "-c", config, "--via", via]);
      expect(written.code, written.stderr).toBe(0);
      const file = join(site.folder, "vector.yaml");
      writeFileSync(file, written.stdout);
      const shipper = startCommand([vector.path, "-c", file]);
      const to = via === "http"
        ? "http://127.0.0.1:8088/ingest"
        : `file:${join(site.folder, "spool", "events.log")}`;
      if (via !== "exec") start(["run", "-c", config, "--format", "devo", "--to", to]);
      const records = () =>
        receiver.lines.filter(({ tag }) => !tag.startsWith("my.app.")).map(({ message }) =>
          withoutAdded(message).record
        );
      await waitFor(() => records().length >= 500, () => `${records().length} records; ${shipper.stderr}`);
      expect(receiver.problems).toEqual([]);
      expect(tally(site.records("directory_audits"), records())).toEqual(EXACT);
    },
    40_000,
  );
});
