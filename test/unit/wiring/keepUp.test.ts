import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ShipperPlan } from "../../../src/shipper/running/plan.ts";
import { createLog } from "../../../src/telemetry/log.ts";
import type { LoadedConfig } from "../../../src/wiring/configFile.ts";
import { keepUp, type Machine } from "../../../src/wiring/keepUp.ts";
import { tempFolder } from "../../support/tempFolder.ts";

const STARTED = "[2026/11/30 04:59:20] [ info] [engine] Shutdown Grace Period=5";
const turn = () => new Promise((resolve) => setTimeout(resolve, 2));

/** A machine on which the shipper refuses what holds "wrong" and ends when it is told to. */
function machineOf(happened: string[], saysStarted: boolean): Machine {
  return {
    run: (_program, [file = ""]) => {
      const isWrong = readFileSync(file, "utf8").includes("wrong");
      const complained = isWrong ? "[2026/11/30 04:59:20] [error] no such address" : "";
      return Promise.resolve({ printed: "", complained, end: isWrong ? "exit code 1" : 0 });
    },
    start: (_words, _env, say) => {
      let end = (_: string) => {};
      const ended = new Promise<string>((resolve) => end = resolve);
      const release = () => {
        happened.push("starts");
        if (saysStarted) say(STARTED);
      };
      const signal = (name: string) => {
        happened.push("ends");
        end(`signal ${name}`);
      };
      return { pid: 7, ended, release, signal };
    },
    clock: {
      now: () => 0,
      sleep: (_, signal) =>
        new Promise((_, reject) => {
          signal?.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
        }),
    } as Machine["clock"],
    host: { boot: "b", namespace: null, hostname: "h", startOf: () => null },
  };
}

/** A shipper beside a tap whose configuration is the shipper's own, in words. */
function stage({ saysStarted = true } = {}) {
  const folder = join(tempFolder(), ".shipper", "fluent-bit");
  const path = join(folder, "fluent-bit.yaml");
  const happened: string[] = [];
  const said: string[] = [];
  const plan = (configuration: string, more: Partial<ShipperPlan> = {}): ShipperPlan => ({
    name: "fluent-bit",
    folder,
    spool: join(folder, "events.log"),
    folders: [],
    configuration,
    files: {},
    path,
    judge: (other) => ["fluent-bit", other],
    start: ["fluent-bit", path],
    env: {},
    renewable: "",
    served: [],
    ways: [],
    warnings: ['output "screen" gets nothing'],
    ...more,
  });
  const beside = keepUp((loaded) => loaded as unknown as ShipperPlan, machineOf(happened, saysStarted));
  const log = createLog({ format: "text", level: "info", write: (line) => said.push(line), now: () => 0 });
  const stop = new AbortController();
  const asLoaded = (planned: ShipperPlan) => planned as unknown as LoadedConfig;
  return {
    happened,
    folder,
    stop,
    plan,
    text: () => said.join(""),
    begin: (planned = plan("right")) => beside.begin(asLoaded(planned), { log, stop }),
    prepare: (planned: ShipperPlan) => beside.prepare(asLoaded(planned), "SIGHUP"),
    end: () => beside.end(),
    runsBy: () => readFileSync(path, "utf8"),
    record: join(folder, "..", "shipper.json"),
  };
}

describe("a shipper beside a tap", () => {
  it("has started before the tap begins, and is known by its record until it has ended", async () => {
    const { happened, text, begin, end, runsBy, record } = stage();
    await begin();
    expect([happened, runsBy()]).toEqual([["starts"], "right"]);
    expect(JSON.parse(readFileSync(record, "utf8"))).toMatchObject({ pid: 7 });
    await end();
    expect(happened).toEqual(["starts", "ends"]);
    expect(existsSync(record)).toBe(false);
    expect(text()).toContain('output "screen" gets nothing');
  });

  it("does not start when it refuses its configuration, and its words are the reason", async () => {
    const { happened, plan, begin, end } = stage();
    await expect(begin(plan("wrong"))).rejects.toMatchObject({
      code: "shipper-refused",
      message: expect.stringContaining("no such address") as string,
    });
    await end();
    expect(happened).toEqual([]);
  });

  it("is ended when the stop comes before it has started", async () => {
    const { happened, stop, begin, record } = stage({ saysStarted: false });
    const begun = begin();
    await turn();
    stop.abort(new Error("stopped by SIGTERM"));
    await expect(begun).rejects.toThrow("stopped by SIGTERM");
    expect(happened).toEqual(["starts", "ends"]);
    expect(existsSync(record)).toBe(false);
  });

  it("is told of with what another one may not have sent", async () => {
    const { folder, text, begin } = stage();
    const other = join(dirname(folder), "vector");
    mkdirSync(other, { recursive: true });
    await begin();
    expect(text()).toContain(
      `${other} may hold lines that vector has not sent: "graphtap up --with vector" sends them`,
    );
  });
});

describe("another configuration", () => {
  it("is judged before, and the shipper starts again by it when the tap has gone over", async () => {
    const { happened, plan, begin, prepare, runsBy } = stage();
    await begin();
    const goOver = await prepare(plan("also right"));
    expect(happened).toEqual(["starts"]);
    goOver();
    await turn();
    expect([happened, runsBy()]).toEqual([["starts", "ends", "starts"], "also right"]);
  });

  it("with renewed certificates has it start again, too", async () => {
    const { happened, plan, begin, prepare } = stage();
    await begin();
    (await prepare(plan("right", { renewable: "other contents" })))();
    await turn();
    expect(happened).toEqual(["starts", "ends", "starts"]);
  });

  it("that says the same leaves it alone, whatever is told of it", async () => {
    const { happened, plan, begin, prepare } = stage();
    await begin();
    (await prepare(plan("right")))();
    (await prepare(plan("right", { warnings: ["a certificate ends soon"] })))();
    await turn();
    expect(happened).toEqual(["starts"]);
  });

  it("that it refuses changes nothing, and the next good one is taken", async () => {
    const { happened, plan, begin, prepare, runsBy } = stage();
    await begin();
    await expect(prepare(plan("wrong"))).rejects.toMatchObject({ code: "shipper-refused" });
    expect([happened, runsBy()]).toEqual([["starts"], "right"]);
    (await prepare(plan("also right")))();
    await turn();
    expect(runsBy()).toBe("also right");
  });
});
