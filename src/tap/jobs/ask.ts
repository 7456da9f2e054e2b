/**
 * How a job is asked for, and never twice. A kill may come between any two of these lines, so what is asked for is durable
 * before it is asked, under a name that nothing else has, and its id as soon as it is known. Of a job without an id
 * nobody knows whether Graph has it: its name is looked for in Graph's list before anything is asked for again.
 */
import { randomUUID } from "node:crypto";
import { asGraphtapError, codesOf, GraphtapError } from "../../errors.ts";
import { createJob, findJob, type JobAccess } from "../../graph/jobs.ts";
import { createPermits, createPermitsNow } from "../../graph/permits.ts";
import { ceilSecond, earliest, floorSecond, formatInstant, type Window } from "../../instant.ts";
import type { JobCursor } from "../../plugin/plugin.ts";
import type { Job, JobPurpose } from "../../state/position.ts";
import type { PollContext } from "../pollContext.ts";
import type { WantedJob } from "./plan.ts";

/** A job that was just created may be missing in Graph's list for so long. */
const LISTED_WITHIN_MS = 60_000;

/** How the jobs of a stream are asked for. */
export function accessOf(context: PollContext, purpose: JobPurpose): JobAccess {
  const { stream: { graphUrl, plugin, service, limiters }, reader, signal } = context;
  return {
    reader,
    url: graphUrl + plugin.path,
    asked: {
      service: service.name,
      permissions: plugin.permissions,
      licence: plugin.licence,
      notice: plugin.notice,
      followsLink: false,
      hasAdditionalFilter: false,
    },
    permits: createPermits(limiters, purpose === "gap" ? "backfill" : purpose),
    signal,
  };
}

/**
 * Asks for a job and leaves it to Graph; the next polls look at it.
 *
 * @returns the job; `null` where no more may be asked for now
 * @throws the refusal, after which nothing is expected of Graph, or what leaves it open whether Graph took it
 */
export async function askForJob(
  context: PollContext,
  cursor: JobCursor,
  { purpose, window, depth }: WantedJob,
): Promise<Job | null> {
  const { position, engine: { clock }, stream: { log, service } } = context;
  const name = `graphtap ${service.name} ${formatInstant(window.from)} ${
    formatInstant(window.to)
  } ${randomUUID()}`;
  const wanted = { name, id: null, purpose, depth, window, askedMs: clock.now(), failures: 0 };
  position.noteJob(wanted);
  try {
    const { id, serverTime } = await createJob(creating(context, purpose), bodyOf(cursor, name, window));
    context.graphClock.note(serverTime);
    // Where the host's clock is ahead the job covers no more than Graph had come to.
    const to = serverTime === null ? window.to : earliest(window.to, serverTime);
    const job = { ...wanted, id, window: { from: earliest(window.from, to), to } };
    position.noteJob(job);
    log.info("job asked for", { purpose, from: formatInstant(window.from), to: formatInstant(to) });
    return job;
  } catch (thrown) {
    const error = asGraphtapError(thrown);
    if (error.kind.leavesOpen) throw error;
    position.dropJob(wanted);
    position.commitInFile();
    if (!error.kind.throttles) throw error;
    log.warn(`${error.message}; the job is asked for at a later poll`, codesOf(error));
    return null;
  }
}

/** The budget of jobs is counted by the day: who waited for it would stand still for hours. */
function creating(context: PollContext, purpose: JobPurpose): JobAccess {
  const access = accessOf(context, purpose);
  const { jobLimiter, service } = context.stream;
  if (jobLimiter === undefined) return access;
  const refused = () =>
    new GraphtapError(
      "graph-throttled",
      `Cannot create job of "${service.name}": as many were created in the last ${
        Math.round(jobLimiter.windowMs / 3_600_000)
      } hours as Graph allows a tenant, or Graph asked for a pause`,
    );
  return { ...access, permits: createPermitsNow(jobLimiter, access.permits, refused) };
}

function bodyOf({ filters }: JobCursor, name: string, { from, to }: Window): object {
  return {
    "@odata.type": "#microsoft.graph.security.auditLogQuery",
    displayName: name,
    filterStartDateTime: formatInstant(floorSecond(from)),
    filterEndDateTime: formatInstant(ceilSecond(to)),
    ...filters,
  };
}

/**
 * The job with its id, where only its name is known.
 *
 * @returns `null` where Graph has none of that name, and the job is given up, or may not list it yet
 */
export async function identified(
  context: PollContext,
  job: Job,
): Promise<Job & { readonly id: string } | null> {
  const { id } = job;
  if (id !== null) return { ...job, id };
  const { position, engine: { clock }, stream: { log } } = context;
  const found = await findJob(accessOf(context, job.purpose), job.name);
  if (found !== null) {
    const known = { ...job, id: found };
    position.noteJob(known);
    log.info("job found again by its name", { purpose: job.purpose });
    return known;
  }
  const ageMs = clock.now() - job.askedMs;
  if (ageMs >= 0 && ageMs < LISTED_WITHIN_MS) return null;
  position.dropJob(job);
  position.commitInFile();
  return null;
}
