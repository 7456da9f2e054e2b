import { formatInstant, type Instant } from "../../instant.ts";
import type { Checkpoint } from "../../state/checkpoint.ts";
import type { Pass } from "../pass.ts";
import { instantOf } from "../position.ts";
import { type Reach, scheduleFor, sweepLag } from "./reach.ts";
import type { Stream } from "../stream.ts";
import { EVENT_SWEEPS_SECONDS, type SweepMark, UPDATE_SWEEPS_SECONDS } from "./rereads.ts";

/** Without a setting re-reads become this much deeper at most than their schedule says. */
const MOST_TIMES_DEEPER = 4;
/** A sweep reaches this much further back than its age (sweeps.ts), and Graph must still have what it asks for. */
const RETENTION_MARGIN_SECONDS = 2 * 86_400;
/** From here on it is said that re-reads are behind. */
const LAG_WORTH_SAYING_SECONDS = 86_400;

/** The stream's schedule, from its configuration, its plugin, or what suits its kind, and its bound. */
export function reachOf({ service, plugin: { cursor } }: Stream): Reach {
  if (cursor.kind === "snapshot") return { usual: [], most: 0 };
  const own = cursor.kind === "event-time" ? EVENT_SWEEPS_SECONDS : UPDATE_SWEEPS_SECONDS;
  const usual = service.rereadAfterSeconds ?? cursor.rereadAfterSeconds ?? own;
  const wanted = service.rereadMaxSeconds ?? MOST_TIMES_DEEPER * (usual.at(-1) ?? 0);
  return { usual, most: Math.min(wanted, cursor.retentionDays * 86_400 - RETENTION_MARGIN_SECONDS) };
}

/** The schedule that a stream with so many marks goes by. */
export function sweepSchedule(stream: Stream, marks: number): readonly number[] {
  return scheduleFor(reachOf(stream), marks);
}

/** Seconds by which a stream's deepest re-read was behind its time at the last poll; `null` when it has none. */
export function sweepLagOf(stream: Stream, { read_to, sweeps }: Checkpoint): number | null {
  const now = instantOf(read_to);
  if (now === null || sweeps.length === 0) return null;
  return sweepLag(sweepSchedule(stream, sweeps.length), marksIn(sweeps, now), now);
}

/** Whether a stream's re-reads are so far behind that somebody should know. */
export function isFarBehind({ stream, checkpoint }: Pass): boolean {
  return (sweepLagOf(stream, checkpoint) ?? 0) > LAG_WORTH_SAYING_SECONDS;
}

/** Says once that re-reads have fallen behind, and once that they have caught up. */
export function sayIfBehind(pass: Pass, wasFarBehind: boolean): void {
  const { stream: { log, service } } = pass;
  if (isFarBehind(pass) === wasFarBehind) return;
  if (wasFarBehind) return log.info("re-reads have caught up");
  log.warn(
    "re-reads are more than a day behind, and late records come as much later: live reading earns them too few " +
      "requests; a shorter request_period_in_seconds earns more, a shorter reread_after_seconds needs less",
    { request_period_in_seconds: service.periodSeconds },
  );
}

/** The marks of a checkpoint. */
export function marksIn(sweeps: Checkpoint["sweeps"], otherwise: Instant): SweepMark[] {
  return sweeps.map(({ read_to, idle }) => ({ readTo: instantOf(read_to) ?? otherwise, idle }));
}

/** The checkpoint with these marks. */
export function withMarks(checkpoint: Checkpoint, marks: readonly SweepMark[]): Checkpoint {
  return {
    ...checkpoint,
    sweeps: marks.map(({ readTo, idle }) => ({ read_to: formatInstant(readTo), idle })),
  };
}
