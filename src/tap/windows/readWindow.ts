import { asGraphtapError, codesOf, GraphtapError } from "../../errors.ts";
import type { Asked } from "../../graph/asked.ts";
import type { Priority } from "../../graph/limiter.ts";
import { createVisited, isOurs } from "../../graph/links.ts";
import { type Page, type PageRequest, type ReadOptions, readPage } from "../../graph/pages.ts";
import { createPermits } from "../../graph/permits.ts";
import type { Instant, Window } from "../../instant.ts";
import type { PageRule, Plugin } from "../../plugin/plugin.ts";
import type { LeftOut, WindowCounts } from "../../record/tally.ts";
import type { PollContext } from "../pollContext.ts";
import { filtersOf, filterStep } from "./filters.ts";
import { firstRequest } from "./firstRequest.ts";
import type { Stream } from "../stream.ts";
import { pagesWorth } from "./windowWidth.ts";

/** A window with more pages than this is read again in parts, if it can be made narrower. */
const MOST_PAGES = 500;
/** So many pages in a row that bring nothing, each with a link to the next, are a loop without an end. */
const MOST_IDLE_PAGES = 20;

/** How a window is read. */
export interface WindowOptions {
  readonly priority: Priority;
  /** How often a request is sent at most. */
  readonly attempts: number;
  /** The page link to go on from, in a window that was interrupted. */
  readonly resumeAt: string | null;
  /**
   * What the position keeps of a window that is under way, for a process that comes after a kill: the link to its next
   * page, or the window alone.
   *
   * @default nothing
   */
  readonly keeps?: "link" | "window" | undefined;
  /** Whether it can be made narrower; else it is read to its end, however many pages it has. */
  readonly divisible: boolean;
  /** Told of each record that is too long, before the page's position is committed. */
  readonly onLeftOut?: (record: LeftOut) => void;
  /** What is asked in the place of the window itself, such as the records of a job. @default the window */
  readonly first?: PageRequest;
  /** Records a page. @default the plugin's */
  readonly pageSize?: number;
  /** Which of the service's filters to ask by. @default the one that was found to work */
  readonly filterStep?: number;
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
  const { stream: { plugin }, position: { current, commit, beginWindow } } = context;
  const counts = context.intake.begin(window);
  beginWindow(window, counts);
  const filters = filtersOf(plugin, options.filterStep ?? filterStep(current.filter, context.startedMs));
  // A link belongs to one filter, and does not say to which.
  const isOne = filters.length === 1;
  const how = {
    ...options,
    ...(options.keeps && !isOne ? { keeps: "window" as const } : {}),
    resumeAt: isOne ? options.resumeAt : null,
  };
  let read = { pages: 0, serverTime: null as Instant | null };
  for (const [index, filter] of filters.entries()) {
    if (index > 0) commit();
    const size = options.pageSize ?? plugin.page.size;
    read = await readPages(context, window, counts, how, read, {
      ...plugin,
      filter,
      page: { ...plugin.page, size },
    });
  }
  return { ...read, counts };
}

/** Reads the pages of a window that one filter gives, behind those that were read before. */
async function readPages(
  context: PollContext,
  window: Window<Instant | null>,
  counts: WindowCounts,
  options: WindowOptions,
  before: Pick<WindowRead, "pages" | "serverTime">,
  plugin: Plugin,
): Promise<Pick<WindowRead, "pages" | "serverTime">> {
  const { stream, position } = context;
  const first = options.first ??
    firstRequest(stream.graphUrl, plugin, window, stream.service.additionalFilter);
  const visited = createVisited();
  const idle = createIdleRun();
  const how = {
    permits: createPermits(stream.limiters, options.priority),
    attempts: options.attempts,
    visited,
  };
  // The address of Graph may be another than when the window was interrupted.
  const { resumeAt } = options;
  let request = resumeAt !== null && isOurs(resumeAt, stream.graphUrl) ? { url: resumeAt } : first;
  let { serverTime } = before;
  let mayBeDead = false;
  for (let pages = before.pages + 1;; pages++) {
    visited.add(request.url);
    counts.pageKey = null;
    const asked = askedOf(stream, plugin.page, request !== first);
    // One that leads nowhere may take minutes to say so.
    const once: ReadOptions = mayBeDead ? { ...how, attempts: 1 } : how;
    const page: Page | null = await readPage(context.reader, request, asked, once, context.signal)
      .catch((thrown) => atDeadLink(thrown, mayBeDead, stream));
    if (page === null) return { pages: pages - 1, serverTime };
    mayBeDead = plugin.page.deadLinks === true && page.records < plugin.page.size;
    context.counts.countPage();
    context.graphClock.note(page.serverTime);
    for (const record of counts.leftOut.splice(0)) options.onLeftOut?.(record);
    serverTime ??= page.serverTime;
    if (plugin.cursor.kind === "query") {
      if (page.records >= plugin.page.size) throw cutOff(stream, page.records);
      return { pages: pagesWorth(page.records, plugin.page.size), serverTime };
    }
    if (page.nextLink === null) return { pages, serverTime };
    if (idle.count(page.records, counts.pageKey) >= MOST_IDLE_PAGES) throw endless(stream);
    if (options.divisible && pages >= MOST_PAGES) throw tooLarge(stream);
    request = { url: page.nextLink };
    const { from, to } = window;
    if (options.keeps && from !== null && to !== null) {
      position.interrupt({ from, to }, options.keeps === "link" ? request.url : null);
    }
    position.commit();
  }
}

function tooLarge({ service }: Stream): GraphtapError {
  return new GraphtapError(
    "window-too-large",
    `Cannot read window of "${service.name}": it has more than ${MOST_PAGES} pages`,
  );
}

function cutOff({ service }: Stream, records: number): GraphtapError {
  return new GraphtapError(
    "window-too-large",
    `Cannot read window of "${service.name}" whole: it has ${records} rows, the most that one answer holds`,
  );
}

function endless({ service }: Stream): GraphtapError {
  return new GraphtapError(
    "window-endless",
    `Cannot read window of "${service.name}" to its end: ${MOST_IDLE_PAGES} pages in a row brought nothing, ` +
      "and each led to another; what came before them was delivered",
  );
}

/** Counts pages in a row that bring nothing: no record, or those of an earlier page under another link. */
function createIdleRun() {
  const known = new Set<string>();
  let run = 0;
  return {
    /** @param key of the page's first record @returns how many there were up to now */
    count(records: number, key: Uint8Array | null): number {
      const text = key === null ? null : String.fromCharCode(...key);
      run = records === 0 || (text !== null && known.has(text)) ? run + 1 : 0;
      if (text !== null) known.add(text);
      return run;
    },
  };
}

/** The end of a window whose last link leads nowhere; re-reads ask for it again. @throws any other failure */
function atDeadLink(thrown: unknown, mayBeDead: boolean, { log }: Stream): null {
  const error = asGraphtapError(thrown);
  if (!mayBeDead || !error.kind.suspectsWindow) throw thrown;
  log.info("the link behind the last records leads nowhere", codesOf(error));
  return null;
}

function askedOf({ service, plugin }: Stream, page: PageRule, followsLink: boolean): Asked {
  return {
    service: service.name,
    permissions: plugin.permissions,
    licence: plugin.licence,
    notice: plugin.notice,
    followsLink,
    maxPageSize: page.by === "prefer" ? page.size : undefined,
    hasAdditionalFilter: service.additionalFilter !== null,
  };
}
