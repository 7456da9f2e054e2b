/** Where the lines of one write come from, so that a sink can say later which records it accepted. */
export interface Origin {
  /** Name of the stream; any text that stays the same from run to run. */
  readonly stream: string;
  /** The record keys (`state/key.ts`) of the lines, one a line and in their order. Made when asked for, which costs. */
  readonly keys: readonly Uint8Array[];
}

/**
 * Where event lines go.
 *
 * A sink that can tell what it accepted, even after a failure or a crash, does so by `accepted`: the engine takes
 * those keys into the seen set before it reads on, and so does not deliver their records again. It says by `committed`
 * that the seen set has them durably.
 */
export interface Sink {
  /**
   * Hands over whole lines; resolves when the sink has accepted all of them, which is when the position may advance.
   * The bytes may be reused afterwards. Calls from several streams are served one after the other.
   *
   * @param origin left out for lines that are no records, such as heartbeats
   * @throws sink-closed the other side is gone
   * @throws sink-full, sink-unusable it can take no more, and will not in this process
   * @throws the stop's reason, when it was told to stop before the lines were accepted
   */
  write(lines: Uint8Array, origin?: Origin): Promise<void>;
  /** Keys of records that were accepted from `stream` and not committed since; those of an earlier process too. */
  accepted?(stream: string): readonly Uint8Array[];
  /** The seen set has all keys of `stream` that were accepted so far: they need not be remembered any more. */
  committed?(stream: string): void;
  /** Lets go of files and connections. No write may be under way. */
  close(): Promise<void>;
}
