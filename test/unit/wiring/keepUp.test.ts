import { mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ExitCode } from "../../../src/errors.ts";
import type { ShipperPlan } from "../../../src/shipper/running/plan.ts";
import { createLog } from "../../../src/telemetry/log.ts";
import { keepUp, type Machine } from "../../../src/wiring/keepUp.ts";
import type { Runtime } from "../../../src/wiring/runtime.ts";
import { commandRuntime } from "../../support/commandRuntime.ts";
import { tempFolder } from "../../support/tempFolder.ts";

const STARTED = "[2026/11/30 04:59:20] [ info] [engine] Shutdown Grace Period=5";
const turn = () => new Promise((resolve) => setTimeout(resolve, 2));

/** A machine on which the shipper refuses what holds "wrong" and ends when it is told to, and a log of what happens. */
function stage({ saysStarted = true } = {}) {
  const home = join(tempFolder(), "shipper");
  const happened: string[] = [];
  const said: string[] = [];
  const kills: (() => void)[] = [];
  const { runtime, stop, hangUp } = commandRuntime([]);
  const start: Machine["start"] = (_words, _env, say) => {
    let end = (_: string) => {};
    const ended = new Promise<string>((resolve) => end = resolve);
    happened.push("shipper starts");
    kills.push(() => end("signal SIGKILL"));
    if (saysStarted) queueMicrotask(() => say(STARTED));
    const signal = (name: string) => {
      happened.push("shipper ends");
      end(`signal ${name}`);
    };
    return { pid: kills.length, ended, release: () => {}, signal };
  };
  const machine: Machine = {
    run: (_program, [file = ""]) => {
      const isWrong = readFileSync(file, "utf8").includes("wrong");
      const complained = isWrong ? "[2026/11/30 04:59:20] [error] no such address" : "";
      return Promise.resolve({ printed: "", complained, end: isWrong ? "exit code 1" : 0 });
    },
    start,
    clock: {
      now: () => 0,
      // Of the waits only those end that stand between two lives.
      sleep: (ms, signal) =>
        ms === 1000 ? Promise.resolve() : new Promise((_, reject) => {
          signal?.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
        }),
    } as Machine["clock"],
    host: { boot: "b", namespace: null, hostname: "h", startOf: () => null },
  };
  const plan = (configuration: string): ShipperPlan => {
    const folder = join(home, "fluent-bit");
    const path = join(folder, "fluent-bit.yaml");
    return {
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
    };
  };
  const next: (() => ShipperPlan | null)[] = [];
  /** A tap that reads until the process is told to stop. */
  const untilStop = (ofTap: Runtime): Promise<ExitCode> => {
    happened.push("tap reads");
    return new Promise((resolve) =>
      ofTap.onStopSignal(() => {
        happened.push("tap ends");
        resolve(0);
      })
    );
  };
  const up = (configuration = "right", deliver = untilStop): Promise<ExitCode> =>
    keepUp(
      {
        log: createLog({ format: "text", level: "info", write: (line) => said.push(line), now: () => 0 }),
        plan: plan(configuration),
        wait: false,
        planAgain: () => Promise.resolve().then(() => next.shift()!()),
        deliver,
      },
      runtime,
      machine,
    );
  return {
    happened,
    said,
    stop,
    up,
    plan,
    kill: () => kills.at(-1)!(),
    runs: (): string => readFileSync(plan("").path, "utf8"),
    /** SIGHUP, by which this comes of the configuration. */
    async hangUp(planned: () => ShipperPlan | null) {
      next.push(planned);
      hangUp();
      await turn();
    },
  };
}

