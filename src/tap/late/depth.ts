import { addSeconds, type Instant, latest } from "../../instant.ts";
import type { Reread } from "../../state/position.ts";
import type { Stream } from "../stream.ts";
import { EVENT_REREADS_SECONDS, lagOf, spacingOf, UPDATE_REREADS_SECONDS } from "./schedule.ts";

/**
 * How deep re-reads go: which ages a stream has. The state is the number of its re-reads. When one is added and when
 * one is dropped: `rereads.ts`.
 */

/** Without a setting re-reads become this much deeper at most than their schedule says. */
const MOST_TIMES_DEEPER = 4;
/** A re-read begins this much further back than its age (`schedule.ts`), and Graph must still have what it asks for. */
const RETENTION_MARGIN_SECONDS = 2 * 86_400;
/** An added re-read goes after so many times in a row that found nothing late. */
const IDLE_TIMES = 8;

/** The usual ages, and how deep added ones may go; seconds. */
export interface Depth {
  readonly usual: readonly number[];
  readonly most: number;
}

/** A stream's usual ages, from its configuration, its plugin, or what suits its kind, and its bound. */
export function depthOf({ service, plugin: { cursor } }: Stream): Depth {
  if (cursor.kind === "snapshot") return { usual: [], most: 0 };
  const own = cursor.kind === "update-time" ? UPDATE_REREADS_SECONDS : EVENT_REREADS_SECONDS;
  const usual = service.rereadAfterSeconds ?? cursor.rereadAfterSeconds ?? own;
  const wanted = service.rereadMaxSeconds ?? MOST_TIMES_DEEPER * (usual.at(-1) ?? 0);
  return { usual, most: Math.min(wanted, cursor.retentionDays * 86_400 - RETENTION_MARGIN_SECONDS) };
}

/** The ages in use: the usual ones, and behind them what was added, as many as there are re-reads. */
export function agesFor({ usual, most }: Depth, rereads: number): readonly number[] {
  const ages = [...usual];
  for (let deepest = usual.at(-1) ?? most; ages.length < rereads && deepest < most;) {
    deepest = Math.min(2 * deepest, most);
    ages.push(deepest);
  }
  return ages;
}

/** The ages of a stream that has so many re-reads. */
export function agesOf(stream: Stream, rereads: number): readonly number[] {
  return agesFor(depthOf(stream), rereads);
}

/** What the re-reads of a poll came to. */
export interface RereadsDone {
  /** The deepest found late records. */
  readonly foundDeep: boolean;
  /** Nothing is due any more. */
  readonly inTime: boolean;
  /** Where an added one may begin: whatever is older was delivered too long ago for its key to be known. */
  readonly oldestKnown: Instant;
  readonly now: Instant;
}

/** The re-reads with one more, which goes deeper, with one less, or as they are. */
export function adjustedRereads(
  depth: Depth,
  rereads: readonly Reread[],
  done: RereadsDone,
): readonly Reread[] {
  const { now, oldestKnown } = done;
  const isAdded = rereads.length > depth.usual.length;
  if (isAdded && (rereads.at(-1)!.idle >= IDLE_TIMES || isLate(depth.usual, rereads, now))) {
    return rereads.slice(0, -1);
  }
  const deeper = agesFor(depth, rereads.length + 1)[rereads.length];
  if (deeper === undefined || !done.foundDeep || !done.inTime) return rereads;
  return [...rereads, { readTo: latest(oldestKnown, addSeconds(now, -deeper)), idle: 0 }];
}

function isLate(usual: readonly number[], rereads: readonly Reread[], now: Instant): boolean {
  return lagOf(usual, rereads, now) > spacingOf(usual.at(-1) ?? 0, 0);
}
