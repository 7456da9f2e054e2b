import type { Clock } from "../../clock.ts";
import { asGraphtapError, type ErrorCode, type GraphtapError } from "../../errors.ts";
import { secondsIn } from "../../instant.ts";
import type { Gap } from "../../state/gap.ts";
import type { Lost } from "../../state/lost.ts";
import type { Position } from "../../state/position.ts";
import type { StreamState } from "../../state/state.ts";
import type { Stream } from "../../tap/stream.ts";
import { createMinutes, type Minutes } from "./minutes.ts";
import { type Wait, watchWaits } from "./waits.ts";

/**
 * What is known of a stream since it is followed, most often since the process began. Everything that tells how a stream is doing is made of it, and only
 * of it: `status.ts` for page, `/v1/status` and `/readyz`, `metrics.ts`. Counted where it happens, judged elsewhere.
 */
export interface Figures {
  /** Since when the stream is followed; milliseconds since the epoch. */
  readonly followedMs: number;
  /** The position on disk. */
  position: Position | null;
  /** Graph has answered a request: the input had a token, and it was good. */
  answered: boolean;
  polling: boolean;
  requests: number;
  readonly requestErrors: Map<ErrorCode, number>;
  /** Records that a sink has accepted, or a client confirmed: all, and by the minute; and records met again. */
  sent: number;
  readonly minutes: Minutes;
  duplicates: number;
  /** Records among those delivered that only a re-read found. */
  late: number;
  /** How old the oldest of the last that a re-read found was then, in seconds; `null` before the first. */
  lateBySeconds: number | null;
  /** What is in the gap ledger, the oldest first. */
  gaps: readonly Gap[];
  /** What is lost for good and nobody has taken note of; looked up again when a poll begins. */
  lost: readonly Lost[];
  pollsOk: number;
  readonly pollErrors: Map<ErrorCode, number>;
  /** Seconds of older time that were to be read when there were most of them; 0 when nothing is left. */
  backfillSeconds: number;
  /** Why the last finished poll failed; `null` when it did not. */
  error: GraphtapError | null;
  /** What the last request failed with; `null` when Graph answered it, or between polls. */
  trouble: GraphtapError | null;
  /** Since when polls, or requests, have failed; milliseconds since the epoch, `null` when the last did not. */
  failingSinceMs: number | null;
  /** Milliseconds since the epoch; `null` before the first. */
  lastStartedMs: number | null;
  lastEndedMs: number | null;
  lastSuccessMs: number | null;
  /** What the request under way waits for; `null` where none is. */
  wait: Wait | null;
  /** When it is polled next; milliseconds since the epoch, `null` during a poll and where nobody knows. */
  nextPollMs: number | null;
}

/** The figures of a stream that this process has not read yet. @param nowMs milliseconds since the epoch */
export function createFigures(state: StreamState, nowMs: number): Figures {
  const position = state.loadPosition();
  return {
    followedMs: nowMs,
    position,
    answered: false,
    polling: false,
    requests: 0,
    requestErrors: new Map(),
    sent: 0,
    minutes: createMinutes(),
    duplicates: 0,
    late: 0,
    lateBySeconds: null,
    gaps: state.gaps().list(),
    lost: state.lost().list(),
    pollsOk: 0,
    pollErrors: new Map(),
    backfillSeconds: position === null ? 0 : secondsIn(position.backfill),
    error: null,
    trouble: null,
    failingSinceMs: null,
    lastStartedMs: null,
    lastEndedMs: null,
    lastSuccessMs: null,
    wait: null,
    nextPollMs: null,
  };
}

/** The same of a stream whose settings have changed: what was counted stays, and its failures were of the settings before. */
export function judgedAnew(figures: Figures): Figures {
  return Object.assign(figures, {
    answered: false,
    error: null,
    trouble: null,
    failingSinceMs: null,
    wait: null,
    nextPollMs: null,
  });
}

/** The same stream, whose requests and positions are counted on their way. */
export function observe(stream: Stream, figures: Figures, clock: Pick<Clock, "now">): Stream {
  const { now } = clock;
  const waiting = watchWaits(stream, clock, (wait) => figures.wait = wait);
  return {
    ...waiting,
    graph: {
      async ask(...request) {
        figures.requests++;
        try {
          const response = await waiting.graph.ask(...request);
          figures.answered = true;
          noteTrouble(figures, null, now());
          return response;
        } catch (thrown) {
          const error = asGraphtapError(thrown);
          count(figures.requestErrors, error.code);
          if (error.kind.isFault) noteTrouble(figures, error, now());
          throw thrown;
        }
      },
    },
    state: observeState(stream.state, figures),
  };
}

/** The totals in a position are of whole polls, and of those that were broken off too. */
function observeState(state: StreamState, figures: Figures): StreamState {
  function note(position: Position): void {
    figures.duplicates += position.duplicates - (figures.position?.duplicates ?? 0);
    figures.position = position;
    const left = secondsIn(position.backfill);
    figures.backfillSeconds = left === 0 ? 0 : Math.max(left, figures.backfillSeconds);
  }
  return {
    dir: state.dir,
    loadPosition() {
      figures.lost = state.lost().list();
      return figures.position = state.loadPosition();
    },
    hasLostPosition: () => state.hasLostPosition(),
    isElsewhere: () => state.isElsewhere(),
    begin(position) {
      state.begin(position);
      note(position);
    },
    commit(position) {
      const isDurable = state.commit(position);
      note(position);
      return isDurable;
    },
    commitInFile(position) {
      state.commitInFile(position);
      note(position);
    },
    noteJob: (job) => state.noteJob(job),
    seen: () => state.seen(),
    gaps: () => ({
      list: () => state.gaps().list(),
      save(gaps) {
        state.gaps().save(gaps);
        figures.gaps = [...gaps];
      },
    }),
    lost: () => ({
      ...state.lost(),
      save(lost) {
        state.lost().save(lost);
        figures.lost = [...lost];
      },
    }),
    inventory: () => state.inventory(),
    reset() {
      state.reset();
      figures.position = null;
      figures.gaps = [];
      figures.lost = [];
    },
  };
}

/** A request failed, or was answered. */
function noteTrouble(figures: Figures, trouble: GraphtapError | null, nowMs: number): void {
  figures.trouble = trouble;
  if (trouble !== null) figures.failingSinceMs ??= nowMs;
  else if (figures.error === null) figures.failingSinceMs = null;
}

/** A poll came to its end, with this failure or without one. */
export function noteEnd(figures: Figures, error: GraphtapError | null, nowMs: number): void {
  figures.trouble = null;
  figures.error = error;
  if (error === null) {
    figures.pollsOk++;
    figures.lastSuccessMs = nowMs;
    figures.failingSinceMs = null;
  } else {
    count(figures.pollErrors, error.code);
    figures.failingSinceMs ??= nowMs;
  }
}

/** So many records were accepted. */
export function noteSent(figures: Figures, records: number, nowMs: number): void {
  figures.sent += records;
  figures.minutes.add(records, nowMs);
}

function count(counts: Map<ErrorCode, number>, code: ErrorCode): void {
  counts.set(code, (counts.get(code) ?? 0) + 1);
}
