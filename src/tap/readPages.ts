import { GraphtapError } from "../errors.ts";
import type { Asked } from "../graph/judge.ts";
import { type Page, readPage } from "../graph/pages.ts";
import { formatInstant, type Instant } from "../instant.ts";
import { commit, type Pass } from "./pass.ts";
import { firstPageUrl, type Range } from "./query.ts";
import type { Stream } from "./stream.ts";
import type { Window } from "./window.ts";

/** A window with more pages than this is a loop, or far too wide. */
const MAX_PAGES = 2000;

/** Reads a range page by page; all pages but the last are committed here, the last with the caller's next step. */
export async function readPages(
  pass: Pass,
  range: Range,
  window: Window | null,
): Promise<{ pages: number; serverTime: Instant | null }> {
  const { stream, checkpoint } = pass;
  const first = firstPageUrl(stream.graphUrl, stream.plugin, range, stream.service.additionalFilter);
  const visited = new Set<string>();
  let url = window === null ? first : checkpoint.next_link ?? first;
  let serverTime: Instant | null = null;
  for (let pages = 1;; pages++) {
    visited.add(url);
    const page: Page = await readPage(pass.reader, url, askedOf(stream, url !== first), visited, pass.signal);
    pass.pages++;
    serverTime ??= page.serverTime;
    if (page.nextLink === null) return { pages, serverTime };
    if (pages >= MAX_PAGES) {
      throw new GraphtapError(
        "page-link-loop",
        `Cannot read window of "${stream.service.name}": more than ${MAX_PAGES} pages`,
      );
    }
    url = page.nextLink;
    if (window !== null) {
      pass.checkpoint = {
        ...pass.checkpoint,
        window: { from: formatInstant(window.from), to: formatInstant(window.to) },
        next_link: url,
      };
    }
    commit(pass);
  }
}

function askedOf({ service, plugin }: Stream, followsLink: boolean): Asked {
  return {
    service: service.name,
    permissions: plugin.permissions,
    licence: plugin.licence,
    followsLink,
    hasAdditionalFilter: service.additionalFilter !== null,
  };
}
