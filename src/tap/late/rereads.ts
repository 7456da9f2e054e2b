/**
 * Late arrivals, and how they are found.
 *
 * Graph gives a record the time of what it tells of, and shows it later: within minutes as a rule, some after hours,
 * and not in the order of their times. Whoever reads up to now, and from there on next time, never sees what arrives
 * behind. Staying some minutes behind makes everything late and still loses the rest. So a window is read and delivered
 * at once, and its time is **read again** when it has reached certain ages; what was delivered before has its key in
 * the seen set, and only what came late leaves.
 *
 * **The schedule** (`schedule.ts`) is a list of ages, such as 5 min, 15 min, 1 h, 6 h, 24 h. There is one re-read for
 * each age. All that is durable of it is how far it has come, and how often in a row it found nothing: neighbouring
 * windows are thus always read again as one range. It gathers time before it is made, twice its age, from 15 min to
 * 12 h; after eight times that found nothing twice as much, and later four times. The deepest that is due goes first,
 * since what it misses nobody finds.
 *
 * **Live windows** look again at the last minutes anyway, as far as their pages have room (`overlap.ts`). This costs no
 * request and finds most of what comes late; the shallow re-reads are made by it at every poll.
 *
 * **The credit** (`credit.ts`) bounds what the others cost. Each live request earns 0.6 requests, 60 at most are saved
 * up, and a window of a re-read is begun only while there are more than 20, which is what one window may take. So
 * re-reads never owe anything, and never make much more than half of what live reading makes. A stream that is polled
 * rarely earns little: its re-reads fall behind, which is said (`lag.ts`) and is a metric.
 *
 * **The depth** (`depth.ts`) follows what is found. Where the deepest re-read finds late records while nothing is due,
 * one twice as deep is added behind it, up to a bound and to what Graph keeps. An added one is dropped again when it
 * has found nothing eight times in a row, or when it takes what the usual ones need. While a backfill is unread, what
 * is new is not late, and nothing is added.
 *
 * **Keys** must outlive all of this: a re-read that meets a record whose key is forgotten delivers it twice
 * (`../keyLife.ts`). An added re-read begins no earlier than the oldest time of which every key is known.
 *
 * What a re-read cannot read is no gap: it was read before, and the next deeper one looks again.
 */
import { codesOf } from "../../errors.ts";
import { compareInstants, type Instant, latest, secondsBetween } from "../../instant.ts";
import { knownSince } from "../keyLife.ts";
import type { PollContext } from "../pollContext.ts";
import { readWindows } from "../windows/readWindows.ts";
import { isPaidFor } from "./credit.ts";
import { adjustedRereads, agesOf, depthOf } from "./depth.ts";
import { type DueReread, dueReread, rereadsAfter } from "./schedule.ts";

/**
 * Makes the re-reads that are due, while the credit that live reading earned lasts.
 *
 * @param now by Graph's clock
 */
export async function reread(context: PollContext, now: Instant, mayGoOn: () => boolean): Promise<void> {
  const { stream, position } = context;
  const ages = agesOf(stream, position.current.rereads.length);
  let foundDeep = false;
  for (;;) {
    const { rereads, rereadCredit } = position.current;
    const due = dueReread(ages, rereads, now);
    const isPaid = isPaidFor(rereadCredit);
    if (due === null || !isPaid || !mayGoOn()) {
      return adjustDepth(context, now, foundDeep, due === null && isPaid);
    }
    const late = await readAgain(context, due, now, mayGoOn);
    if (late > 0 && due.index === ages.length - 1) foundDeep = true;
  }
}

/** Lets re-reads go deeper, or less deep. */
function adjustDepth(context: PollContext, now: Instant, foundDeep: boolean, inTime: boolean): void {
  const { position, stream, startedMs } = context;
  const { backfill, beganAt, rereads } = position.current;
  const adjusted = adjustedRereads(depthOf(stream), rereads, {
    foundDeep: foundDeep && backfill.length === 0,
    inTime,
    oldestKnown: latest(beganAt ?? now, knownSince(position.current, startedMs)),
    now,
  });
  if (adjusted.length === rereads.length) return;
  position.markRereads(adjusted);
  const hours = agesOf(stream, adjusted.length).at(-1)! / 3600;
  stream.log.info(
    adjusted.length > rereads.length
      ? "the deepest re-read found late records: now one goes deeper"
      : "re-reads go less deep again",
    { deepest_h: Math.round(hours * 10) / 10 },
  );
}

/** @returns how many late records it found */
async function readAgain(
  context: PollContext,
  due: DueReread,
  now: Instant,
  mayGoOn: () => boolean,
): Promise<number> {
  const { stream: { log }, position, counts } = context;
  const requestsBefore = counts.requests;
  const spent = () => counts.requests - requestsBefore;
  const found = { late: 0, oldest: null as Instant | null, isWhole: false };
  const mark = (to: Instant, late: number | null) =>
    position.markRereads(rereadsAfter(position.current.rereads, due.index, to, late));
  try {
    await readWindows(context, due, {
      priority: "reread",
      onRead(to, windowCounts) {
        if (windowCounts !== null && windowCounts.fresh > 0) {
          found.late += windowCounts.fresh;
          found.oldest ??= windowCounts.oldestFresh;
          counts.countLate({ records: windowCounts.fresh, bySeconds: age(windowCounts.oldestFresh, now) });
        }
        found.isWhole = compareInstants(to, due.to) >= 0;
        mark(to, null);
      },
      onGap: (_, error) => log.warn(error.message, { ...codesOf(error), range: "re-read, left out" }),
      mayGoOn: () => mayGoOn() && isPaidFor(position.current.rereadCredit - spent()),
    });
  } finally {
    counts.countRereadRequests(spent());
    // A part that found nothing says little of the whole.
    mark(due.from, found.late === 0 && !found.isWhole ? null : found.late);
    position.spend(spent());
  }
  if (found.late === 0) return 0;
  log.info("late records recovered", { records: found.late, latest_by_s: age(found.oldest, now) });
  return found.late;
}

/** Whole seconds; 0 for a record without a time. */
function age(time: Instant | null, now: Instant): number {
  return time === null ? 0 : Math.round(secondsBetween(time, now));
}
