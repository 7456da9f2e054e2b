import type { GraphtapError } from "../errors.ts";
import { compareInstants, type Instant, latest, type Window } from "../instant.ts";
import type { Intake } from "../record/intake.ts";
import { type Job, type Position, type Reread, withJob, withoutJob } from "../state/position.ts";
import type { SeenSet } from "../state/seen/set.ts";
import { commitAccepted, sinkName } from "./accepted.ts";
import { type Backdating, createBackdating } from "./backdating.ts";
import { keysNeeded } from "./keyLife.ts";
import { creditAfterLive, creditAfterReread } from "./late/credit.ts";
import type { Engine, Stream } from "./stream.ts";

/**
 * The position of one poll. It changes here and nowhere else; what changed is durable after a commit.
 * What accept, commit and rollback mean: `accepted.ts`.
 */
export interface PollPosition extends Pick<Backdating, "beginWindow" | "readingBack"> {
  /** As it is now. */
  readonly current: Position;
  /** Everything before `to` was read, but for the backfill. The watermark never moves back. */
  advance(to: Instant): void;
  /** Begins anew at a moment: what was read is not known any more. */
  restart(beganAt: Instant): void;
  /** Leaves a range to the backfill. The re-reads, which it is read for as well, begin anew. */
  openBackfill(range: Window): void;
  /** The oldest range of the backfill was read as far as `to`. */
  advanceBackfill(to: Instant): void;
  /** Drops the keys that are not needed any more, with the position in its file before. @throws state-unusable */
  dropKeys(): void;
  /** When the backfill will have been read, in milliseconds since the epoch; `null` when nobody can tell. */
  expectBackfillEnd(ms: number | null): void;
  /**
   * A page of a window was read, and `link` is where the window goes on, in another process if need be; `null` where a
   * part of it cannot be gone on with.
   */
  interrupt(window: Window, link: string | null): void;
  /** The window is over: nothing is to be resumed, and windows of this width are asked for next. */
  learnWidth(seconds: number): void;
  /** Graph refuses the filters before this one. */
  useFilter(step: number): void;
  /**
   * Graph is asked for a job, or more is known of one: durable when this returns, before anything else is.
   *
   * @throws state-unusable
   */
  noteJob(job: Job): void;
  /** Nothing more is expected of a job. */
  dropJob(job: Job): void;
  /** How far the next live window may reach back. */
  learnOverlap(seconds: number): void;
  /** How far the re-reads have come. */
  markRereads(rereads: readonly Reread[]): void;
  /** Live requests were made, which earn credit for re-reads. */
  earn(liveRequests: number): void;
  /** Requests of a re-read were made. */
  spend(rereadRequests: number): void;
  /**
   * Makes a page's keys and the position durable together: a position without its keys would deliver twice. Of pages
   * without new keys, a few may come together.
   *
   * @throws state-unusable
   */
  commit(): void;
  /** The same, with the position in the file where people look for it, as it must be before keys are dropped. */
  commitInFile(): void;
  /**
   * Ends the poll: commits what there is, with how it went, and drops keys that are not needed any more.
   *
   * @param failure why the stream was not read to its end; `null` when it was
   * @throws state-unusable
   */
  conclude(failure: GraphtapError | null): void;
  /** Ends the poll after the sink has failed: only what the sink says it accepted counts as delivered. */
  rollback(): void;
}

export interface PollPositionOptions {
  readonly stream: Stream;
  readonly engine: Engine;
  /** Milliseconds since the epoch. */
  readonly startedMs: number;
  readonly seen: SeenSet;
  readonly intake: Intake;
}

/** Pages that brought no new key may be read again after a kill: so many at most. */
const MOST_UNSAVED = 3;

/** What a stream that begins anew knows of what was read. */
const NOTHING_READ: Partial<Position> = {
  begunMs: null,
  watermark: null,
  backfill: [],
  backfillEndsMs: null,
  rereads: [],
  interruption: null,
  jobs: [],
};

/** Makes a position durable, and knows how far that has come. */
interface Saver {
  /** More was read than the durable position says. */
  moved(): void;
  commit(): void;
  commitInFile(): void;
  /** Commits only what is new: hundreds of streams may end at once, and the whole program within two seconds. */
  stop(): void;
}

/**
 * @param latestPosition the position to save, as it is at the moment
 * @param dateOfKeys what the new keys are backdated to
 */
