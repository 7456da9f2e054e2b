import { asGraphtapError, codesOf, type GraphtapError } from "../errors.ts";
import type { Priority } from "../graph/limiter.ts";
import { MAX_ATTEMPTS } from "../graph/retry.ts";
import {
  addSeconds,
  compareInstants,
  earliest,
  formatInstant,
  fromMillis,
  type Instant,
  secondsBetween,
} from "../instant.ts";
import type { RangeCounts } from "../record/intake.ts";
import { commit, type Pass } from "./pass.ts";
import { instantOf } from "./position.ts";
import { type PagesRead, readPages } from "./readPages.ts";
import {
  FIRST_WIDTH_SECONDS,
  fittedWidth,
  LARGEST_WIDTH_SECONDS,
  shrunkWidth,
  SMALLEST_WIDTH_SECONDS,
  type Window,
} from "./window.ts";

/** Attempts for each request once a window is under suspicion: its size is then varied, not its moment. */
const FEW_ATTEMPTS = 2;
/** A link kept longer than this is not tried again: Graph forgets them, some within minutes. */
const LINK_LIFETIME_MS = 600_000;
/** How often a window of changing records is read again because rows moved between its pages. */
const MOST_REPEATS = 3;

/** A range to be read, in windows that Graph can serve, from its older end to its newer. */
export interface RangeJob {
  readonly from: Instant;
  readonly to: Instant;
  readonly priority: Priority;
  /** Moves the mark that this job serves: everything up to `to` was read, or is a gap. */
  readonly onRead: (to: Instant, counts: RangeCounts | null) => void;
  /** Told of a window that cannot be read at the smallest size although Graph works. */
  readonly onGap: (window: Window, error: GraphtapError) => void;
  /** Asked between windows. */
  readonly mayGoOn: () => boolean;
}

/**
 * Reads a range to its end, or as far as it may and Graph's own clock has come.
 *
 * @returns how far that is

 * @throws what no smaller window mends: the stream's failure, sink-closed, state-unusable, the signal's reason
 */
export async function readRange(pass: Pass, job: RangeJob): Promise<Instant> {
  let at = job.from;
  let attempts = MAX_ATTEMPTS;
  let repeats = 0;
  do {
    const window = nextWindow(pass, at, job.to);
    let read: PagesRead;
    try {
      read = await readWindow(pass, window, job.priority, attempts);
    } catch (thrown) {
      const error = asGraphtapError(thrown);
      if (!error.kind.suspectsWindow) throw error;
      attempts = FEW_ATTEMPTS;
      const isNarrower = narrow(pass, window, error);
      // What came of the window left: after a kill it must not come again beside the page that is read next.
      await pass.intake.drain();
      commit(pass);
      if (isNarrower) continue;
      if (!await graphWorks(pass, at, job.priority)) throw error;
      job.onGap(window, error);
      job.onRead(at = window.to, null);
      commit(pass);
      continue;
    }
    attempts = MAX_ATTEMPTS;
    noticeOutside(pass, window, read.counts);
    if (rowsMayHaveMoved(pass, read) && repeats++ < MOST_REPEATS) continue;
    repeats = 0;
    // The host's clock may be ahead of Graph's: what Graph has not reached yet was not read.
    at = read.serverTime === null ? window.to : earliest(window.to, read.serverTime);
    learnWidth(pass, window, read.pages);
    job.onRead(at, read.counts);
    commit(pass);
    if (compareInstants(at, window.to) < 0) return at;
  } while (compareInstants(at, job.to) < 0 && job.mayGoOn());
  return at;
}

/** The window that an earlier run was interrupted in, or one of the width that worked last. */
function nextWindow(
  { checkpoint, stream, startedMs }: Pass,
  from: Instant,
  end: Instant,
): Window & { link: string | null } {
  const { window, next_link, last_poll_ended_ms, window_seconds } = checkpoint;
  const fresh = startedMs - (last_poll_ended_ms ?? 0) < LINK_LIFETIME_MS;
  if (fresh && window?.from === formatInstant(from)) {
    const to = instantOf(window.to);
    if (to !== null && compareInstants(to, end) <= 0) return { from, to, link: next_link };
  }
  const largest = stream.service.windowMaxSeconds ?? LARGEST_WIDTH_SECONDS;
  const width = Math.min(window_seconds ?? FIRST_WIDTH_SECONDS, largest);
  return { from, to: earliest(addSeconds(from, width), end), link: null };
}

function readWindow(
  pass: Pass,
  window: Window & { link: string | null },
  priority: Priority,
  attempts: number,
): Promise<PagesRead> {
  // A link that counts rows is good only while no record moves, and records that change do.
  const resumable = pass.stream.plugin.cursor.kind === "event-time";
  return readPages(pass, window, { priority, attempts, resumeAt: window.link, resumable });
}

/** Halves the width for what follows; false when it is the smallest already. */
function narrow(pass: Pass, window: Window, error: GraphtapError): boolean {
  const width = shrunkWidth(secondsBetween(window.from, window.to));
  pass.checkpoint = {
    ...pass.checkpoint,
    window: null,
    next_link: null,
    window_seconds: width ?? SMALLEST_WIDTH_SECONDS,
  };
  if (width !== null) pass.stream.log.warn(error.message, { ...codesOf(error), window_seconds: width });
  return width !== null;
}

/**
 * Tells a poisoned window from an outage: asks for a moment that was read before, and for this moment.
 * What they bring is delivered like anything else.
 */
async function graphWorks(pass: Pass, at: Instant, priority: Priority): Promise<boolean> {
  const now = fromMillis(pass.engine.clock.now());
  const probes: Window[] = [
    { from: addSeconds(at, -1 - SMALLEST_WIDTH_SECONDS), to: addSeconds(at, -2) },
    { from: addSeconds(now, -1), to: now },
  ];
  for (const probe of probes) {
    try {
      await readPages(pass, probe, { priority, attempts: 1, resumeAt: null, resumable: false });
      return true;
    } catch (thrown) {
      if (!asGraphtapError(thrown).kind.suspectsWindow) throw thrown;
    }
  }
  return false;
}

/**
 * Links with $skip count rows: a record that changes while its window is read leaves it, the rows below move up, and
 * one of them is on no page (security-list-alerts_v2). Whatever came new can have been such a case.
 */
function rowsMayHaveMoved(pass: Pass, { pages, counts }: PagesRead): boolean {
  return pass.stream.plugin.cursor.kind === "update-time" && pages > 1 && counts.fresh > 0;
}

/** Graph has been seen to answer 200 with everything when it did not understand a filter. */
function noticeOutside({ stream: { log } }: Pass, { from, to }: Window, { outside }: RangeCounts): void {
  if (outside === 0) return;
  log.warn("Graph did not apply the filter: records lie outside the window that was asked for", {
    records: outside,
    from: formatInstant(from),
    to: formatInstant(to),
  });
}

/** Only a window of about the full width tells that a wider one would do. */
function learnWidth(pass: Pass, window: Window, pages: number): void {
  const largest = pass.stream.service.windowMaxSeconds ?? LARGEST_WIDTH_SECONDS;
  const known = Math.min(pass.checkpoint.window_seconds ?? FIRST_WIDTH_SECONDS, largest);
  const fitting = fittedWidth(known, pages, largest);
  const width = secondsBetween(window.from, window.to) >= known / 2 ? fitting : Math.min(known, fitting);
  pass.checkpoint = { ...pass.checkpoint, window: null, next_link: null, window_seconds: width };
}
