import { describe, expect, it } from "vitest";
import type { ShipperPlan } from "../../../../src/shipper/running/plan.ts";
import type { StartProgram } from "../../../../src/shipper/running/process.ts";
import { supervise } from "../../../../src/shipper/running/supervise.ts";
import { createLog } from "../../../../src/telemetry/log.ts";

const STARTED = "[2026/11/30 04:59:20] [ info] [output:tcp:devo] worker #0 started";
const plan = (file: string) =>
  ({
    name: "fluent-bit",
    folder: "/s/.shipper/fluent-bit",
    start: ["fluent-bit", "-c", file],
    env: {},
  }) as unknown as ShipperPlan;

/** A clock whose waits a test ends, and a program whose lives it plays. */
function stage() {
  let now = 0;
  const waits: { ms: number; end: () => void }[] = [];
  const lives: {
    words: readonly string[];
    say: (line: string) => void;
    end: (how: string) => void;
    signals: string[];
  }[] = [];
  const logged: string[] = [];
  const order: string[] = [];
  const start: StartProgram = (words, _, say) => {
    let end = (_: string) => {};
    const ended = new Promise<string>((resolve) => end = resolve);
    const signals: string[] = [];
    lives.push({ words, say, end, signals });
    return {
      pid: lives.length,
      ended,
      release: () => void order.push("runs"),
      signal: (name) => void signals.push(name),
    };
  };
  const clock = {
    now: () => now,
    sleep: (ms: number, signal?: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        signal?.throwIfAborted();
        waits.push({ ms, end: () => (now += ms, resolve()) });
        signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
      }),
  };
  const log = createLog({
    format: "text",
    level: "info",
    now: () => 0,
    write: (line) => void logged.push(line),
  });
  const turn = () => new Promise((resolve) => setTimeout(resolve, 5));
  const wait = async (ms: number) => {
    await turn();
    waits.findLast((one) => one.ms === ms)!.end();
    await turn();
  };
  const onRunning = (pid: number | null) => void order.push(pid === null ? "gone" : "noted");
  const shipper = supervise(plan("a"), { start, clock, log, onRunning });
  return { shipper, order, lives, logged, waits, wait, turn, pass: (ms: number) => void (now += ms) };
}

describe("a shipper that is kept alive", () => {
  it("is started again after its death, later each time, and the log says how it died", async () => {
    const { shipper, lives, logged, wait, turn, pass } = stage();
    lives[0]!.say(STARTED);
    await shipper.started;
    lives[0]!.say("[2026/11/30 04:59:21] [error] [engine] no memory");
    lives[0]!.end("signal SIGKILL");
    await wait(1000);
    lives[1]!.end("exit code 1");
    await wait(2000);
    expect(lives).toHaveLength(3);
    expect(logged.filter((line) => line.includes("has ended"))).toEqual([
      expect.stringMatching(/\(signal SIGKILL\), and is started again wait_seconds=1 last_words=.*no memory/),
      expect.stringMatching(/\(exit code 1\), and is started again wait_seconds=2/),
    ]);
    pass(60_000);
    lives[2]!.end("exit code 1");
    await wait(1000);
    expect(lives).toHaveLength(4);
    lives[3]!.end("x");
    await turn();
    await shipper.stop();
  });

  it("is noted before it runs, and after its end: who finds it later can tell that it is there", async () => {
    const { shipper, lives, order, wait, turn } = stage();
    lives[0]!.say(STARTED);
    await shipper.started;
    lives[0]!.end("signal SIGKILL");
    await wait(1000);
    lives[1]!.end("x");
    await turn();
    await shipper.stop();
    expect(order).toEqual(["noted", "runs", "gone", "noted", "runs", "gone"]);
  });

  it("that ends before it has started is not tried again", async () => {
    const { shipper, lives, turn } = stage();
    lives[0]!.say("[2026/11/30 04:59:21] [error] [storage] cannot be created");
    lives[0]!.end("exit code 255");
    await expect(shipper.started).rejects.toMatchObject({
      code: "shipper-unstarted",
      message: "fluent-bit does not start (exit code 255): [storage] cannot be created; " +
        `its files are in "/s/.shipper/fluent-bit"`,
    });
    await turn();
    expect(lives).toHaveLength(1);
  });

  it("that never says it has started is killed, and that is the reason", async () => {
    const { shipper, lives, wait } = stage();
    await wait(60_000);
    expect(lives[0]!.signals).toEqual(["SIGKILL"]);
    lives[0]!.end("signal SIGKILL");
    await expect(shipper.started).rejects.toThrow(/it has not said within 60 s that it has started/);
  });

  it("has six seconds for its end", async () => {
    const { shipper, lives, wait, turn } = stage();
    lives[0]!.say(STARTED);
    await shipper.started;
    const stopped = shipper.stop();
    await turn();
    expect(lives[0]!.signals).toEqual(["SIGTERM"]);
    await wait(6000);
    expect(lives[0]!.signals).toEqual(["SIGTERM", "SIGKILL"]);
    lives[0]!.end("signal SIGKILL");
    await stopped;
    expect(lives).toHaveLength(1);
  });

  it("is started at once by another plan", async () => {
    const { shipper, lives, turn } = stage();
    lives[0]!.say(STARTED);
    await shipper.started;
    shipper.replace(plan("b"));
    expect(lives[0]!.signals).toEqual(["SIGTERM"]);
    lives[0]!.end("exit code 0");
    await turn();
    expect(lives[1]!.words).toEqual(["fluent-bit", "-c", "b"]);
    const stopped = shipper.stop();
    lives[1]!.end("exit code 0");
    await stopped;
  });

  it("that has died is started by the plan of that hour, when another came while it was awaited", async () => {
    const { shipper, lives, wait, turn } = stage();
    lives[0]!.say(STARTED);
    await shipper.started;
    lives[0]!.end("signal SIGKILL");
    await turn();
    shipper.replace(plan("b"));
    await wait(1000);
    expect(lives.map(({ words, signals }) => [words.at(-1), signals])).toEqual([["a", []], ["b", []]]);
    const stopped = shipper.stop();
    lives[1]!.end("exit code 0");
    await stopped;
  });

  it("that has died is not awaited any longer at the end", async () => {
    const { shipper, lives, turn } = stage();
    lives[0]!.say(STARTED);
    await shipper.started;
    lives[0]!.end("signal SIGKILL");
    await turn();
    await shipper.stop();
    expect(lives.map(({ signals }) => signals)).toEqual([[]]);
  });
});