function createSaver(
  { stream, engine, seen, intake }: PollPositionOptions,
  latestPosition: () => Position,
  dateOfKeys: () => number | null,
): Saver {
  const { state } = stream;
  /** Records received when keys were last committed. */
  let committedRecords = 0;
  let isBehind = false;
  /** Commits since the durable position was left behind. */
  let unsaved = 0;

  /** @param save tells whether the position is durable */
  function commitBy(save: (position: Position) => boolean): void {
    seen.date(dateOfKeys());
    isBehind = !save(latestPosition()) && isBehind;
    unsaved = isBehind ? unsaved + 1 : 0;
    committedRecords = intake.received;
    engine.sink.committed?.(sinkName(stream));
  }
  function commitInFile(): void {
    commitBy((position) => {
      state.commitInFile(position);
      return true;
    });
  }
  function commit(): void {
    commitBy(state.commit);
    if (unsaved >= MOST_UNSAVED) commitInFile();
  }
  return {
    moved: () => void (isBehind = true),
    commit,
    commitInFile,
    stop() {
      if (committedRecords < intake.received) commit();
      if (isBehind) commitInFile();
    },
  };
}

/** A poll's position, which goes on from `saved`. */
export function createPollPosition(saved: Position, options: PollPositionOptions): PollPosition {
  const { stream, engine, seen, intake } = options;
  let current = saved;
  const { date, ...backdating } = createBackdating(stream);
  const saver = createSaver(options, () => {
    change({ newest: intake.newest ?? current.newest, lastPollEndedMs: engine.clock.now() });
    return current;
  }, date);

  function change(changes: Partial<Position>): void {
    current = { ...current, ...changes };
  }
  function move(changes: Partial<Position>): void {
    change(changes);
    saver.moved();
  }
  function dropKeys(): void {
    saver.commitInFile();
    seen.expire(neededKeys(options, current));
  }
  return {
    ...backdating,
    ...backfillVerbs(() => current, change, move),
    ...jobVerbs(stream, () => current.jobs, (jobs) => move({ jobs })),
    get current() {
      return current;
    },
    advance(to) {
      move({ watermark: current.watermark === null ? to : latest(current.watermark, to) });
    },
    restart: (beganAt) => move({ ...NOTHING_READ, beganAt }),
    interrupt: (window, link) => move({ interruption: { window, link } }),
    learnWidth: (windowSeconds) => move({ interruption: null, windowSeconds }),
    useFilter: (step) => move({ interruption: null, filter: { step, sinceMs: engine.clock.now() } }),
    learnOverlap: (overlapSeconds) => change({ overlapSeconds }),
    markRereads: (rereads) => move({ rereads }),
    earn(liveRequests) {
      change({ rereadCredit: creditAfterLive(current.rereadCredit, liveRequests) });
    },
    spend(rereadRequests) {
      change({ rereadCredit: creditAfterReread(current.rereadCredit, rereadRequests) });
    },
    commit: saver.commit,
    commitInFile: saver.commitInFile,
    dropKeys: () => seen.mayExpire(neededKeys(options, current)) && dropKeys(),
    conclude(failure) {
      change({
        records: current.records + intake.received - intake.duplicates,
        duplicates: current.duplicates + intake.duplicates,
        lastSuccessMs: failure === null ? engine.clock.now() : current.lastSuccessMs,
        lastError: failure?.kind.isFault ? failure.code : null,
      });
      if (failure?.kind.isFault === false) return saver.stop();
      // The keys of a snapshot are those of the records it holds, however old.
      if (stream.plugin.cursor.kind === "snapshot") saver.commitInFile();
      else dropKeys();
    },
    rollback() {
      seen.rollback();
      commitAccepted(stream, engine.sink);
    },
  };
}

function neededKeys(
  { stream: { plugin: { cursor }, state }, startedMs }: PollPositionOptions,
  position: Position,
) {
  const overlap = cursor.kind === "snapshot" ? 0 : cursor.overlapSeconds;
  return keysNeeded(position, state.gaps().list(), startedMs, overlap);
}

function backfillVerbs(
  current: () => Position,
  change: (changes: Partial<Position>) => void,
  move: (changes: Partial<Position>) => void,
): Pick<PollPosition, "openBackfill" | "advanceBackfill" | "expectBackfillEnd"> {
  return {
    openBackfill(range) {
      const { backfill, backfilledTo } = current();
      move({
        backfill: [...backfill, range],
        backfilledTo: latest(backfilledTo ?? range.to, range.to),
        rereads: [],
      });
    },
    advanceBackfill: (to) => move({ backfill: remaining(current().backfill, to) }),
    expectBackfillEnd: (backfillEndsMs) => change({ backfillEndsMs }),
  };
}

function jobVerbs(
  { state }: Stream,
  known: () => readonly Job[],
  keep: (jobs: readonly Job[]) => void,
): Pick<PollPosition, "noteJob" | "dropJob"> {
  return {
    noteJob(job) {
      keep(withJob(known(), job));
      state.noteJob(job);
    },
    dropJob: (job) => keep(withoutJob(known(), job)),
  };
}

/** The ranges after their first was read as far as `to`. */
function remaining([first, ...others]: readonly Window[], to: Instant): readonly Window[] {
  if (first === undefined) return [];
  return compareInstants(to, first.to) >= 0 ? others : [{ from: to, to: first.to }, ...others];
}
