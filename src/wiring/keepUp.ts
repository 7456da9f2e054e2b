/** The shipper that `up` keeps alive beside its tap: in which order they start, change and end. */
import { dirname, join } from "node:path";
import { type Clock, systemClock } from "../clock.ts";
import { asGraphtapError, codesOf } from "../errors.ts";
import { listFolder, makeFolder } from "../files/durable.ts";
import { type Host, thisHost } from "../files/host.ts";
import { installPlan, type RunProgram, runProgram } from "../shipper/running/install.ts";
import { endOrphan, forgetShipper, recordShipper } from "../shipper/running/orphan.ts";
import { needsRestart, type ShipperPlan } from "../shipper/running/plan.ts";
import { type StartProgram, startProgram } from "../shipper/running/process.ts";
import { supervise, type Supervised } from "../shipper/running/supervise.ts";
import { tryOutputs, type Way } from "../shipper/tryOutputs.ts";
import type { Log } from "../telemetry/log.ts";
import type { Beside } from "./beside.ts";
import type { LoadedConfig } from "./configFile.ts";

/** A shipper that has begun. */
interface Kept {
  readonly plan: ShipperPlan;
  readonly shipper: Supervised;
  readonly log: Log;
}

/** Where the shipper runs. */
export interface Machine {
  /** Has it judge a configuration. */
  readonly run: RunProgram;
  readonly start: StartProgram;
  readonly clock: Clock;
  readonly host: Host;
}

const thisMachine = (): Machine => ({
  run: runProgram,
  start: startProgram,
  clock: systemClock,
  host: thisHost(),
});

/**
 * The state folder comes first, so that no two shippers run on one buffer; then the shipper starts, and what keeps it from
 * starting ends the process. Once it has started, it is the spool that takes lines: the shipper may die and come again, and
 * the tap goes on. At the end the tap's last lines are in the spool before the shipper is told to end, and the folder is
 * free when it is gone; what it does not send then, it sends at the next start.
 *
 * @param planBy plans by a configuration; throws where that cannot be shipped by
 */
export function keepUp(
  planBy: (loaded: LoadedConfig) => ShipperPlan,
  machine: Machine = thisMachine(),
): Beside {
  const { run, clock } = machine;
  const over = new AbortController();
  let kept: Kept | null = null;
  return {
    async begin(loaded, { log, stop }) {
      const plan = planBy(loaded);
      for (const line of plan.warnings) log.warn(line);
      kept = { plan, log, shipper: await bringUp(plan, log, machine, stop.signal) };
      void tellTrials(plan.ways, log, clock, over.signal);
    },
    async prepare(loaded, cause) {
      const plan = planBy(loaded);
      if (kept === null || !needsRestart(kept.plan, plan)) return () => {};
      const { shipper, log } = kept;
      await installPlan(plan, run, over.signal);
      return () => {
        for (const line of plan.warnings) log.warn(line);
        log.info(`${cause}: the outputs, or files of theirs, have changed`, {
          outputs: plan.served.join(", "),
        });
        shipper.replace(plan);
        kept = { plan, log, shipper };
        void tellTrials(plan.ways, log, clock, over.signal);
      };
    },
    async end() {
      over.abort();
      await kept?.shipper.stop();
    },
  };
}

/** Starts the shipper when nobody else's is there. @throws shipper-*, state-*, the reason of `stop` */
async function bringUp(
  plan: ShipperPlan,
  log: Log,
  { run, start, clock, host }: Machine,
  stop: AbortSignal,
): Promise<Supervised> {
  const folder = dirname(plan.folder);
  makeFolder(folder);
  const orphan = await endOrphan(folder, host, clock, stop);
  if (orphan !== null) log.warn("a shipper that an earlier start left running was ended", { pid: orphan });
  const others = unsentOf(plan);
  if (others !== null) log.warn(others);
  await installPlan(plan, run, stop);
  log.info("starting the shipper", {
    shipper: plan.name,
    configuration: plan.path,
    outputs: plan.served.join(", "),
  });
  const shipper = supervise(plan, {
    start,
    clock,
    log,
    onRunning(pid) {
      try {
        if (pid === null) forgetShipper(folder);
        else recordShipper(folder, pid, host);
      } catch (thrown) {
        // On a full disk the shipper is to go on all the more.
        log.warn(asGraphtapError(thrown).message);
      }
    },
  });
  try {
    await Promise.race([shipper.started, aborted(stop)]);
    return shipper;
  } catch (thrown) {
    await shipper.stop();
    throw thrown;
  }
}

/** What another shipper was left with, when it was one before. */
function unsentOf({ folder, name }: ShipperPlan): string | null {
  // A folder with a leading dot is none of a shipper's.
  const others = listFolder(dirname(folder)).filter((entry) =>
    entry.isFolder && entry.name !== name && !entry.name.startsWith(".")
  );
  if (others[0] === undefined) return null;
  const [other] = others;
  return `${
    join(dirname(folder), other.name)
  } may hold lines that ${other.name} has not sent: "graphtap up --with ` +
    `${other.name}" sends them; delete that folder when none is missing`;
}

/** Tries the certificates of the outputs beside everything else: a Devo that is away keeps nothing from starting. */
async function tellTrials(
  ways: readonly Way[],
  log: Log,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  try {
    for (const line of await tryOutputs(ways, clock, signal)) log.info(line);
  } catch (thrown) {
    if (signal.aborted) return;
    const error = asGraphtapError(thrown);
    for (const line of error.message.split("\n")) log.error(line, codesOf(error));
  }
}

/** Rejects with the signal's reason. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) return reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
