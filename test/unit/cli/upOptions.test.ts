import { describe, expect, it } from "vitest";
import { commands } from "../../../src/cli/commands.ts";
import { type Given, parseOptions } from "../../../src/cli/options.ts";
import { sinkOptions } from "../../../src/cli/sinkOptions.ts";
import { tapWords } from "../../../src/cli/upOptions.ts";
import type { ShipperPlan } from "../../../src/shipper/running/plan.ts";
import type { Runtime } from "../../../src/wiring/runtime.ts";

const { options } = commands.find(({ name }) => name === "up")!;
const plan = { spool: "/s/.shipper/fluent-bit/spool/events.log" } as ShipperPlan;

function wordsOf(words: string[], stderrIsTerminal = false, env: Runtime["env"] = {}): Given {
  return tapWords(parseOptions("up", options, words, env), plan, { stderrIsTerminal } as Runtime);
}

describe("the tap of up", () => {
  it("writes Devo's lines into the spool, where each file stays a week, and is heard of every 10 s", () => {
    const words = wordsOf([]);
    expect(words.text("format")).toBe("devo");
    expect(words.text("heartbeat")).toBe("10");
    expect(sinkOptions(words, {}, false)).toMatchObject({
      kind: "file",
      path: plan.spool,
      keepSeconds: 7 * 86_400,
    });
  });

  it("goes into the spool whatever GRAPHTAP_TO and GRAPHTAP_FORMAT say, which are for other commands", () => {
    const words = wordsOf([], false, { GRAPHTAP_TO: "stdout", GRAPHTAP_FORMAT: "json" });
    expect([words.text("to"), words.text("format")]).toEqual([`file:${plan.spool}`, "devo"]);
  });

  it("takes what the user says of its spool, its heartbeat and its log, and all the rest", () => {
    const words = wordsOf([
      ...["--heartbeat", "5", "--keep-seconds", "60", "--max-spool-bytes", "1000", "--log-format", "ecs"],
      ...["--hostname", "tap-1", "--input", "a", "--input", "b"],
    ], true);
    expect(words.text("heartbeat")).toBe("5");
    expect(sinkOptions(words, {}, false)).toMatchObject({ keepSeconds: 60, maxSpoolBytes: 1000 });
    expect(words.text("log-format")).toBe("ecs");
    expect(words.text("hostname")).toBe("tap-1");
    expect(words.all("input")).toEqual(["a", "b"]);
    expect(words.has("listen")).toBe(false);
  });

  it.each([[true, "text"], [false, "json"]])("on a terminal (%s) logs lines of %s", (isTerminal, format) => {
    expect(wordsOf([], isTerminal).text("log-format")).toBe(format);
  });
});
