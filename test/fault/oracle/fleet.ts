/** Shards of one configuration over an emulated day, in this process: killed at random, and rescaled as documented. */
import { Buffer } from "node:buffer";
import { join } from "node:path";
import { plugins } from "../../../plugins/index.ts";
import { commands } from "../../../src/cli/commands.ts";
import { run as runState } from "../../../src/cli/commands/state.ts";
import { parseOptions } from "../../../src/cli/options.ts";
import { type Shard, shardOf, shardText } from "../../../src/config/shard.ts";
import { createEmulator, type Emulator } from "../../../src/emulator/emulator.ts";
import { createRandom, type Random } from "../../../src/emulator/random.ts";
import { addSeconds, fromMillis } from "../../../src/instant.ts";
import type { State } from "../../../src/state/state.ts";
import { poll } from "../../../src/tap/poll.ts";
import { createLog } from "../../../src/telemetry/log.ts";
import type { Runtime } from "../../../src/wiring/runtime.ts";
import { settle } from "../../../src/wiring/shards.ts";
import { buildTap } from "../../../src/wiring/tap.ts";
import { type HandClock, handClock } from "../../support/handClock.ts";
import { tempFolder } from "../../support/tempFolder.ts";
import { fetchFrom, openOwnState, TENANT, tenantConfig, withServices } from "../../support/tenant.ts";
import { dyingSink } from "./dyingSink.ts";
import { createBook, type Delivered, judge, type Verdict } from "./judge.ts";
import { PAGE } from "./moments.ts";
import { deliveredIn } from "./output.ts";
import { collectionOf } from "./plan.ts";

const HOUR_MS = 3_600_000;
const SERVICES = ["signIns", "directory_audits"];

/** A fleet; its inputs read the same tenant, each for itself. */
export interface Fleet {
  /** An hour passes, in which records come, some of them late; none in a quiet one. */
  hourPasses(isQuiet?: boolean): void;
  /** Every shard of so many polls all of its streams; one of them is killed in the middle of it. */
  pollAll(of: number, killed?: number | null): Promise<void>;
  /** Codes that the polls of a shard end with that begins; nothing waits any more where `adopt` is said. */
  start(shard: Shard, adopt?: boolean): Promise<readonly string[]>;
  /** `graphtap state` with these words, on the folder of a shard; what it prints. */
  state(index: number, words: readonly string[], input?: string): Promise<string>;
  /** What came out, input by input. */
  verdicts(): ReadonlyMap<string, Verdict>;
  /** Numbers of the lives that were killed. */
  readonly killed: ReadonlySet<number>;
}

/** What one process of a shard does, and how far it comes. */
interface Life {
  readonly state: State;
  readonly number: number;
  /** Polls all streams; the codes of their failures. Never comes to its end where it is killed. */
  polls(): Promise<string[]>;
}

export function openFleet(inputs: number, seed: number): Fleet {
  const random = createRandom(seed);
  const clock = handClock();
  const book = createBook();
  const emulator = createEmulator({
    plugins,
    clock,
    quotas: "off",
    seed,
    tenants: [TENANT],
    onServed: book.add,
  });
  for (const service of SERVICES) {
    emulator.faults.add({
      match: { collection: collectionOf(service), times: "always" },
      do: { kind: "shortPage", records: PAGE },
    });
  }
  const whole = fleetConfig(clock, inputs);
  const folder = tempFolder();
  const folderOf = (index: number) => join(folder, String(index));
  const outputs: Buffer[][] = [];
  const killed = new Set<number>();

  function begin(shard: Shard, adopt: boolean, killAt: number, onKilled: () => void): Life {
    const number = outputs.push([]) - 1;
    const log = createLog({ format: "text", level: "error", write: () => {}, now: clock.now });
    const state = openOwnState(folderOf(shard.index), clock.now, () => {});
    settle(state, { ...whole, selection: { inputs: [], services: [], shard } }, { adopt, log });
    const sink = dyingSink(outputs[number]!, killAt, random, onKilled);
    const selection = { inputs: [], services: [], shard };
    const transport = (request: Parameters<typeof fetchFrom>[1]) => fetchFrom(emulator, request);
    const outside = { state, sink, clock, log, transport, random: () => 0.5 };
    const { streams, engine } = buildTap({
      ...whole,
      ...outside,
      selection,
      format: "json",
      hostname: "host",
    });
    const signal = new AbortController().signal;
    return {
      state,
      number,
      async polls() {
        const codes: string[] = [];
        for (const stream of streams) codes.push((await poll(stream, engine, signal)).error?.code ?? "");
        return codes.filter((code) => code !== "");
      },
    };
  }
  async function pollShard(shard: Shard, adopt: boolean): Promise<readonly string[]> {
    const life = begin(shard, adopt, Infinity, () => {});
    try {
      return await life.polls();
    } finally {
      life.state.close();
    }
  }
  /** Nothing of it goes on after that: its state is left as it is, and the next process opens the folder. */
  async function pollUntilKilled(shard: Shard): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const life = begin(shard, false, random.int(1, 4), () => {
        killed.add(life.number);
        resolve();
      });
      life.polls().then(() => {
        life.state.close();
        resolve();
      }, reject);
    });
  }
  return {
    hourPasses(isQuiet = false) {
      clock.advance(HOUR_MS);
      if (isQuiet) return;
      for (const service of SERVICES) arrive(emulator, service, clock, random);
    },
    async pollAll(of, victim = null) {
      for (let index = 0; index < of; index++) {
        const shard = { index, of };
        if (index === victim) await pollUntilKilled(shard);
        else expectNone(await pollShard(shard, false), shard);
      }
    },
    start: (shard, adopt = false) => pollShard(shard, adopt),
    state: (index, words, input = "") => stateCommand(folderOf(index), words, input),
    verdicts: () => verdictsOf(whole.config.inputs.map(({ name }) => name), book, emulator, outputs),
    killed,
  };
}

