/**
 * Records that a job collects.
 *
 * The audit log search gives no records at once: a **job** is created for a window of time, Graph works on it for minutes
 * or for hours, and then its records are read page by page like those of any collection. A poll never waits for that. It
 * looks at the jobs that it finds in its position, reads those that are done, asks for what is wanted next, and ends; the
 * next poll goes on. So there is one job at a time for new time, one for re-reads, one for gaps and one for the backfill
 * (`plan.ts`), and a job that hangs holds up none of the others. Re-reads need no credit: the budget of jobs is small, and
 * bounds them.
 *
 * What was asked for is part of the position, and how that survives a kill without asking twice is told in `ask.ts`.
 *
 * A job that fails or is cancelled, that has hung for {@linkcode LONGEST_MS}, that Graph does not know any more, or whose
 * records cannot be read by several polls is given up: its window is asked for again in halves, and the smallest is a
 * gap (`settle.ts`). So it is with one that found more records than a job may hold, whose records are delivered all the
 * same.
 */
import { asGraphtapError, codesOf, GraphtapError } from "../../errors.ts";
import { type JobAnswer, lookAtJob } from "../../graph/jobs.ts";
import { earliest, fromMillis, isSameWindow } from "../../instant.ts";
import type { JobCursor } from "../../plugin/plugin.ts";
import type { WindowCounts } from "../../record/tally.ts";
import type { Job } from "../../state/position.ts";
import { mendPosition } from "../mendPosition.ts";
import type { PollContext } from "../pollContext.ts";
import { gapOf, leftOutError } from "../windows/leftOut.ts";
import { freshInterruption } from "../windows/interruption.ts";
import { noticeOutside } from "../windows/readWindows.ts";
import { readWindow } from "../windows/readWindow.ts";
import { recordGap } from "../retryGaps.ts";
import { MAX_ATTEMPTS } from "../../graph/retry.ts";
import { accessOf, askForJob, identified } from "./ask.ts";
import { wantedJobs } from "./plan.ts";
import { giveUp, settle } from "./settle.ts";

/** A job that is not done by then hangs; some were seen to run for hours. */
export const LONGEST_MS = 6 * 3_600_000;
/** So many polls in a row may fail to look at a job, or to read its records. */
const MOST_FAILURES = 3;

/** One poll over a stream of jobs. @throws the stream's failure, sink-closed, state-unusable, the signal's reason */
export async function readJobs(context: PollContext, cursor: JobCursor): Promise<void> {
  for (const job of context.position.current.jobs) await attend(context, job);
  mendPosition(context);
  const host = fromMillis(context.engine.clock.now());
  const now = earliest(host, context.graphClock.now() ?? host);
  for (const wanted of wantedJobs(context, cursor, now)) {
    if (await askOrGiveUp(context, cursor, wanted) === "later") return;
  }
}

/** A refusal can lie in the window where Graph took others; else it is the stream's. */
async function askOrGiveUp(
  context: PollContext,
  cursor: JobCursor,
  wanted: Parameters<typeof askForJob>[2],
): Promise<"asked" | "later" | "refused"> {
  try {
    return await askForJob(context, cursor, wanted) === null ? "later" : "asked";
  } catch (thrown) {
    const error = asGraphtapError(thrown);
    const hasWorked = context.position.current.lastSuccessMs !== null;
    if (!error.kind.suspectsWindow || error.kind.leavesOpen || !hasWorked) throw error;
    giveUp(context, { ...wanted, name: "", id: null, askedMs: 0, failures: 0 }, error);
    return "refused";
  }
}

/** Looks at a job: reads it when it is done, gives it up when it will never be. */
async function attend(context: PollContext, named: Job): Promise<void> {
  const job = await identified(context, named);
  if (job === null) return;
  const answer = await unlessFailed(context, job, () => lookAtJob(accessOf(context, job.purpose), job.id));
  if (answer === null) return;
  context.graphClock.note(answer.serverTime);
  const end = endOf(context, job, answer);
  if (end === "waits") return;
  if (end !== "done") return giveUp(context, job, end);
  if (job.purpose !== "backfill") return readDone(context, job, answer);
  await context.position.readingBack(() => readDone(context, job, answer));
  context.position.dropKeys();
}

/** Reads the records of a job that is done. */
async function readDone(
  context: PollContext,
  job: Job & { readonly id: string },
  { isCutOff }: JobAnswer,
): Promise<void> {
  const counts = await unlessFailed(context, job, () => readRecords(context, job), true);
  if (counts === null) return;
  if (isCutOff) return giveUp(context, job, cutOff(context));
  settle(context, job, counts);
}

/**
 * Runs `step`; of a failure that may lie with the job it is counted how often it came, and the other jobs go on.
 *
 * @param hasAnswered whether Graph has just answered for this job, so that it is no outage
 * @throws what lies elsewhere
 */
async function unlessFailed<T>(
  context: PollContext,
  job: Job,
  step: () => Promise<T>,
  hasAnswered = false,
): Promise<T | null> {
  try {
    return await step();
  } catch (thrown) {
    const error = asGraphtapError(thrown);
    if (!error.kind.suspectsWindow || (error.kind.ofInput && !hasAnswered)) throw error;
    await context.intake.drain();
    const failures = job.failures + 1;
    if (failures >= MOST_FAILURES) giveUp(context, job, error);
    else {
      context.position.noteJob({ ...job, failures });
      context.stream.log.warn(`${error.message}; the job is looked at again`, codesOf(error));
    }
    return null;
  }
}

function endOf(context: PollContext, job: Job, { status }: JobAnswer): "done" | "waits" | GraphtapError {
  const { engine: { clock }, stream: { service: { name } } } = context;
  if (status === "succeeded") return "done";
  if (status === "failed" || status === "cancelled") {
    return new GraphtapError(
      "graph-timeout",
      `Cannot read window of "${name}": Graph says that its job ${
        status === "failed" ? "failed" : "was cancelled"
      }`,
    );
  }
  if (clock.now() - job.askedMs < LONGEST_MS) return "waits";
  const hours = LONGEST_MS / 3_600_000;
  return new GraphtapError(
    "graph-timeout",
    `Cannot read window of "${name}": its job is not done after ${hours} hours`,
  );
}

function cutOff({ stream: { service: { name } } }: PollContext): GraphtapError {
  return new GraphtapError(
    "window-too-large",
    `Cannot read window of "${name}" whole: its job found more records than one may hold`,
  );
}

/** Reads the records of a job that is done, from where an earlier poll was interrupted. */
export async function readRecords(context: PollContext, job: Job): Promise<WindowCounts> {
  const { stream: { graphUrl, plugin }, position, startedMs } = context;
  const fresh = freshInterruption(position.current, startedMs);
  const { counts } = await readWindow(context, job.window, {
    priority: job.purpose === "gap" ? "backfill" : job.purpose,
    attempts: MAX_ATTEMPTS,
    divisible: false,
    first: {
      url: `${graphUrl}${plugin.path}/${encodeURIComponent(job.id ?? "")}/records?$top=${plugin.page.size}`,
    },
    resumeAt: fresh !== null && isSameWindow(fresh.window, job.window) ? fresh.link : null,
    keeps: "link",
    onLeftOut: (record) =>
      recordGap(context, gapOf(record, job.window), leftOutError(context.stream, record)),
  });
  noticeOutside(context, job.window, counts);
  return counts;
}
