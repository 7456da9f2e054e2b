/** Polls the streams of a tap, for as long as each is there. */
import { type PlanStream, type PollStream, startPolling } from "../tap/scheduler.ts";
import type { Engine, Stream } from "../tap/stream.ts";
import type { RunningWork } from "./reload.ts";
import { watchSecrets } from "./secretWatch.ts";
import { type SourcedStream, type StreamWork, together } from "./streams.ts";
import type { Tap } from "./tap.ts";

/** Who follows the streams that are polled. */
export interface PollFollower {
  readonly poll: PollStream;
  readonly plan: PlanStream;
  /** Follows these from now on, before they are polled. */
  readonly goOn: (streams: readonly Stream[]) => void;
  /** @default nothing is to be waited for */
  readonly leave?: StreamWork["leave"];
  /** @default nothing is held back */
  readonly settled?: (stream: SourcedStream) => Promise<void>;
}

/**
 * @param engine the tap's, or one that counts
 * @param polls whether streams are polled, and not only followed @default true
 */
export function polledBy(tap: Tap, engine: Engine, follower: PollFollower, polls = true): RunningWork {
  const nothing = () => Promise.resolve();
  const polling = startPolling(engine, tap.stop, follower.poll, follower.plan);
  const work = together(
    { leave: follower.leave ?? nothing, goOn: follower.goOn, settled: follower.settled ?? nothing },
    watchSecrets(engine.clock, tap.stop.signal),
    { leave: polling.remove, goOn: polls ? polling.add : () => {}, settled: nothing },
  );
  work.goOn(tap.streams);
  return { ...work, ended: polling.ended };
}
