import { systemClock } from "../clock.ts";
import { type ExitCode, GraphtapError } from "../errors.ts";
import { dueStreams, pollOnce } from "../tap/scheduler.ts";
import { readConfig } from "./configFile.ts";
import { type Given, usage } from "./options.ts";
import type { Runtime } from "./runtime.ts";
import { exitCodeOf, openTap, untilStopped } from "./tap.ts";

/** `graphtap pull`: one poll of every stream, or of those that are due. */
export async function run(given: Given, runtime: Runtime): Promise<ExitCode> {
  const deadlineMs = deadline(given.text("deadline"));
  const tap = openTap(given, runtime, await readConfig(given, runtime, systemClock.now()));
  if (deadlineMs !== null) {
    const reached = () => tap.stop.abort(new GraphtapError("stopped", "the deadline was reached"));
    setTimeout(reached, deadlineMs).unref();
  }
  const streams = given.has("due") ? dueStreams(tap.streams, tap.engine.clock.now()) : tap.streams;
  const outcomes = await untilStopped(tap, pollOnce(streams, tap.engine, tap.stop));
  return exitCodeOf(outcomes.map(({ report }) => report.error));
}

function deadline(text: string | undefined): number | null {
  if (text === undefined) return null;
  const seconds = Number(text);
  if (!(seconds > 0)) throw usage("pull", `--deadline is "${text}", expected a number of seconds above 0`);
  return seconds * 1000;
}
