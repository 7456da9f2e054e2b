import { GraphtapError } from "../../errors.ts";
import { lookAtJob } from "../../graph/jobs.ts";
import { compareInstants, type Instant, type Window } from "../../instant.ts";
import type { JobCursor } from "../../plugin/plugin.ts";
import type { PollContext } from "../pollContext.ts";
import { accessOf, askForJob } from "./ask.ts";
import { beginning } from "./plan.ts";
import { LONGEST_MS, readRecords } from "./readJobs.ts";

/** Who reads a range by hand waits for its jobs, and looks at them so often. */
const LOOK_EVERY_MS = 15_000;

/**
 * Reads a range job after job, waiting for each.
 *
 * @param onRead told how far it has come
 * @throws where a job is not created, fails or hangs: what was read by then was delivered
 */
export async function replayJobs(
  context: PollContext,
  cursor: JobCursor,
  range: Window,
  onRead: (to: Instant) => void,
): Promise<void> {
  for (let at = range.from; compareInstants(at, range.to) < 0;) {
    const window = beginning(context, { from: at, to: range.to });
    const job = await askForJob(context, cursor, { purpose: "gap", window, depth: 0 });
    if (job?.id == null) throw refused(context, "no job can be created now");
    try {
      await done(context, job.id, job.askedMs);
      await readRecords(context, job);
    } finally {
      context.position.dropJob(job);
    }
    context.position.commitInFile();
    onRead(window.to);
    at = window.to;
  }
}

async function done(context: PollContext, id: string, askedMs: number): Promise<void> {
  const { engine: { clock }, signal } = context;
  for (;;) {
    const { status } = await lookAtJob(accessOf(context, "gap"), id);
    if (status === "succeeded") return;
    if (status === "failed" || status === "cancelled") {
      throw refused(context, `Graph says that its job ${status}`);
    }
    if (clock.now() - askedMs > LONGEST_MS) throw refused(context, "its job is not done after hours");
    await clock.sleep(LOOK_EVERY_MS, signal);
  }
}

function refused({ stream: { service: { name } } }: PollContext, why: string): GraphtapError {
  return new GraphtapError("graph-timeout", `Cannot read range of "${name}": ${why}`);
}
