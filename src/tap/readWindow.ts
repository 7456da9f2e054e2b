import { GraphtapError } from "../errors.ts";
import type { Asked } from "../graph/judge.ts";
import type { Priority } from "../graph/limiter.ts";
import { readPage } from "../graph/pages.ts";
import { createPermits } from "../graph/permits.ts";
import type { Instant, Window } from "../instant.ts";
import type { WindowCounts } from "../record/intake.ts";
import type { PollContext } from "./pollContext.ts";
import { firstPageUrl } from "./query.ts";
import type { Stream } from "./stream.ts";

/** More pages than this are a loop without an end, or a window that is far too wide. */
const MOST_PAGES = 500;

/** How a window is read. */
export interface WindowOptions {
  readonly priority: Priority;
  /** How often a request is sent at most. */
  readonly attempts: number;
  /** The page link to go on from, in a window that was interrupted. */
  readonly resumeAt: string | null;
  /** Whether an interruption may be resumed: the page links are then part of the position. */
  readonly resumable: boolean;
}

/** What reading a window to its end found. */
export interface WindowRead {
  readonly pages: number;
  readonly counts: WindowCounts;
  /** Graph's own clock at the first page, if it said. */
  readonly serverTime: Instant | null;
}

/**
 * Reads a window page by page; each page but the last is committed here, the last with the caller's next step.
 *
 * @param window a snapshot has no end, and a start only where one is configured
 * @throws what reading a page throws
 */
export async function readWindow(
  context: PollContext,
  window: Window<Instant | null>,
  options: WindowOptions,
): Promise<WindowRead> {
  const { stream, position } = context;
  const counts = context.intake.begin(window);
  const first = firstPageUrl(stream.graphUrl, stream.plugin, window, stream.service.additionalFilter);
  const visited = new Set<string>();
  const how = {
    permits: createPermits(stream.limiters, options.priority),
    attempts: options.attempts,
    visited,
  };
  let url = options.resumeAt ?? first;
  let serverTime: Instant | null = null;
  for (let pages = 1;; pages++) {
    visited.add(url);
    const page = await readPage(context.reader, url, askedOf(stream, url !== first), how, context.signal);
    context.counts.countPage();
    context.graphClock.note(page.serverTime);
    serverTime ??= page.serverTime;
    if (page.nextLink === null) return { pages, counts, serverTime };
    if (pages >= MOST_PAGES) {
      throw new GraphtapError(
        "window-too-large",
        `Cannot read window of "${stream.service.name}": it has more than ${MOST_PAGES} pages`,
      );
    }
    url = page.nextLink;
    const { from, to } = window;
    if (options.resumable && from !== null && to !== null) position.interrupt({ from, to }, url);
    position.commit();
  }
}

function askedOf({ service, plugin }: Stream, followsLink: boolean): Asked {
  return {
    service: service.name,
    permissions: plugin.permissions,
    licence: plugin.licence,
    notice: plugin.notice,
    followsLink,
    hasAdditionalFilter: service.additionalFilter !== null,
  };
}
