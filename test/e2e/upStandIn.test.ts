/** `graphtap up` where no shipper is installed, on each runtime that is here: what it does before, beside and after one. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { describe, expect, it } from "vitest";
import { startCommand, waitFor } from "../support/program.ts";
import { contoso, openSite } from "../support/site.ts";
import { standInShipper } from "../support/standInShipper.ts";
import { RUNTIMES } from "../support/up.ts";

const RELAY = { type: "in_house_relay", config: { url: "127.0.0.1", port: 1 } };

describe.each(RUNTIMES)("up on $runtime", { timeout: 120_000 }, ({ command }) => {
  /** A collector's folder, and `up` in it by a shipper that notes what happens to it. */
  async function household() {
    const site = await openSite();
    const folder = join(site.folder, "house");
    const config = join(folder, "config", "config.yaml");
    mkdirSync(join(folder, "config"), { recursive: true });
    writeFileSync(
      config,
      JSON.stringify({ ...site.config([contoso("directory_audits")]), outputs: { relay: RELAY } }),
    );
    const shipper = standInShipper();
    const up = (...words: string[]) =>
      startCommand([...command, "up", "-c", config, "--with", shipper.path, ...words], { cwd: folder });
    const nothingHappened = () => !existsSync(join(folder, "state")) && shipper.happened.length === 0;
    return { folder, config, shipper, up, nothingHappened };
  }

  it.each([
    [["--heartbeat", "soon"], /--heartbeat is "soon", expected a number of seconds/],
    [["--keep-seconds", "a week"], /--keep-seconds is "a week"/],
    [["--input", "fabrikam"], /--input "fabrikam" is not among the inputs/],
    [["--listen", "everywhere"], /--listen is "everywhere", expected HOST:PORT/],
    [["--listen", "0.0.0.0:9464"], /can be reached from other machines, which needs a token/],
    [["--output", "devo"], /--output "devo" is not among the outputs/],
    [["--out", "http"], /for vector only/],
    [
      ["--with", "/nowhere/vector"],
      /Cannot find "\/nowhere\/vector": .*there is no such program.*--with PATH/,
    ],
    [["-c", "-"], /-c is -, expected a file or folder/],
  ])("refuses %j before anything is written or started", async (words, message) => {
    const { up, nothingHappened } = await household();
    const { code, stdout, stderr } = await up(...words).ended;
    expect([code, stdout.length, stderr]).toEqual([2, 0, expect.stringMatching(message)]);
    expect(nothingHappened()).toBe(true);
  });

  it("tells by a dry run what it would do, and does none of it", async () => {
    const { folder, up, nothingHappened } = await household();
    const { code, stdout } = await up("--dry-run").ended;
    expect(code).toBe(0);
    const said = stdout.toString("utf8");
    expect(said).toContain('serves: output "relay" (127.0.0.1:1)');
    expect(said).toContain(`writes: ${join(folder, "state", ".shipper", "fluent-bit", "fluent-bit.yaml")}`);
    expect(nothingHappened()).toBe(true);
  });

  it("starts the shipper again when that dies, and ends it when it is told to end", async () => {
    const { shipper, up } = await household();
    const program = up();
    await program.until(() => shipper.pids.length === 1, "the shipper's start");
    process.kill(shipper.pids[0]!, "SIGKILL");
    await program.until(() => shipper.pids.length === 2, "another shipper");
    await program.until(() => program.stderr.includes("pull done"), "the first pull");
    program.kill("SIGTERM");
    const { code, stderr } = await program.ended;
    expect(code, stderr).toBe(0);
    expect(stderr).toContain("fluent-bit has ended (signal SIGKILL), and is started again");
    expect(shipper.happened).toEqual(["starts", "starts", "ends"]);
  });

  it("leaves no shipper behind when it is killed", async () => {
    const { shipper, up } = await household();
    const program = up();
    await program.until(() => shipper.happened.length > 0, "the shipper's start");
    program.kill("SIGKILL");
    await waitFor(() => shipper.happened.includes("ends"), () => "the shipper's end");
  });

  it("at SIGHUP starts the shipper again by what the configuration says now", async () => {
    const { folder, config, shipper, up } = await household();
    const program = up();
    await program.until(() => program.stderr.includes("pull done"), "the first pull");
    writeFileSync(config, readFileSync(config, "utf8").replace('"url":"127.0.0.1"', '"url":"127.0.0.2"'));
    program.kill("SIGHUP");
    await program.until(() => shipper.pids.length === 2, "another shipper");
    const written = join(folder, "state", ".shipper", "fluent-bit", "fluent-bit.yaml");
    expect(readFileSync(written, "utf8")).toContain("127.0.0.2");
    program.kill("SIGTERM");
    expect((await program.ended).code).toBe(0);
    expect(shipper.happened).toEqual(["starts", "ends", "starts", "ends"]);
  });
});
