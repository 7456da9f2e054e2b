/** Where the lines of one write come from, so that a sink can say later which records it accepted. */
export interface Origin {
  /** Name of the stream; any text that stays the same from run to run. */
  readonly stream: string;
  /**
   * The record keys (`record/keyMaker.ts`) of the lines, one behind the other, `KEY_BYTES` each: one a line and in their
   * order. Lent, as the lines are.
   */
  readonly keys: Uint8Array;
}

/** A file with lines that a receiver will never take. */
export interface DeadLetterFile {
  readonly path: string;
  readonly bytes: number;
}

/** What only a sink knows of its deliveries. */
export interface SinkFigures {
  /** How often lines were sent again. */
  readonly retries: number;
  /** Lines that the other side will never take, and that were kept elsewhere. */
  readonly setAside: number;
  /** The file that holds such lines, those of earlier processes too; `null` while there is none. */
  readonly deadLetters: DeadLetterFile | null;
  /** What waits in files of its own; `null` for a sink without. */
  readonly spool: {
    readonly bytes: number;
    /** What they may hold; `null` for no bound. */
    readonly limitBytes: number | null;
  } | null;
}

/**
 * Where event lines go. `README.md` in this folder says how to write one, and what all of them are held to.
 *
 * A sink that can tell what it accepted, even after a failure or a crash, does so by `accepted`: the engine takes
 * those keys into the seen set before it reads on, and so does not deliver their records again. By `committed` the
 * engine says that the seen set has them durably.
 *
 * A plain object: who counts or watches its lines wraps it by its members.
 */
export interface Sink {
  /**
   * Hands over whole lines; resolves when the sink has accepted all of them, which is when the position may advance.
   * The bytes may be used again after that. Calls from several streams are served one after the other.
   *
   * @param origin left out for lines that are no records, such as heartbeats
   * @throws sink-closed the other side is gone
   * @throws sink-stalled it did not take the lines in time after a stop
   * @throws sink-full, sink-unusable it can take no more
   * @throws the stop's reason, rather than try again after a stop
   *
   * After any of these the sink takes nothing more in this process.
   */
  write(lines: Uint8Array, origin?: Origin): Promise<void>;
  /**
   * So many bytes of lines are worth a write where a write costs something by itself, such as a sync or a request: fewer of
   * a page that is still coming wait for its next piece. @default 0
   */
  readonly worthBytes?: number;
  /** Keys of records that were accepted from `stream` and not committed since; those of an earlier process too. */
  accepted?(stream: string): readonly Uint8Array[];
  /** The seen set has all keys of `stream` that were accepted so far: they need not be remembered any more. */
  committed?(stream: string): void;
  /** How it fared since the process began; may look at the disk. Left out where there is nothing to tell. */
  figures?(): SinkFigures;
  /** Lets go of files, connections and timers. No record may be under way. */
  close(): Promise<void>;
}
