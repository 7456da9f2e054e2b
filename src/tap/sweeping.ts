import { compareInstants, formatInstant, fromMillis, type Instant, secondsBetween } from "../instant.ts";
import type { Pass } from "./pass.ts";
import { instantOf } from "./position.ts";
import { readRange } from "./readRange.ts";
import {
  creditAfter,
  type DueSweep,
  dueSweep,
  EVENT_SWEEPS_SECONDS,
  isPaidFor,
  movedMark,
  type SweepMark,
  UPDATE_SWEEPS_SECONDS,
} from "./sweeps.ts";
import type { Stream } from "./stream.ts";

/** The stream's schedule: from its configuration, its plugin, or what suits its kind. */
export function sweepSchedule({ service, plugin: { cursor } }: Stream): readonly number[] {
  if (cursor.kind === "snapshot") return [];
  const usual = cursor.kind === "event-time" ? EVENT_SWEEPS_SECONDS : UPDATE_SWEEPS_SECONDS;
  return service.sweepAfterSeconds ?? cursor.sweepAfterSeconds ?? usual;
}

/** Takes the sweeps that are due, while the credit that live reading earned lasts. */
export async function sweep(pass: Pass, mayGoOn: () => boolean): Promise<void> {
  const schedule = sweepSchedule(pass.stream);
  while (mayGoOn() && isPaidFor(pass.checkpoint.sweep_credit)) {
    const due = dueSweep(schedule, marksOf(pass), pass.now);
    if (due === null) return;
    await take(pass, due, mayGoOn);
  }
}

async function take(pass: Pass, due: DueSweep, mayGoOn: () => boolean): Promise<void> {
  const { stream: { log } } = pass;
  const requests = pass.requests;
  const found = { late: 0, oldest: null as Instant | null, isWhole: false };
  try {
    await readRange(pass, {
      from: due.from,
      to: due.to,
      priority: "sweep",
      onRead(to, counts) {
        if (counts !== null && counts.fresh > 0) {
          found.late += counts.fresh;
          found.oldest ??= counts.oldestFresh;
        }
        found.isWhole = compareInstants(to, due.to) >= 0;
        pass.checkpoint = withMarks(pass, movedMark(marksOf(pass), due.step, to, null));
      },
      // It was read before: what a re-read cannot get is no gap, and the next step looks again.
      onGap: (_, error) => log.warn(error.message, { code: error.code, range: "re-read, left out" }),
      mayGoOn: () => mayGoOn() && isPaidFor(pass.checkpoint.sweep_credit - (pass.requests - requests)),
    });
  } finally {
    pass.sweepRequests += pass.requests - requests;
    const sweep_credit = creditAfter(pass.checkpoint.sweep_credit, 0, pass.requests - requests);
    // A part that found nothing says little of the whole.
    const late = found.late === 0 && !found.isWhole ? null : found.late;
    const moved = movedMark(marksOf(pass), due.step, due.from, late);
    pass.checkpoint = { ...withMarks(pass, moved), sweep_credit };
  }
  if (found.late === 0) return;
  const now = fromMillis(pass.engine.clock.now());
  pass.late += found.late;
  log.info("late records recovered", {
    records: found.late,
    latest_by_s: found.oldest === null ? undefined : Math.round(secondsBetween(found.oldest, now)),
  });
}

function marksOf({ checkpoint, startedMs }: Pass): SweepMark[] {
  return checkpoint.sweeps.map(({ read_to, idle }) => ({
    readTo: instantOf(read_to) ?? fromMillis(startedMs),
    idle,
  }));
}

function withMarks({ checkpoint }: Pass, marks: readonly SweepMark[]) {
  return {
    ...checkpoint,
    sweeps: marks.map(({ readTo, idle }) => ({ read_to: formatInstant(readTo), idle })),
  };
}