function expectNone(codes: readonly string[], shard: Shard): void {
  if (codes.length > 0) throw new Error(`shard ${shardText(shard)} failed: ${codes.join(", ")}`);
}

function fleetConfig(clock: HandClock, count: number) {
  const { config, registry } = tenantConfig(clock.now());
  // Before what comes late in the first hour.
  const instant = addSeconds(fromMillis(clock.now()), -3600);
  const one = withServices(config, SERVICES, { startTime: { text: "start", instant } });
  const inputs = idsOf(count).map((id, index) => ({ ...one.inputs[0]!, name: `t${index}`, id }));
  return { config: { ...one, inputs }, registry };
}

/** Ids of which each of four shards has as many. */
function idsOf(count: number): string[] {
  const ids = Array.from({ length: 1000 }, (_, index) => String(10_000 + index));
  return [0, 1, 2, 3].flatMap((index) => ids.filter((id) => shardOf(id, 4) === index).slice(0, count / 4));
}

/** Some pages in the last hour; some records of before, which a re-read of that hour looks for. */
function arrive(emulator: Emulator, service: string, clock: HandClock, random: Random): void {
  const now = fromMillis(clock.now());
  const within = (from: number, to: number) => ({ from: addSeconds(now, -from), to: addSeconds(now, -to) });
  emulator.produce(collectionOf(service), random.int(1, 2 * PAGE), within(3590, 10));
  emulator.produce(collectionOf(service), random.int(0, 10), within(3600 + 600, 3600 + 60));
}

async function stateCommand(folder: string, words: readonly string[], input: string): Promise<string> {
  const printed: Buffer[] = [];
  const runtime: Partial<Runtime> = {
    env: {},
    pid: 1,
    locker: () => ({ status: "locked", release() {} }),
    writeStderr: () => {},
    writeStdout: (bytes) => Promise.resolve(void printed.push(Buffer.from(bytes))),
    stdin: async function* () {
      yield Buffer.from(input);
    },
  };
  const { options } = commands.find(({ name }) => name === "state")!;
  const given = parseOptions("state", options, [...words, "--state", folder], {});
  await runState(given, runtime as Runtime);
  return Buffer.concat(printed).toString("utf8");
}

function verdictsOf(
  inputs: readonly string[],
  book: ReturnType<typeof createBook>,
  emulator: Emulator,
  outputs: readonly (readonly Buffer[])[],
): Map<string, Verdict> {
  const wanted = SERVICES.map(collectionOf).flatMap((collection) =>
    emulator.records(collection).map((bytes) => ({
      collection,
      record: Buffer.from(bytes).toString("latin1"),
    }))
  );
  const delivered = new Map<string, Delivered[]>(inputs.map((name) => [name, []]));
  for (const [life, output] of outputs.entries()) {
    for (const line of Buffer.concat(output).toString("latin1").split("\n").filter((one) => one !== "")) {
      const [, name = ""] = /"input":"([^"]*)"/.exec(line) ?? [];
      delivered.get(name)!.push(...deliveredIn(Buffer.from(`${line}\n`, "latin1"), "json", life));
    }
  }
  return new Map([...delivered].map(([name, came]) => [name, judge(book, wanted, came)]));
}
