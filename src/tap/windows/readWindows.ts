import { asGraphtapError } from "../../errors.ts";
import {
  addSeconds,
  compareInstants,
  earliest,
  formatInstant,
  type Instant,
  secondsBetween,
  type Window,
} from "../../instant.ts";
import type { WindowCounts } from "../../record/tally.ts";
import { freshInterruption } from "./interruption.ts";
import { createIsolation, type IsolationOptions } from "./isolation.ts";
import { gapOf, leftOutError } from "./leftOut.ts";
import type { PollContext } from "../pollContext.ts";
import { readWindow, type WindowRead } from "./readWindow.ts";
import {
  FIRST_WIDTH_SECONDS,
  fittedWidth,
  LARGEST_WIDTH_SECONDS,
  shrunkWidth,
  SMALLEST_WIDTH_SECONDS,
} from "./windowWidth.ts";

/** How often a window of changing records is read again because rows moved between its pages. */
const MOST_REPEATS = 3;

/** How a range is read. */
export interface RangeOptions extends IsolationOptions {
  /** Asked between windows. */
  readonly mayGoOn: () => boolean;
  /** Told when a window was read and all of it is durable. @default nobody is */
  readonly onCommitted?: () => void;
}

/**
 * Reads a range of any length, from its older end to its newer, in windows that Graph can serve: to its end, or as far
 * as it may and Graph's own clock has come.
 *
 * @returns how far that is
 * @throws what no smaller window mends: the stream's failure, sink-closed, state-unusable, the signal's reason
 */
export async function readWindows(
  context: PollContext,
  range: Window,
  options: RangeOptions,
): Promise<Instant> {
  const { position } = context;
  const { priority, onRead } = options;
  const isolation = createIsolation(context, range.to, options);
  let at = range.from;
  let repeats = 0;
  let isFirst = true;
  goOnNarrower(context);
  do {
    const window = nextWindow(context, at, range.to);
    let read: WindowRead;
    try {
      read = await readWindow(context, window, {
        ...resuming(context, window, isFirst),
        priority,
        onLeftOut: (record) => options.onGap(gapOf(record, window), leftOutError(context.stream, record)),
        attempts: isolation.attempts,
        divisible: secondsBetween(window.from, window.to) > SMALLEST_WIDTH_SECONDS,
      });
    } catch (thrown) {
      const error = asGraphtapError(thrown);
      if (!error.kind.isFault && isFirst) leaveSmaller(context, window);
      at = await isolation.failed(window, error);
      continue;
    }
    isFirst = false;
    isolation.succeeded(window.to);
    noticeOutside(context, window, read.counts);
    if (rowsMayHaveMoved(context, read) && repeats++ < MOST_REPEATS) continue;
    repeats = 0;
    // The host's clock may be ahead of Graph's: what Graph has not reached yet was not read.
    at = read.serverTime === null ? window.to : earliest(window.to, read.serverTime);
    learnWidth(context, window, read.pages);
    onRead(at, read.counts);
    position.commit();
    options.onCommitted?.();
    if (compareInstants(at, window.to) < 0) return at;
  } while (compareInstants(at, range.to) < 0 && options.mayGoOn());
  return at;
}

/** A window, and the link to go on from where it was interrupted. */
interface NextWindow extends Window {
  readonly link: string | null;
}

/**
 * The window that an earlier run was interrupted in, or one of the width that worked last.
 */
function nextWindow({ position, stream, startedMs }: PollContext, from: Instant, end: Instant): NextWindow {
  const { windowSeconds } = position.current;
  const largest = stream.service.windowMaxSeconds ?? LARGEST_WIDTH_SECONDS;
  const width = Math.min(windowSeconds ?? FIRST_WIDTH_SECONDS, largest);
  const fresh = freshInterruption(position.current, startedMs);
  if (fresh !== null && compareInstants(fresh.window.from, from) === 0) {
    const { window: { to }, link } = fresh;
    if (compareInstants(to, end) <= 0) return { from, to, link };
  }
  return { from, to: earliest(addSeconds(from, width), end), link: null };
}

/** A link that counts rows is good only while no record moves, and records that change do. */
function resuming({ stream: { plugin } }: PollContext, { link }: NextWindow, isFirst: boolean) {
  const keeps = plugin.cursor.kind === "event-time"
    ? "link" as const
    : isFirst
    ? "window" as const
    : undefined;
  return { resumeAt: link, keeps };
}

/**
 * A run that ends within its first window, and cannot be gone on with there since no page came or none has a link that
 * is good later: others as short would ask for the same for ever, so the next one asks for half as much. After a stop it
 * is remembered here, after a kill by what the position keeps of the window.
 */
function leaveSmaller({ position }: PollContext, window: Window): void {
  if (!position.current.interruption?.link) position.learnWidth(smallerWidth(window));
}

/** The same for a run that was killed, and where the link of its window is forgotten by now. */
function goOnNarrower({ position, startedMs }: PollContext): void {
  const { interruption, windowSeconds } = position.current;
  if (interruption === null || freshInterruption(position.current, startedMs) !== null) return;
  position.learnWidth(Math.min(windowSeconds ?? FIRST_WIDTH_SECONDS, smallerWidth(interruption.window)));
}

function smallerWidth({ from, to }: Window): number {
  return shrunkWidth(secondsBetween(from, to)) ?? SMALLEST_WIDTH_SECONDS;
}

/**
 * Links with $skip count rows: a record that changes while its window is read leaves it, the rows below move up, and
 * one of them is on no page (security-list-alerts_v2). Whatever came new can have been such a case.
 */
function rowsMayHaveMoved({ stream: { plugin } }: PollContext, { pages, counts }: WindowRead): boolean {
  return plugin.cursor.kind === "update-time" && pages > 1 && counts.fresh > 0;
}

/** Graph has been seen to answer 200 with everything when it did not understand a filter. */
export function noticeOutside(
  { stream: { log } }: PollContext,
  { from, to }: Window,
  { outside }: WindowCounts,
): void {
  if (outside === 0) return;
  log.warn("Graph did not apply the filter: records lie outside the window that was asked for", {
    records: outside,
    from: formatInstant(from),
    to: formatInstant(to),
  });
}

/** Only a window of about the full width tells that a wider one would do. */
function learnWidth({ position, stream }: PollContext, window: Window, pages: number): void {
  const largest = stream.service.windowMaxSeconds ?? LARGEST_WIDTH_SECONDS;
  const known = Math.min(position.current.windowSeconds ?? FIRST_WIDTH_SECONDS, largest);
  const fitting = fittedWidth(known, pages, largest);
  const width = secondsBetween(window.from, window.to) >= known / 2 ? fitting : Math.min(known, fitting);
  position.learnWidth(width);
}
