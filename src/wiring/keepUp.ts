/** The shipper that `up` keeps alive beside its tap: in which order they start, change and end. */
import { dirname, join } from "node:path";
import { systemClock } from "../clock.ts";
import { asGraphtapError, codesOf } from "../errors.ts";
import { listFolder, makeFolder } from "../files/durable.ts";
import { thisHost } from "../files/host.ts";
import { installPlan, runProgram } from "../shipper/running/install.ts";
import { endOrphan, forgetShipper, recordShipper } from "../shipper/running/orphan.ts";
import type { ShipperPlan } from "../shipper/running/plan.ts";
import { startProgram } from "../shipper/running/process.ts";
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

/**
 * The state folder comes first, so that no two shippers run on one buffer; then the shipper starts, and what keeps it from
 * starting ends the process. Once it has started, it is the spool that takes lines: the shipper may die and come again, and
 * the tap goes on. At the end the tap's last lines are in the spool before the shipper is told to end, and the folder is
 * free when it is gone; what it does not send then, it sends at the next start.
 *
 * @param planBy plans by a configuration; throws where that cannot be shipped by
 */
export function keepUp(planBy: (loaded: LoadedConfig) => ShipperPlan): Beside {
  const over = new AbortController();
  let kept: Kept | null = null;
  return {
    async begin(loaded, { log, stop }) {
      const plan = planBy(loaded);
      for (const line of plan.warnings) log.warn(line);
      kept = { plan, log, shipper: await bringUp(plan, log, stop.signal) };
      void tellTrials(plan.ways, log, over.signal);
    },
    async prepare(loaded, cause) {
      const plan = planBy(loaded);
      if (kept === null || JSON.stringify(plan) === JSON.stringify(kept.plan)) return () => {};
      const { shipper, log } = kept;
      await installPlan(plan, runProgram, over.signal);
      return () => {
        for (const line of plan.warnings) log.warn(line);
        log.info(`${cause}: the outputs have changed`, { outputs: plan.served.join(", ") });
        shipper.replace(plan);
        kept = { plan, log, shipper };
        void tellTrials(plan.ways, log, over.signal);
      };
    },
    async end() {
      over.abort();
      await kept?.shipper.stop();
    },
  };
}

/** Starts the shipper when nobody else's is there. @throws shipper-*, state-*, the reason of `stop` */
async function bringUp(plan: ShipperPlan, log: Log, stop: AbortSignal): Promise<Supervised> {
  const folder = dirname(plan.folder);
  makeFolder(folder);
  const host = thisHost();
  const orphan = await endOrphan(folder, host, systemClock, stop);
  if (orphan !== null) log.warn("a shipper that an earlier start left running was ended", { pid: orphan });
  const others = unsentOf(plan);
  if (others !== null) log.warn(others);
  await installPlan(plan, runProgram, stop);
  log.info("starting the shipper", {
    shipper: plan.name,
    configuration: plan.path,
    outputs: plan.served.join(", "),
  });
  const shipper = supervise(plan, {
    start: startProgram,
    clock: systemClock,
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
async function tellTrials(ways: readonly Way[], log: Log, signal: AbortSignal): Promise<void> {
  try {
    for (const line of await tryOutputs(ways, systemClock, signal)) log.info(line);
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