describe("a shipper and the tap before it", () => {
  it("start and end in the order in which no line is left behind", async () => {
    const { happened, said, stop, up } = stage();
    const running = up();
    await turn();
    stop("SIGTERM");
    expect(await running).toBe(0);
    expect(happened).toEqual(["shipper starts", "tap reads", "tap ends", "shipper ends"]);
    expect(said.join("")).toContain('output "screen" gets nothing');
  });

  it("are kept up by one process at a time, and by another after its end", async () => {
    const { happened, stop, up } = stage();
    const first = up();
    await turn();
    await expect(up()).rejects.toMatchObject({ code: "state-in-use" });
    expect(happened).toEqual(["shipper starts", "tap reads"]);
    stop("SIGTERM");
    await first;
    expect(await up("right", () => Promise.resolve(0))).toBe(0);
  });

  it("end with the tap's own exit code when it ends by itself", async () => {
    const { happened, up } = stage();
    expect(await up("right", () => Promise.resolve(4))).toBe(4);
    expect(happened).toEqual(["shipper starts", "shipper ends"]);
  });

  it("end when the stop comes before the shipper has started, and nothing is read", async () => {
    const { happened, said, stop, up } = stage({ saysStarted: false });
    const running = up();
    await turn();
    stop("SIGTERM");
    expect(await running).toBe(0);
    expect(happened).toEqual(["shipper starts", "shipper ends"]);
    expect(said.at(-1)).toContain("ended: stopped by SIGTERM");
  });

  it("end when the stop comes between the two", async () => {
    const { stop, up } = stage();
    const code = await up("right", (ofTap) => {
      stop("SIGINT");
      return new Promise((resolve) => ofTap.onStopSignal((cause) => resolve(cause === "SIGINT" ? 0 : 1)));
    });
    expect(code).toBe(0);
  });

  it("do not start when the shipper refuses its configuration, and its words are the reason", async () => {
    const { happened, said, up } = stage();
    expect(await up("wrong")).toBe(2);
    expect(happened).toEqual([]);
    expect(said.at(-1)).toMatch(/ended: fluent-bit refuses .*no such address.* code=shipper-refused/);
  });

  it("do without each other for a while: the shipper starts again when it dies, and the tap reads on", async () => {
    const { happened, said, stop, up, kill } = stage();
    const running = up();
    await turn();
    kill();
    await turn();
    stop("SIGTERM");
    await running;
    expect(said.join("")).toContain("fluent-bit has ended (signal SIGKILL), and is started again");
    expect(happened).toEqual(["shipper starts", "tap reads", "shipper starts", "tap ends", "shipper ends"]);
  });

  it("are told what another shipper may not have sent", async () => {
    const { plan, said, up } = stage();
    const other = join(dirname(plan("").folder), "vector");
    mkdirSync(other, { recursive: true });
    await up("right", () => Promise.resolve(0));
    expect(said.join("")).toContain(
      `${other} may hold lines that vector has not sent: "graphtap up --with vector" sends them`,
    );
  });
});

describe("at SIGHUP", () => {
  it("another configuration has the shipper start again by it, and the tap reads on", async () => {
    const { happened, stop, up, plan, runs, hangUp } = stage();
    const running = up();
    await turn();
    await hangUp(() => plan("also right"));
    expect(runs()).toBe("also right");
    stop("SIGTERM");
    await running;
    const again = ["shipper ends", "shipper starts"];
    expect(happened).toEqual(["shipper starts", "tap reads", ...again, "tap ends", "shipper ends"]);
  });

  it.each([
    ["the same one", (same: ShipperPlan) => same],
    ["the same one with another warning", (same: ShipperPlan) => ({ ...same, warnings: ["soon"] })],
    ["one that cannot be read", () => null],
  ])("%s leaves the shipper alone", async (_, planned) => {
    const { happened, said, stop, up, plan, hangUp } = stage();
    const running = up();
    await turn();
    await hangUp(() => planned(plan("right")));
    stop("SIGTERM");
    await running;
    expect(happened).toEqual(["shipper starts", "tap reads", "tap ends", "shipper ends"]);
    expect(said.join("")).not.toContain("SIGHUP");
  });

  it("one that the shipper refuses changes nothing, and the next good one is taken", async () => {
    const { happened, said, stop, up, plan, runs, hangUp } = stage();
    const running = up();
    await turn();
    await hangUp(() => plan("wrong"));
    expect(said.at(-1)).toContain("SIGHUP: the outputs stay as they were: fluent-bit refuses");
    expect(runs()).toBe("right");
    expect(happened).toEqual(["shipper starts", "tap reads"]);
    await hangUp(() => plan("also right"));
    expect(runs()).toBe("also right");
    stop("SIGTERM");
    await running;
  });
});
