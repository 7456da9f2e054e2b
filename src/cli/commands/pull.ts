import { systemClock } from "../../clock.ts";
import { type ExitCode, GraphtapError } from "../../errors.ts";
import { isDue } from "../../tap/period.ts";
import { readConfig } from "../../wiring/configFile.ts";
import { type Given, usage } from "../options.ts";
import type { Runtime } from "../../wiring/runtime.ts";
import { anyDue } from "../../wiring/selection.ts";
import { selectionOf, stateDirOf } from "../selection.ts";

/** `graphtap pull`: one poll of every stream, or of those that are due. */
export async function run(given: Given, runtime: Runtime): Promise<ExitCode> {
  const deadlineMs = deadline(given.text("deadline"));
  const loaded = await readConfig(given.all("config"), runtime, systemClock.now());
  const onlyDue = given.has("due");
  if (onlyDue) {
    const selection = selectionOf(given, loaded);
    if (!anyDue(loaded, selection, stateDirOf(given, loaded), runtime, systemClock.now())) return 0;
  }
  // Loaded when there is something to do.
  const { endOfPolls, runToEnd } = await import("../../wiring/end.ts");
  const { missingOf } = await import("../../wiring/missing.ts");
  const { openWhenFree } = await import("../../wiring/openWhenFree.ts");
  const { pollOnce } = await import("../../tap/scheduler.ts");
  const { tapOptions } = await import("../tapOptions.ts");
  const { openProgress } = await import("../terminal/openProgress.ts");
  const progress = await openProgress(given, runtime, { polls: false });
  const options = tapOptions(given, runtime, loaded, progress);
  const tap = await openWhenFree(options, progress.runtime, loaded);
  if (deadlineMs !== null) {
    const reached = () => tap.stop.abort(new GraphtapError("deadline-reached", "the deadline was reached"));
    setTimeout(reached, deadlineMs).unref();
  }

  async function pullAll() {
    const nowMs = tap.engine.clock.now();
    const streams = tap.streams.filter(({ state, service }) =>
      !onlyDue || isDue(state.loadPosition()?.lastPollStartedMs ?? null, service.periodSeconds, nowMs)
    );
    const followed = progress.follow({ ...tap, streams });
    const outcomes = await pollOnce(followed.streams, tap.engine, tap.stop, followed.poll);
    return endOfPolls(outcomes.map(({ report }) => report.error), missingOf(tap.streams));
  }
  const exitCode = await runToEnd(tap, pullAll());
  progress.end(exitCode);
  return exitCode;
}

function deadline(text: string | undefined): number | null {
  if (text === undefined) return null;
  const seconds = Number(text);
  if (!(seconds > 0)) throw usage("pull", `--deadline is "${text}", expected a number of seconds above 0`);
  return seconds * 1000;
}
