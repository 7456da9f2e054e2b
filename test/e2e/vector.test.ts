/** The real Vector, where there is one: what it makes of our configurations, and whether every byte gets through. */
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { EXAMPLE, WAYS_IN } from "../../src/shipper/settings.ts";
import { vectorConfig, vectorFiles } from "../../src/shipper/vector.ts";
import { addSeconds } from "../../src/instant.ts";
import { createAuthority, writeDomain } from "../support/certificates.ts";
import { type HttpLine, startDevoHttpReceiver } from "../support/devoHttpReceiver.ts";
import { startDevoReceiver } from "../support/devoReceiver.ts";
import { EXACT, tally, withoutAdded } from "../support/eventLines.ts";
import { findInstalled } from "../support/forwarderInstalled.ts";
import { DOMAIN, planVector, TOKEN } from "../support/forwarderVector.ts";
import { waitFor } from "../support/program.ts";
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

  it.each(
    VIAS.flatMap((via) => [[via, "tcp"], [via, "http"]] as const),
  )("accepts a user's own configuration, %s in, %s out, whatever the paths", (via, out) => {
    const folder = tempFolder();
    const file = join(folder, "vector.yaml");
    const settings = { ...EXAMPLE, config: `/opt/my "tap"/it's: #1/config.yaml`, buffer: folder };
    const secret = join(folder, "it's: #1.json");
    writeFileSync(secret, JSON.stringify({ domain: "d", token: "t" }));
    const devoHttp = { endpoint: "http-us.devo.io", secret };
    writeFileSync(file, vectorConfig(out === "http" ? { ...settings, devoHttp } : settings, via, "A head."));
    const { status, said } = ask("validate", "--no-environment", file);
    expect(status, said).toBe(0);
  });

  it("passes the tests that are shipped", () => {
    const folder = laidOut();
    const files = ["to-devo-http.yaml", "http.yaml", "tests.yaml"].map((name) => join(folder, name));
    const { status, said } = ask("test", ...files);
    expect(status, said).toBe(0);
  });

  it.skipIf(onDeno).each(
    (["exec", "http", "file"] as const).flatMap((via) =>
      (["http", "tcp"] as const).map((out) => [via, out] as const)
    ),
  )(
    "brings every record once and byte for byte, %s in, %s out",
    async (via, out) => {
      const authority = createAuthority();
      const receiver = out === "http"
        ? await startDevoHttpReceiver(DOMAIN, TOKEN)
        : await startDevoReceiver({ authority });
      const site = await openSite();
      site.emulator.produce("directoryAudits", 500, {
        from: addSeconds(site.start, 60),
        to: addSeconds(site.start, 9000),
      });
      const inputs = [contoso("directory_audits")];
      const pipeline = await planVector({ vector, site, inputs, via, out, port: receiver.port, authority });
      await pipeline.start();
      const records = () =>
        receiver.lines.filter(({ tag }) => !tag.startsWith("my.app.")).map(({ message }) =>
          withoutAdded(message).record
        );
      await waitFor(
        () => records().length >= 500,
        () => `${records().length} records; ${pipeline.vector.stderr}`,
      );
      expect(receiver.problems).toEqual([]);
      expect(tally(site.records("directory_audits"), records())).toEqual(EXACT);
      await pipeline.stop();
    },
    60_000,
  );

  it("carries bytes that are no UTF-8 to Devo's HTTP endpoint, under a host that is safe there", async () => {
    const receiver = await startDevoHttpReceiver(DOMAIN, TOKEN);
    const site = await openSite();
    const authority = createAuthority();
    const pipeline = await planVector({
      vector,
      site,
      inputs: [contoso("directory_audits")],
      via: "http",
      out: "http",
      port: receiver.port,
      authority,
    });
    await pipeline.startVector();
    const hosts = {
      "web-1.example": "web-1.example",
      "..": "_",
      "a/../b?c#d": "a_.._b_c_d",
      "%2e%2F": "_2e_2F",
    };
    const messages = [`{"a":"\xff"}`, `{"\xc3":"\xa9\xed\xa0\x80"}`, `\xfe`, `{"a: b":"x: y: "}`];
    const wanted = Object.entries(hosts).flatMap(([host, shown]) =>
      messages.map((message) => ({ host, line: { host: shown, tag: "my.app.graphtap.try", message } }))
    );
    for (const { host, line } of wanted) {
      await pipeline.post(`<14>2026-11-22 16:00:00.123 ${host} ${line.tag}: ${line.message}\n`);
    }
    await waitFor(
      () => receiver.lines.length >= wanted.length,
      () => `${receiver.lines.length} of ${wanted.length} lines; ${pipeline.vector.stderr}`,
    );
    expect(receiver.problems).toEqual([]);
    const order = (lines: readonly HttpLine[]) => lines.map((line) => JSON.stringify(line)).toSorted();
    expect(order(receiver.lines)).toEqual(order(wanted.map(({ line }) => line)));
    await pipeline.stop();
  }, 60_000);
});
