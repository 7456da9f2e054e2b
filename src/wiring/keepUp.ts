/** A shipper and a tap before it, for as long as the process runs: in which order they start, and end. */
import { dirname, join } from "node:path";
import { type Clock, systemClock } from "../clock.ts";
import { asGraphtapError, codesOf, type ExitCode } from "../errors.ts";
import { listFolder, makeFolder } from "../files/durable.ts";
import { acquireLock, type FolderLock } from "../files/folderLock.ts";
import { type Host, thisHost } from "../files/host.ts";
import { installPlan, type RunProgram, runProgram } from "../shipper/running/install.ts";
import { endOrphan, forgetShipper, recordShipper } from "../shipper/running/orphan.ts";
import { needsRestart, type ShipperPlan } from "../shipper/running/plan.ts";
import { type StartProgram, startProgram } from "../shipper/running/process.ts";
import { supervise, type Supervised } from "../shipper/running/supervise.ts";
import { tryOutputs, type Way } from "../shipper/tryOutputs.ts";
import type { Log } from "../telemetry/log.ts";
import { runToEnd, stoppedBy } from "./end.ts";
import { takeWhenFree } from "./standBy.ts";
import type { Runtime, StopCause } from "./runtime.ts";

export interface KeepUpOptions {
  readonly log: Log;
  readonly plan: ShipperPlan;
  /** Whether to wait while another process keeps a shipper up with this state folder. */
  readonly wait: boolean;
  /** Plans anew by the configuration as it stands now; `null` when it cannot be read, which the tap tells. */
  readonly planAgain: () => Promise<ShipperPlan | null>;
  /** Runs the tap until it ends, and logs its end. */
  readonly deliver: (runtime: Runtime) => Promise<ExitCode>;
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
 * The shipper starts first, and what keeps it from starting ends the process. Once it has started, it is the spool that
 * takes lines: the shipper may die and come again, and the tap goes on. At the end the tap comes first, so that its last
 * lines are in the spool before the shipper is told to end; what that does not send then, it sends at the next start.
 *
 * @returns the exit code of the tap, or of what kept the shipper from starting
 * @throws state-in-use another process keeps a shipper up with this state folder; state-unusable
 */
export async function keepUp(
  options: KeepUpOptions,
  ofProcess: Runtime,
  machine: Machine = thisMachine(),
): Promise<ExitCode> {
  const { log, plan, deliver } = options;
  const { runtime, stop } = hearing(ofProcess);
  const folder = dirname(plan.folder);
  makeFolder(folder);
  const lock = await takeShipper(folder, options, runtime, stop);
  for (const line of plan.warnings) log.warn(line);
  const shipper = await bringUp(plan, log, machine, stop).catch(asGraphtapError);
  if (shipper instanceof Error) {
    return await runToEnd({ log, close: () => Promise.resolve(lock.release()) }, Promise.reject(shipper));
  }
  const ended = new AbortController();
  void tellTrials(plan.ways, log, machine.clock, ended.signal);
  const forget = followOutputs(options, shipper, machine, runtime, ended.signal);
  try {
    return await deliver(runtime);
  } finally {
    forget();
    ended.abort();
    await shipper.stop();
    lock.release();
  }
}

/** The right to keep a shipper up with this folder. The tap, which has the state folder, finds out when that is lost. */
async function takeShipper(
  folder: string,
  { log, wait }: KeepUpOptions,
  runtime: Runtime,
  signal: AbortSignal,
): Promise<FolderLock> {
  if (!wait) {
    return acquireLock(folder, runtime.locker, { pid: runtime.pid, report: (note) => log.warn(note) });
  }
  // SIGHUP must end nobody who waits.
  const forget = runtime.onReloadSignal(() => {});
  const taken = takeWhenFree(folder, log, runtime, { signal, abort: () => {} });
  return (await taken.finally(forget)).lock;
}

/** Starts the shipper when nobody else's is there. @throws shipper-*, state-*, the reason of `stop` */
async function bringUp(
  plan: ShipperPlan,
  log: Log,
  { run, start, clock, host }: Machine,
  stop: AbortSignal,
): Promise<Supervised> {
  const folder = dirname(plan.folder);
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

/** At each SIGHUP: other outputs, or other files of theirs, have the shipper start again. @returns what ends that */
function followOutputs(
  { log, plan, planAgain }: KeepUpOptions,
  shipper: Supervised,
  { run, clock }: Machine,
  runtime: Runtime,
  signal: AbortSignal,
): () => void {
  let current = plan;
  let looks = Promise.resolve();
  const look = async () => {
    try {
      const next = await planAgain();
      if (next === null || signal.aborted || !needsRestart(current, next)) return;
      await installPlan(next, run, signal);
      for (const line of next.warnings) log.warn(line);
      log.info("SIGHUP: the outputs, or files of theirs, have changed", { outputs: next.served.join(", ") });
      shipper.replace(next);
      current = next;
      void tellTrials(next.ways, log, clock, signal);
    } catch (thrown) {
      if (signal.aborted) return;
      const error = asGraphtapError(thrown);
      log.error(`SIGHUP: the outputs stay as they were: ${error.message}`, codesOf(error));
    }
  };
  return runtime.onReloadSignal(() => void (looks = looks.then(look)));
}

/** The same process for whoever listens later: a stop that came before is told him at once. */
function hearing(runtime: Runtime): { readonly runtime: Runtime; readonly stop: AbortSignal } {
  const stopping = new AbortController();
  let heard: StopCause | null = null;
  runtime.onStopSignal((cause) => {
    heard ??= cause;
    stopping.abort(stoppedBy(cause));
  });
  const onStopSignal: Runtime["onStopSignal"] = (callback) => {
    if (heard !== null) callback(heard);
    return runtime.onStopSignal(callback);
  };
  return { runtime: { ...runtime, onStopSignal }, stop: stopping.signal };
}

/** Rejects with the signal's reason. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) return reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
