/** What a program that imports graphtap opens. */
import type { PendingEvent } from "./event.ts";
import type { StreamChoice, StreamReport } from "./options.ts";

/** A stream, as a configuration calls it. */
export interface StreamName {
  /** Key below `inputs`. */
  readonly input: string;
  /** Name of the service. */
  readonly service: string;
}

/** What is known of a tap that is open. */
export interface TapFacts {
  /** Its streams: each service of each input that the configuration enables. */
  readonly streams: readonly StreamName[];
  /** The folder for positions; absolute. */
  readonly stateDir: string;
}

/** A tap that delivers to a sink. One pull or run is under way at a time. */
export interface Tap extends TapFacts {
  /**
   * Polls each stream once. A stream that fails does not end the others: its error is in its report.
   *
   * @returns a report for each stream that was meant
   * @throws GraphtapError what concerns more than one stream: `state-unusable`, `sink-unusable`; `stopped`; `usage`
   */
  pull(choice?: StreamChoice): Promise<readonly StreamReport[]>;
  /**
   * Polls each stream at its period, until the tap is closed or its signal is aborted. A stream that fails is polled
   * again at its next period, and told by `onPoll` and the log.
   *
   * @throws GraphtapError as `pull`, but for `stopped`
   */
  run(choice?: StreamChoice): Promise<void>;
  /** Ends what is under way, with all positions in order, and lets go of everything. */
  close(): Promise<void>;
}

/**
 * A tap whose events are read by a loop. One loop is under way at a time.
 *
 * An event counts as accepted, and does not come again, when the next one is asked for or by its `accept`. Until then
 * nothing more is read than one piece of a page of each stream. Whoever breaks off, or ends by an error, gets what was
 * not accepted at the next pull, also in another process.
 */
export interface EventTap extends TapFacts {
  /**
   * Polls each stream once and ends. Nothing begins before the first event is asked for.
   *
   * @throws GraphtapError in the end, when a stream could not be read; all that could has been given by then
   */
  pull(choice?: StreamChoice): AsyncGenerator<PendingEvent, void, void>;
  /**
   * Polls each stream at its period, until the tap is closed, its signal is aborted, or the loop is left.
   *
   * @throws GraphtapError what concerns more than one stream
   */
  run(choice?: StreamChoice): AsyncGenerator<PendingEvent, void, void>;
  /** Ends what is under way, with all positions in order, and lets go of everything. */
  close(): Promise<void>;
}
