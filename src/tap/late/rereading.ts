import { codesOf } from "../../errors.ts";
import { compareInstants, fromMillis, type Instant, latest, secondsBetween } from "../../instant.ts";
import type { Pass } from "../pass.ts";
import { instantOf, knownSince } from "../position.ts";
import { adjustedMarks } from "./reach.ts";
import { readRange } from "../readRange.ts";
import { creditAfter, type DueSweep, dueSweep, isPaidFor, movedMark, type SweepMark } from "./rereads.ts";
import { marksIn, reachOf, sweepSchedule, withMarks } from "./schedule.ts";

/** Takes the sweeps that are due, while the credit that live reading earned lasts. */
export async function sweep(pass: Pass, mayGoOn: () => boolean): Promise<void> {
  const schedule = sweepSchedule(pass.stream, pass.checkpoint.sweeps.length);
  let foundDeep = false;
  for (;;) {
    const due = dueSweep(schedule, marksOf(pass), pass.now);
    const isPaid = isPaidFor(pass.checkpoint.sweep_credit);
    if (due === null || !isPaid || !mayGoOn()) return adjust(pass, foundDeep, due === null && isPaid);
    const late = await take(pass, due, mayGoOn);
    if (late > 0 && due.step === schedule.length - 1) foundDeep = true;
  }
}

/** Lets re-reads reach further back, or less far. While older time is still unread, what is new is not late. */
function adjust(pass: Pass, foundDeep: boolean, inTime: boolean): void {
  const { checkpoint, stream, now } = pass;
  const marks = marksOf(pass);
  const adjusted = adjustedMarks(reachOf(stream), marks, {
    foundDeep: foundDeep && checkpoint.backfill.length === 0,
    inTime,
    oldestKnown: latest(instantOf(checkpoint.began_at) ?? now, knownSince(checkpoint, pass.startedMs)),
    now,
  });
  if (adjusted.length === marks.length) return;
  pass.checkpoint = withMarks(pass.checkpoint, adjusted);
  const hours = sweepSchedule(stream, adjusted.length).at(-1)! / 3600;
  stream.log.info(
    adjusted.length > marks.length
      ? "the deepest re-read found late records: now one goes deeper"
      : "re-reads go less deep again",
    { deepest_h: Math.round(hours * 10) / 10 },
  );
}

/** @returns how many late records it found */
async function take(pass: Pass, due: DueSweep, mayGoOn: () => boolean): Promise<number> {
  const { stream: { log } } = pass;
  const requests = pass.requests;
  const found = { late: 0, oldest: null as Instant | null, isWhole: false };
  try {
    await readRange(pass, {
      from: due.from,
      to: due.to,
      priority: "reread",
      onRead(to, counts) {
        if (counts !== null && counts.fresh > 0) {
          found.late += counts.fresh;
          found.oldest ??= counts.oldestFresh;
        }
        found.isWhole = compareInstants(to, due.to) >= 0;
        pass.checkpoint = withMarks(pass.checkpoint, movedMark(marksOf(pass), due.step, to, null));
      },
      // It was read before: what a re-read cannot get is no gap, and the next step looks again.
      onGap: (_, error) => log.warn(error.message, { ...codesOf(error), range: "re-read, left out" }),
      mayGoOn: () => mayGoOn() && isPaidFor(pass.checkpoint.sweep_credit - (pass.requests - requests)),
    });
  } finally {
    pass.sweepRequests += pass.requests - requests;
    const sweep_credit = creditAfter(pass.checkpoint.sweep_credit, 0, pass.requests - requests);
    // A part that found nothing says little of the whole.
    const late = found.late === 0 && !found.isWhole ? null : found.late;
    const moved = movedMark(marksOf(pass), due.step, due.from, late);
    pass.checkpoint = { ...withMarks(pass.checkpoint, moved), sweep_credit };
  }
  if (found.late === 0) return 0;
  const lateBy = found.oldest === null ? 0 : Math.round(secondsBetween(found.oldest, pass.now));
  pass.late += found.late;
  pass.lateBySeconds = Math.max(pass.lateBySeconds, lateBy);
  log.info("late records recovered", { records: found.late, latest_by_s: lateBy });
  return found.late;
}

function marksOf({ checkpoint, startedMs }: Pass): SweepMark[] {
  return marksIn(checkpoint.sweeps, fromMillis(startedMs));
}
