/** A position of the old collector, taken over: the first pull leaves no hole and repeats the overlap at most. */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { addSeconds, formatInstant, fromMillis, type Instant } from "../../src/instant.ts";
import { eventLines, EXACT, tally } from "../support/eventLines.ts";
import { run } from "../support/program.ts";
import { CONTOSO, openSite } from "../support/site.ts";

const md5 = (text: string) => createHash("md5").update(text).digest("hex");

/** A dict of texts, as Python's protocol 2 writes it. */
function pickleOf(members: Readonly<Record<string, string>>): Buffer {
  const text = (value: string) => {
    const bytes = Buffer.from(value);
    const head = Buffer.alloc(5, "X");
    head.writeUInt32LE(bytes.length, 1);
    return Buffer.concat([head, bytes]);
  };
  const pairs = Object.entries(members).flatMap(([key, value]) => [text(key), text(value)]);
  return Buffer.concat([Buffer.from("\x80\x02}(", "latin1"), ...pairs, Buffer.from("u.")]);
}

async function oldSite(services: Readonly<Record<string, object>>) {
  const site = await openSite();
  const old = join(site.folder, "old");
  mkdirSync(old);
  const file = site.write([{ name: "microsoft_graph_audit", id: "10001", tenant: CONTOSO, services: {} }]);
  const config = site.config([{
    name: "microsoft_graph_audit",
    id: "10001",
    tenant: CONTOSO,
    services: {},
  }]) as {
    inputs: { microsoft_graph_audit: { services: object } };
  };
  config.inputs.microsoft_graph_audit.services = services;
  writeFileSync(file, JSON.stringify(config));
  const leave = (address: string, content: Buffer | string) =>
    writeFileSync(join(old, md5(address)), content);
  const migrate = (...words: string[]) => run(["migrate", "--state", old, "-c", file, ...words]);
  return { site, old, leave, migrate, pull: () => run(["pull", "-c", file]) };
}

const BEGAN = fromMillis(Math.floor(Date.now() / 1000) * 1000);
const at = (minutes: number): Instant => addSeconds(BEGAN, -minutes * 60);

describe("graphtap migrate --state", () => {
  it("goes on where the old collector stopped, some way further back", async () => {
    const { site, leave, migrate, pull } = await oldSite({ directory_audits: {}, signIns: {} });
    site.emulator.produce("directoryAudits", 100, { from: at(170), to: at(1) });
    site.emulator.produce("signIns", 100, { from: at(170), to: at(1) });
    leave(
      "microsoft_graph;10001;audit;None",
      pickleOf({ last_polled_timestamp: formatInstant(at(60)).replace("T", " ").replace("Z", "") }),
    );
    leave(
      "microsoft_graph_audit;10001;signIns;None",
      JSON.stringify({ last_event_time_in_utc: formatInstant(at(30)), last_ids: [] }),
    );
    leave("other;1;audit;None", pickleOf({}));

    const told = await migrate("--overlap", "600", "--check");
    expect(told.code, told.stderr).toBe(0);
    expect(readdirSync(site.folder)).not.toContain("state");
    const done = await migrate("--overlap", "600");
    expect(done.code, done.stderr).toBe(0);
    expect(done.stdout).toEqual(Buffer.alloc(0));
    expect(done.stderr).toContain(formatInstant(at(70)));
    expect(done.stderr).toContain(`of no stream here: ${md5("other;1;audit;None")}`);

    const pulled = await pull();
    expect(pulled.code, pulled.stderr).toBe(0);
    const lines = eventLines(pulled.stdout);
    for (
      const [service, minutes, field] of [["directory_audits", 70, "activityDateTime"], [
        "signIns",
        40,
        "createdDateTime",
      ]] as const
    ) {
      const got = lines.filter((line) => line.service === service).map(({ record }) => record);
      const timeOf = (record: string) => Date.parse((JSON.parse(record) as Record<string, string>)[field]!);
      const wanted = site.records(service).filter((record) => timeOf(record) >= at(minutes).seconds * 1000);
      expect(wanted.length).toBeGreaterThan(5);
      expect(tally(wanted, got)).toEqual(EXACT);
    }
  });

  it("takes what three services left for the one that reads for them, from the oldest on", async () => {
    const { leave, migrate } = await oldSite({ signIns_v2: {} });
    for (
      const [kind, minutes] of [["nonInteractive", 50], ["servicePrincipal", 90], [
        "managedIdentity",
        20,
      ]] as const
    ) {
      leave(
        `microsoft_graph;10001;signIn_${kind};None`,
        pickleOf({ last_polled_timestamp: formatInstant(at(minutes)) }),
      );
    }
    expect((await migrate("--overlap", "0")).stderr).toContain(
      ` ${formatInstant(at(90))}  ${formatInstant(at(90))} `,
    );
  });

  it("lets a stream keep its own position, and says of what it could not read that it begins anew", async () => {
    const { site, leave, migrate, pull } = await oldSite({ signIns: {}, directory_audits: {} });
    expect((await pull()).code).toBe(0);
    leave("microsoft_graph;10001;signIn;None", pickleOf({ last_polled_timestamp: formatInstant(at(60)) }));
    leave("microsoft_graph;10001;audit;None", "cos\nsystem\n(S'true'\ntR.");
    const ended = await migrate();
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(/signIns .* has a position already, and keeps it/);
    expect(ended.stderr).toMatch(
      /refused: the function "os\.system", which is refused, at byte 11; it begins at/,
    );
    expect(readdirSync(site.folder)).toContain("state");
  });

  it("ends when nothing in the folder belongs to the configuration", async () => {
    const { migrate } = await oldSite({ signIns: {} });
    const ended = await migrate();
    expect(ended.code).toBe(5);
    expect(ended.stderr).toMatch(/of 0 files in .* none belongs to a stream/);
    expect((await migrate("--overlap", "an hour")).code).toBe(2);
  });
});
