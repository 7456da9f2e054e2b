import { asGraphtapError, type ErrorCode, type GraphtapError } from "../../errors.ts";
import type { Gap } from "../../state/gap.ts";
import type { Position } from "../../state/position.ts";
import type { StreamState } from "../../state/state.ts";
import type { Stream } from "../../tap/stream.ts";

/** What is known of a stream since the process began; the server's pages are made of it, and only of it. */
export interface Figures {
  /** The position on disk. */
  position: Position | null;
  /** Graph has answered a request: the input had a token, and it was good. */
  answered: boolean;
  polling: boolean;
  requests: number;
  readonly requestErrors: Map<ErrorCode, number>;
  /** Records that a sink has accepted, or a client confirmed; and records met again. */
  sent: number;
  duplicates: number;
  /** Records among those delivered that only a re-read found. */
  late: number;
  /** How old the oldest of the last that a re-read found was then, in seconds; `null` before the first. */
  lateBySeconds: number | null;
  /** What is in the gap ledger, the oldest first. */
  gaps: readonly Gap[];
  pollsOk: number;
  readonly pollErrors: Map<ErrorCode, number>;
  /** Why the last finished poll failed; `null` when it did not. */
  error: GraphtapError | null;
  /** Milliseconds since the epoch; `null` before the first. */
  lastStartedMs: number | null;
  lastEndedMs: number | null;
  lastSuccessMs: number | null;
}

/** The figures of a stream that this process has not read yet. */
export function createFigures(state: StreamState): Figures {
  return {
    position: state.loadPosition(),
    answered: false,
    polling: false,
    requests: 0,
    requestErrors: new Map(),
    sent: 0,
    duplicates: 0,
    late: 0,
    lateBySeconds: null,
    gaps: state.gaps().list(),
    pollsOk: 0,
    pollErrors: new Map(),
    error: null,
    lastStartedMs: null,
    lastEndedMs: null,
    lastSuccessMs: null,
  };
}

/** The same stream, whose requests and positions are counted on their way. */
export function observe(stream: Stream, figures: Figures): Stream {
  return {
    ...stream,
    graph: {
      async get(...request) {
        figures.requests++;
        try {
          const response = await stream.graph.get(...request);
          figures.answered = true;
          return response;
        } catch (thrown) {
          count(figures.requestErrors, asGraphtapError(thrown).code);
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
  }
  return {
    dir: state.dir,
    loadPosition: () => figures.position = state.loadPosition(),
    hasLostPosition: () => state.hasLostPosition(),
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
    seen: () => state.seen(),
    gaps: () => ({
      list: () => state.gaps().list(),
      save(gaps) {
        state.gaps().save(gaps);
        figures.gaps = [...gaps];
      },
    }),
    inventory: () => state.inventory(),
    reset() {
      state.reset();
      figures.position = null;
      figures.gaps = [];
    },
  };
}

export function count(counts: Map<ErrorCode, number>, code: ErrorCode): void {
  counts.set(code, (counts.get(code) ?? 0) + 1);
}
