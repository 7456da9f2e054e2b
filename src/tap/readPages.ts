import { GraphtapError } from "../errors.ts";
import type { Asked } from "../graph/judge.ts";
import type { Priority } from "../graph/limiter.ts";
import { readPage } from "../graph/pages.ts";
import { createPermits } from "../graph/permits.ts";
import { formatInstant, type Instant } from "../instant.ts";
import type { RangeCounts } from "../record/intake.ts";
import { commit, type Pass } from "./pass.ts";
import { firstPageUrl, type Range } from "./query.ts";
import type { Stream } from "./stream.ts";

/** More pages than this are a loop without an end, or a window that is far too wide. */
const MOST_PAGES = 500;

/** How a range is read. */
export interface PagesOptions {
  readonly priority: Priority;
  /** How often a request is sent at most. */
  readonly attempts: number;
  /** The page link to go on from, in a range that was interrupted. */
  readonly resumeAt: string | null;
  /** Whether an interruption may be resumed: the page links are then part of the position. */
  readonly resumable: boolean;
}

/** What reading a range to its end found. */
export interface PagesRead {
  readonly pages: number;
  readonly counts: RangeCounts;
  /** Graph's own clock at the first page, if it said. */
  readonly serverTime: Instant | null;
}

/**
 * Reads a range page by page; each page but the last is committed here, the last with the caller's next step.
 *
 * @throws what reading a page throws
 */
export async function readPages(pass: Pass, range: Range, options: PagesOptions): Promise<PagesRead> {
  const { stream } = pass;
  const counts = pass.intake.begin(range);
  const first = firstPageUrl(stream.graphUrl, stream.plugin, range, stream.service.additionalFilter);
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
    const page = await readPage(pass.reader, url, askedOf(stream, url !== first), how, pass.signal);
    pass.pages++;
    serverTime ??= page.serverTime;
    if (page.nextLink === null) return { pages, counts, serverTime };
    if (pages >= MOST_PAGES) {
      throw new GraphtapError(
        "window-too-large",
        `Cannot read window of "${stream.service.name}": it has more than ${MOST_PAGES} pages`,
      );
    }
    url = page.nextLink;
    if (options.resumable && range.from !== null && range.to !== null) {
      const window = { from: formatInstant(range.from), to: formatInstant(range.to) };
      pass.checkpoint = { ...pass.checkpoint, window, next_link: url };
    }
    commit(pass);
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
