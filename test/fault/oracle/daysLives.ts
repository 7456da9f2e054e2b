/** Processes that read one stream, one after the other, from the same state folder: each in this process, on one clock. */
import type { Buffer } from "node:buffer";
import type { Random } from "../../../src/emulator/random.ts";
import { addSeconds, fromMillis } from "../../../src/instant.ts";
import { poll } from "../../../src/tap/poll.ts";
import type { Stream } from "../../../src/tap/stream.ts";
import { createLog } from "../../../src/telemetry/log.ts";
import { buildTap, type TapParts } from "../../../src/wiring/tap.ts";
import type { ManualClock } from "../../support/manualClock.ts";
import { IN_MEMORY, tempFolder } from "../../support/tempFolder.ts";
import { fetchFrom, openOwnState, tenantConfig, withServices } from "../../support/tenant.ts";
import type { DaysGraph } from "./daysGraph.ts";
import { dyingSink } from "./dyingSink.ts";

/** One process. */
export interface Life {
  readonly stream: Stream;
  /** @returns false where the process was killed in the middle of it, and nothing of it goes on */
  poll(): Promise<boolean>;
  /** Ends in order. */
  end(): void;
}

export interface Lives {
  /** What each wrote. */
  readonly outputs: readonly (readonly Buffer[])[];
  /** Numbers of those that were killed. */
  readonly killed: ReadonlySet<number>;
  readonly log: readonly string[];
  /** A new process. One that fails at Graph goes on, unless it is `undisturbed`: then that is thrown. */
  begin(how: "disturbed" | "killed" | "undisturbed"): Life;
}

/** The first begins a day back. */
export function openLives({ plugin, emulator }: DaysGraph, clock: ManualClock, random: Random): Lives {
  const folder = tempFolder(IN_MEMORY);
  const { config, registry } = tenantConfig(clock.now(), undefined, [plugin]);
  const startTime = { text: "start", instant: addSeconds(fromMillis(clock.now()), -86_400) };
  const outputs: Buffer[][] = [];
  const killed = new Set<number>();
  const lines: string[] = [];
  const parts = {
    config: withServices(config, [plugin.service], { startTime }),
    registry,
    clock,
    log: createLog({ format: "text", level: "info", write: (line) => lines.push(line), now: clock.now }),
    random: () => 0.5,
    format: "json",
    hostname: "host",
  } satisfies Partial<TapParts>;

  function begin(how: Parameters<Lives["begin"]>[0]): Life {
    const output: Buffer[] = [];
    const number = outputs.push(output) - 1;
    const isByWrite = random.chance(0.5);
    const at = how === "killed" ? random.int(1, isByWrite ? 8 : 30) : Infinity;
    let die = () => {};
    const death = new Promise<false>((resolve) => {
      die = () => {
        killed.add(number);
        resolve(false);
      };
    });
    let requests = 0;
    const transport: TapParts["transport"] = async (request) => {
      if (isByWrite || ++requests !== at) return await fetchFrom(emulator, request);
      // Whether Graph has got what was asked for, the next process cannot know.
      if (random.chance(0.5)) await fetchFrom(emulator, request);
      die();
      return await new Promise(() => {});
    };
    const state = openOwnState(folder, clock.now, () => {});
    const sink = dyingSink(output, isByWrite ? at : Infinity, random, die);
    const { streams: [stream], engine } = buildTap({ ...parts, state, sink, transport });
    const signal = new AbortController().signal;
    return {
      stream: stream!,
      async poll() {
        const report = await Promise.race([poll(stream!, engine, signal), death]);
        if (report === false) return false;
        if (report.error !== null && how === "undisturbed") throw report.error;
        return true;
      },
      end: () => state.close(),
    };
  }
  return { outputs, killed, log: lines, begin };
}
