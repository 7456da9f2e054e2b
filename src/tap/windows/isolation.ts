/**
 * What becomes of a window that Graph does not serve, whatever it answers: 504, 400, a page that makes no sense.
 *
 * It is asked for in halves until the smallest fails. If Graph serves others meanwhile, the smallest is asked for in smaller
 * pages, and where none is served it is a gap and the reading goes on behind it; if not, this is an outage, and the stream waits where it is. After some gaps in a row the
 * end of what cannot be read is looked for in steps that double, since months would take weeks in steps of seconds.
 */
import { codesOf, type GraphtapError } from "../../errors.ts";
import type { Priority } from "../../graph/limiter.ts";
import { MAX_ATTEMPTS } from "../../graph/retry.ts";
import {
  addSeconds,
  compareInstants,
  earliest,
  formatInstant,
  fromMillis,
  type Instant,
  latest,
  secondsBetween,
  type Window,
} from "../../instant.ts";
import type { WindowCounts } from "../../record/tally.ts";
import type { PollContext } from "../pollContext.ts";
import { firstReadable } from "./firstReadable.ts";
import { createFilterNarrowing } from "./narrowFilter.ts";
import { canRead } from "./probe.ts";
import { readInSmallerPages } from "./smallerPages.ts";
import { shrunkWidth, SMALLEST_WIDTH_SECONDS } from "./windowWidth.ts";

/** Attempts for each request once a window is under suspicion: its size is then varied, not its moment. */
const FEW_ATTEMPTS = 2;
/** After so many gaps in a row, the next one is as long as need be. */
const MANY_GAPS = 4;
/** How often the oldest time that Graph names is believed; it may move on while it is asked for. */
const MOST_MOVES = 3;
const MOVE_MARGIN_SECONDS = 60;

/** What a range is read for. */
export interface IsolationOptions {
  readonly priority: Priority;
  /** Moves what the range is read for: everything up to `to` was read, or is a gap. */
  readonly onRead: (to: Instant, counts: WindowCounts | null) => void;
  /** Told of a window that cannot be read although Graph works. */
  readonly onGap: (window: Window, error: GraphtapError) => void;
  /** Told of a window that Graph says it does not keep. */
  readonly onDropped?: (window: Window) => void;
}

/** How the windows of one range fare. */
export interface Isolation {
  /** How often a request is sent at most. */
  readonly attempts: number;
  /** A window was read to its end, up to `to`. */
  succeeded(to: Instant): void;
  /**
   * A window was not.
   *
   * @returns where to go on: at its start, in windows that are smaller, or behind what was left out
   * @throws the failure, when it does not lie in the window; what asking for another one throws
   */
  failed(window: Window, error: GraphtapError): Promise<Instant>;
}

/** @param end of the range */
export function createIsolation(context: PollContext, end: Instant, options: IsolationOptions): Isolation {
  const { position } = context;
  const narrowFilter = createFilterNarrowing(context, options.priority);
  const suspicion = createSuspicion();
  let gapsInARow = 0;
  let moves = 0;
  /** What had no end, while it is tried whether less has one. */
  let wide: Window | null = null;

  /** Goes on behind a window that is not read now, or was in another way. */
  function goOnAt(to: Instant, counts: WindowCounts | null = null): Instant {
    options.onRead(to, counts);
    position.commit();
    return to;
  }
  function leave(gap: Window, error: GraphtapError): Instant {
    options.onGap(gap, error);
    return goOnAt(gap.to);
  }
  function drop(dropped: Window): Instant {
    moves++;
    sayDropped(context, dropped, options);
    return goOnAt(dropped.to);
  }
  function cutOff(window: Window, error: GraphtapError): Instant {
    if (wide === null && secondsBetween(window.from, window.to) > SMALLEST_WIDTH_SECONDS) {
      wide = window;
      makeNarrow(context, SMALLEST_WIDTH_SECONDS, error, true);
      return window.from;
    }
    const gap = wide ?? window;
    wide = null;
    position.learnWidth(widthBehind(gap));
    return leave(gap, error);
  }

  return {
    get attempts() {
      return suspicion.attempts;
    },
    succeeded(to) {
      suspicion.clear(to);
      gapsInARow = 0;
      wide = null;
    },
    async failed(window, error) {
      if (!await isOfWindow(error, suspicion.isRaised, context, window, options)) throw error;
      const isNews = suspicion.raise(window);
      // What came of the window left: after a kill it must not come again beside the page that is read next.
      await context.intake.drain();
      position.commit();
      const since = moves < MOST_MOVES ? keptSince(context, error, moves) : window.from;
      if (compareInstants(since, window.from) > 0) {
        return drop({ from: window.from, to: earliest(since, end) });
      }
      if (error.kind.isEndless) return cutOff(window, error);
      if (await narrowFilter(error)) return window.from;
      wide = null;
      const width = shrunkWidth(secondsBetween(window.from, window.to));
      makeNarrow(context, width, error, isNews);
      if (width !== null) return window.from;
      if (!error.kind.isServed && !await graphWorks(context, window.from, options.priority)) throw error;
      // Of neighbours that fare alike only the first is tried so.
      const counts = gapsInARow > 0 ? null : await readInSmallerPages(context, window, options.priority);
      if (counts !== null) return goOnAt(window.to, counts);
      const isLong = ++gapsInARow >= MANY_GAPS;
      return leave(isLong ? await longGap(context, window, end, options) : window, error);
    },
  };
}

