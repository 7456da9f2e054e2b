/** What happens at Graph in some days: records that come, late and in crowds, jobs that fail, answers that go wrong. */
import { Buffer } from "node:buffer";
import { plugins } from "../../../plugins/index.ts";
import { createEmulator, type Emulator } from "../../../src/emulator/emulator.ts";
import type { ActiveFault, FaultAction } from "../../../src/emulator/faults.ts";
import type { EmulatorOptions, JobOptions } from "../../../src/emulator/options.ts";
import type { Random } from "../../../src/emulator/random.ts";
import { addSeconds, fromMillis } from "../../../src/instant.ts";
import type { Plugin } from "../../../src/plugin/plugin.ts";
import type { ManualClock } from "../../support/manualClock.ts";
import { TENANT } from "../../support/tenant.ts";
import { PAGE } from "./moments.ts";
import { collectionOf, PASSING } from "./plan.ts";

export type DaysKind = "job" | "query";

/** The most rows of an answer to a query, here. */
export const ROWS = 40;
/** The most records of a job, where it is not a million. */
const MOST_RECORDS = 300;
const SERVICES: Readonly<Record<DaysKind, string>> = {
  job: "unified_audit",
  query: "hunting_device_logon_events",
};
/** How late records come at most, in hours: the last re-read looks for them there. The stream begins a day back. */
const LATEST: Readonly<Record<DaysKind, number>> = { job: 44, query: 22 };

const REFUSALS: readonly FaultAction[] = [
  ...PASSING,
  { kind: "status", status: 429, retryAfter: 20 },
  { kind: "status", status: 403 },
  { kind: "truncate", afterBytes: 200 },
  { kind: "reset", afterBytes: 200 },
];

/** A job that Graph was asked for. */
export interface AskedJob {
  /** Seconds since the epoch. */
  readonly from: number;
  readonly to: number;
  readonly atMs: number;
  readonly outcome: "succeeded" | "failed" | "cancelled" | "hangs";
}

export interface DaysGraph {
  readonly plugin: Plugin;
  readonly emulator: Emulator;
  /** Whether a job may find more records than one holds, so that its window is asked for again. */
  readonly cutsJobsOff: boolean;
  /** Every job that was created, in its order. */
  readonly asked: readonly AskedJob[];
  /** Records come that lie in the last hours, or before them. */
  hoursPassed(hours: number): void;
  /** Something goes wrong, or nothing, until it is removed. */
  goWrong(): readonly ActiveFault[];
  /** From now on every job ends well. */
  calm(): void;
}

export function createDaysGraph(
  kind: DaysKind,
  random: Random,
  clock: ManualClock,
  onServed: NonNullable<EmulatorOptions["onServed"]>,
): DaysGraph {
  const ours = plugins.find(({ service }) => service === SERVICES[kind])!;
  const plugin = kind === "query" ? { ...ours, page: { size: ROWS } } : ours;
  const collection = collectionOf(plugin.service);
  const asked: AskedJob[] = [];
  const beganMs = clock.now();
  let isCalm = false;
  // One that hangs counts as under way for ever.
  const mostAtOnce = random.pick([50, 2]);
  const bad = mostAtOnce === 2 ? ["failed", "cancelled"] as const : ["failed", "cancelled", "hangs"] as const;
  const outcome: JobOptions["outcome"] = (_, from, to) => {
    const end = isCalm || random.chance(0.8) ? "succeeded" : random.pick<AskedJob["outcome"]>(bad);
    asked.push({ from, to, atMs: clock.now(), outcome: end });
    return end;
  };
  const cutsJobsOff = random.chance(0.3);
  const jobs = {
    seconds: random.pick([60, 900, 5400]),
    mostAtOnce,
    mostRecords: cutsJobsOff ? MOST_RECORDS : 1_000_000,
    outcome,
  };
  const options = { quotas: "off" as const, tenants: [TENANT], huntingRows: ROWS, jobs, onServed };
  const emulator = createEmulator({ ...options, plugins: [plugin], clock, seed: random.int(1, 1e6) });
  emulator.faults.add({
    match: { collection, path: "/records", times: "always" },
    do: { kind: "shortPage", records: PAGE },
  });
  const come = (count: number, hoursAgo: number, hours: number) => {
    const from = addSeconds(fromMillis(clock.now()), -3600 * hoursAgo);
    emulator.produce(collection, count, { from, to: addSeconds(from, 3600 * hours) });
  };
  return {
    plugin,
    emulator,
    cutsJobsOff,
    asked,
    hoursPassed(hours) {
      come(random.int(0, Math.ceil(6 * hours)), hours, hours);
      for (let late = random.int(0, 2); late > 0; late--) {
        const most = Math.min(LATEST[kind], 24 + (clock.now() - beganMs) / 3_600_000);
        come(1, hours + random.next() * (most - hours), 0.001);
      }
      // A query may find more in the smallest of its windows than an answer holds: that remains a gap.
      if (random.chance(0.1)) come(random.int(ROWS, 3 * ROWS), hours, hours / random.pick([1, 4, 1000]));
      if (kind === "job" && random.chance(0.3)) changeOne(emulator, collection, random);
    },
    goWrong: () =>
      random.chance(0.6) ? [] : [1, 2].map((nth) =>
        emulator.faults.add({
          match: { collection, nth: nth * random.int(1, 4), times: random.pick([1, 2, 6]) },
          do: random.pick(REFUSALS),
        })
      ),
    calm: () => void (isCalm = true),
  };
}

/** A record of a log does not change. Where one comes in other words all the same, it is the one that it was. */
function changeOne(emulator: Emulator, collection: string, random: Random): void {
  const held = emulator.records(collection);
  if (held.length === 0) return;
  const text = Buffer.from(random.pick(held)).toString("utf8");
  emulator.put(collection, text.replace('"operation":"', '"operation":"Re-'));
}
