/**
 * Collections that are read whole, since they have no time to ask by.
 *
 * Where Graph does not serve a page, the collection is read again in pages of other sizes; what it serves leaves. If it still
 * does not come to its end, the time since the last whole read is a gap, which the next whole read closes, and the poll
 * has failed. What becomes of records that are not found any more: `inventory.ts`.
 */
import { Buffer } from "node:buffer";
import { asGraphtapError, codesOf, type GraphtapError } from "../errors.ts";
import { MAX_ATTEMPTS } from "../graph/retry.ts";
import { compareInstants, formatInstant, fromMillis } from "../instant.ts";
import type { Inventory } from "../state/inventory.ts";
import { reconcile, type Reconciled } from "./inventory.ts";
import { tellRemoved } from "./removed.ts";
import type { LeftOut } from "../record/tally.ts";
import { leftOutError } from "./windows/leftOut.ts";
import type { PollContext } from "./pollContext.ts";
import { readWindow } from "./windows/readWindow.ts";
import { recordGap } from "./retryGaps.ts";

/** Attempts for each request once the size of its page is under suspicion. */
const FEW_ATTEMPTS = 2;
/** How much smaller the next pages are, and how much larger those that are to need no link. */
const SHRINK = 4;
const GROW = 5;
/** Pages so small that what was met would take more of them than this are not tried. */
const MOST_SMALL_PAGES = 100;
/** The usual size is tried again after this. */
const OTHER_SIZE_MS = 86_400_000;

/**
 * Reads a collection, and forgets what is not in it any more.
 *
 * @throws as {@linkcode readWhole}
 */
export async function readSnapshot(context: PollContext): Promise<void> {
  const { stream: { state }, position, startedMs, seen, intake } = context;
  const file = state.inventory();
  const known = file.load();
  const knewKeys = seen.size() > 0;
  const page = await readWhole(context, known?.page ?? null);
  const reconciled = reconcile(known, intake.met, knewKeys);
  noticeFall(context, known, reconciled);
  await tellRemoved(context, reconciled.removed);
  position.advance(fromMillis(startedMs));
  position.commitInFile();
  // The set first: a record that the inventory still has and the set does not leaves again; the other way round it would not.
  if (reconciled.isExact) {
    seen.replaceWith(reconciled.inventory.records.map(({ key }) => Buffer.from(key, "hex")));
  }
  file.save({ ...reconciled.inventory, page });
}

/**
 * Reads a collection to its end, in pages as large as Graph serves.
 *
 * @param known the size that was found to work, if the usual one did not
 * @returns the size that works now, if it is not the usual one
 * @throws why it cannot be read to its end; what reading a page throws
 */
export async function readWhole(context: PollContext, known: Inventory["page"]): Promise<Inventory["page"]> {
  const { stream: { plugin, service, log }, engine: { clock }, startedMs, counts, intake: { met } } = context;
  const usual = plugin.page.size;
  const isKnown = known !== null && clock.now() - known.sinceMs < OTHER_SIZE_MS;
  const tried = [isKnown ? known.size : usual];
  let from = service.startTime?.instant ?? null;
  for (let attempts = MAX_ATTEMPTS;; attempts = FEW_ATTEMPTS) {
    const size = tried.at(-1)!;
    const leftOut: LeftOut[] = [];
    try {
      await readWindow(context, { from, to: null }, {
        priority: "live",
        attempts,
        resumeAt: null,
        divisible: false,
        pageSize: size,
        onLeftOut: (record) => void leftOut.push(record),
      });
      if (leftOut.length === 0) closeGaps(context);
      for (const record of leftOut) addGap(context, leftOutError(context.stream, record));
      if (size === usual) return null;
      return isKnown && known.size === size ? known : { size, sinceMs: startedMs };
    } catch (thrown) {
      const error = asGraphtapError(thrown);
      const isOfPage = error.kind.refusesAccess && counts.pages > 0;
      if (!error.kind.suspectsWindow && !isOfPage) throw error;
      const since = error.keptSinceMs === undefined ? null : fromMillis(error.keptSinceMs);
      if (since !== null && from !== null && compareInstants(from, since) < 0) {
        from = since;
        log.warn(error.message, { ...codesOf(error), from: formatInstant(from) });
        continue;
      }
      // What came of it left: after a kill it must not come again.
      await context.intake.drain();
      context.position.commit();
      const isFixed = error.kind.isEndless || plugin.page.by === "none";
      const next = isFixed ? null : nextSize(tried, usual, counts.pages > 0, met.keys.count());
      if (next === null) throw incomplete(context, error);
      log.warn(error.message, { ...codesOf(error), page_size: next });
      tried.push(next);
    }
  }
}

/** The size of page to try next; `null` when there is none. A larger one needs fewer links, and links are refused, too. */
function nextSize(tried: readonly number[], usual: number, hasPages: boolean, met: number): number | null {
  const larger = usual * GROW;
  if (hasPages && !tried.includes(larger)) return larger;
  const least = Math.min(...tried);
  const smaller = Math.floor(least / SHRINK);
  if (smaller >= 1 && met / smaller <= MOST_SMALL_PAGES) return smaller;
  return least > 1 && met === 0 ? 1 : null;
}

/** Makes the time since the last whole read a gap, if Graph served a part of the collection. */
function incomplete(context: PollContext, error: GraphtapError): GraphtapError {
  if (context.counts.pages > 0) addGap(context, error);
  return error;
}

function addGap(context: PollContext, error: GraphtapError): void {
  const { position: { current }, startedMs } = context;
  const now = fromMillis(startedMs);
  recordGap(context, { from: current.watermark ?? current.beganAt ?? now, to: now }, error);
}

function closeGaps({ stream: { state, log } }: PollContext): void {
  const gaps = state.gaps().list();
  if (gaps.length === 0) return;
  state.gaps().save([]);
  for (const { from, to } of gaps) {
    log.info("gap closed", { from: formatInstant(from), to: formatInstant(to) });
  }
}

/** A collection that loses half of its records at once is more likely to be cut short than to be that small now. */
function noticeFall(
  { stream: { log } }: PollContext,
  known: Inventory | null,
  { before, missing, inventory }: Reconciled,
): void {
  if (missing * 2 <= before || (inventory.wasEmpty && known?.wasEmpty === true)) return;
  log.warn(
    "the collection came without many of its records: they do not leave again if they come back soon",
    {
      records_before: before,
      missing,
    },
  );
}