/** The window, and behind it what cannot be read either. */
async function longGap(
  context: PollContext,
  { from, to }: Window,
  end: Instant,
  { priority }: IsolationOptions,
): Promise<Window> {
  if (compareInstants(to, end) >= 0) return { from, to };
  return { from, to: await firstReadable(context, { from: to, to: end }, priority) };
}

/**
 * Whether a failure lies in the window. Access that is refused does where Graph serves others: it is asked, unless one
 * around this window was found so, or no page ever came.
 */
async function isOfWindow(
  { kind }: GraphtapError,
  isSuspect: boolean,
  context: PollContext,
  { from }: Window,
  { priority }: IsolationOptions,
): Promise<boolean> {
  const hadAccess = context.counts.pages > 0 || context.position.current.watermark !== null;
  if (!kind.refusesAccess || !hadAccess) return kind.suspectsWindow;
  return isSuspect || await graphWorks(context, from, priority);
}

/** How often requests are sent: less often within a window that failed, whose parts need not all be wrong. */
function createSuspicion() {
  let suspect: Instant | null = null;
  return {
    get attempts() {
      return suspect === null ? MAX_ATTEMPTS : FEW_ATTEMPTS;
    },
    get isRaised() {
      return suspect !== null;
    },
    /** @returns whether nothing was suspected before */
    raise({ to }: Window): boolean {
      const isNews = suspect === null;
      suspect = suspect === null ? to : latest(suspect, to);
      return isNews;
    },
    /** All before `to` was read. */
    clear(to: Instant): void {
      if (suspect !== null && compareInstants(to, suspect) >= 0) suspect = null;
    },
  };
}

function sayDropped(
  { stream: { log } }: PollContext,
  dropped: Window,
  { onDropped }: IsolationOptions,
): void {
  const { from, to } = dropped;
  log.warn("Graph keeps nothing that old: reading goes on with the oldest it has", {
    from: formatInstant(from),
    to: formatInstant(to),
  });
  onDropped?.(dropped);
}

/** The width to go on with behind a window without end: what it holds came, and the wider, the fewer there are. */
function widthBehind({ from, to }: Window): number {
  return 2 * Math.max(SMALLEST_WIDTH_SECONDS, Math.floor(secondsBetween(from, to)));
}

/** Since when Graph says that it keeps records: for ever, when it says nothing. */
function keptSince({ stream: { plugin } }: PollContext, { keptSinceMs }: GraphtapError, moves: number) {
  if (keptSinceMs === undefined) return fromMillis(0);
  // Where the operator excludes its bound, the second before is asked for.
  const excluded = "from" in plugin.cursor && plugin.cursor.from === "gt" ? 1 : 0;
  return addSeconds(fromMillis(keptSinceMs), excluded + moves * MOVE_MARGIN_SECONDS);
}

/**
 * Asks for windows of this width from here on; `null` when it was the smallest already, and stays.
 *
 * @param isNews whether the log has not been told: of the halves of a window that failed, the gap at the end is
 */
function makeNarrow(
  { position, stream: { log } }: PollContext,
  width: number | null,
  error: GraphtapError,
  isNews: boolean,
): void {
  position.learnWidth(width ?? SMALLEST_WIDTH_SECONDS);
  const level = error.kind.ofInput || !isNews ? "debug" : "warn";
  if (width !== null) log[level](error.message, { ...codesOf(error), window_seconds: width });
}

/** Tells a poisoned window from an outage: asks for a moment that was read before, and for this moment. */
async function graphWorks(context: PollContext, at: Instant, priority: Priority): Promise<boolean> {
  const now = fromMillis(context.engine.clock.now());
  const probes: Window[] = [
    { from: addSeconds(at, -1 - SMALLEST_WIDTH_SECONDS), to: addSeconds(at, -2) },
    { from: addSeconds(now, -1), to: now },
  ];
  for (const probe of probes) if (await canRead(context, probe, priority)) return true;
  return false;
}
