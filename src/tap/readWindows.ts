import { asGraphtapError, type GraphtapError } from "../errors.ts";
import { addSeconds, compareInstants, earliest, fromMillis } from "../instant.ts";
import type { EventTimeCursor, UpdateTimeCursor } from "../plugin/plugin.ts";
import { commit, type Pass } from "./pass.ts";
import { instantOf, withReadTo } from "./position.ts";
import { readPages } from "./readPages.ts";
import {
  FIRST_WIDTH_SECONDS,
  grownWidth,
  LARGEST_WIDTH_SECONDS,
  nextWindow,
  shrunkWidth,
  type Window,
} from "./window.ts";

const DEFAULT_OVERLAP_SECONDS = 900;
/** A link kept longer than this is not tried again: Graph forgets them, some within minutes. */
const LINK_LIFETIME_MS = 600_000;

/** Reads window after window until now, each as wide as Graph can serve. */
export async function readWindows(pass: Pass, cursor: EventTimeCursor | UpdateTimeCursor): Promise<void> {
  const now = fromMillis(pass.startedMs);
  const largest = pass.stream.service.windowMaxSeconds ?? LARGEST_WIDTH_SECONDS;
  let widthSeconds = Math.min(pass.checkpoint.window_seconds ?? FIRST_WIDTH_SECONDS, largest);
  // Only the first window reaches back: those that follow it begin where it ended, moments ago.
  let overlapSeconds = cursor.overlapSeconds ?? DEFAULT_OVERLAP_SECONDS;
  let window = resumable(pass);
  for (;;) {
    window ??= nextWindow({
      readTo: instantOf(pass.checkpoint.read_to),
      start: instantOf(pass.checkpoint.began_at) ?? now,
      now,
      overlapSeconds,
      widthSeconds,
      oldest: addSeconds(now, -cursor.retentionDays * 86_400),
    });
    try {
      const { pages, serverTime } = await readPages(pass, window, window);
      widthSeconds = grownWidth(widthSeconds, pages, largest);
      overlapSeconds = 0;
      // The host's clock may be ahead of Graph's: what Graph has not reached yet was not read.
      const reached = serverTime === null ? window.to : earliest(window.to, serverTime);
      pass.checkpoint = { ...withReadTo(pass.checkpoint, reached), window_seconds: widthSeconds };
      commit(pass);
      if (compareInstants(reached, window.to) < 0 || compareInstants(window.to, now) >= 0) return;
    } catch (thrown) {
      widthSeconds = widthAfter(asGraphtapError(thrown), widthSeconds, pass);
      overlapSeconds = Math.min(overlapSeconds, widthSeconds);
    }
    window = null;
  }
}

/** A narrower window for a failure that one mends; any other failure is thrown on. */
function widthAfter(error: GraphtapError, width: number, pass: Pass): number {
  if (error.kind.recovery !== "restart-window") throw error;
  const smaller = shrunkWidth(width);
  if (smaller === null) throw error;
  pass.checkpoint = { ...pass.checkpoint, window: null, next_link: null, window_seconds: smaller };
  pass.stream.log.warn(`${error.message}; the window is made smaller`, {
    code: error.code,
    seconds: smaller,
  });
  return smaller;
}

/** The window that an earlier run was interrupted in, if its page link can still be good. */
function resumable({ checkpoint, startedMs }: Pass): Window | null {
  const { window, next_link, last_poll_ended_ms } = checkpoint;
  if (window === null || next_link === null) return null;
  const from = instantOf(window.from);
  const to = instantOf(window.to);
  const fresh = startedMs - (last_poll_ended_ms ?? 0) < LINK_LIFETIME_MS;
  return from === null || to === null || !fresh ? null : { from, to };
}
