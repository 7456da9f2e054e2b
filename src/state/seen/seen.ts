import type { SeenPlace } from "./place.ts";

/** The durable set of delivered record keys ({@linkcode recordKey}, 16 bytes each). One stream's, one process's. */
export interface SeenSet {
  /** Keys in the set, with those not yet committed. */
  readonly size: number;
  has(key: Uint8Array): boolean;
  /** False when it is there already. In memory at once; durable after {@linkcode SeenSet.commit}. */
  add(key: Uint8Array): boolean;
  /**
   * Makes all keys added since the last commit durable, together.
   *
   * @throws `state-unusable`; the keys stay added and not committed, so that it can be tried again
   */
  commit(): void;
  /** Forgets the keys added since the last commit: the sink did not accept their records. */
  rollback(): void;
  /**
   * Forgets keys by whole segments: those whose newest key was added before `beforeMs` (milliseconds since the epoch).
   * The last segment stays: it may hold the only copy of a position, and the numbers of the segments go on from it.
   *
   * @throws `state-unusable`
   */
  expire(beforeMs: number): void;
  /**
   * Makes the set exactly these keys, durably and at once: after a crash it is the old set or the new.
   * Keys not yet committed are in it only if they are among them. Costs nothing when the set is these keys already.
   * Positions committed before are gone then: the checkpoint must have been saved.
   *
   * @throws `state-unusable`
   */
  replaceWith(keys: Iterable<Uint8Array>): void;
  /** Ends the use of the set; keys not committed are forgotten. */
  close(): void;
}

/** A seen set as its stream's state uses it: it also carries the position, until that is in a file of its own. */
export interface SeenLog extends SeenSet {
  /** Whether the keys are in memory, so that a commit need not read them first. */
  readonly loaded: boolean;
  /**
   * Makes all keys added since the last commit durable, and behind them the position, by one write and one sync.
   * Without new keys nothing is written: an older position is as safe, and polls that bring nothing must not add up.
   *
   * @param position {@linkcode MOST_POSITION_BYTES} of UTF-8 at most
   * @throws `state-unusable`; the keys stay added and not committed, so that it can be tried again
   */
  commit(position?: string): void;
  /** Where the next commit goes. Reads no keys. @throws `state-unusable` */
  end(): SeenPlace;
  /** The last position committed at `place` or behind it; `null` when there is none. Reads only when something is there. @throws `state-unusable` */
  positionSince(place: SeenPlace): string | null;
}

export interface SeenSetOptions {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Told, in one line, of each damage that was repaired while loading. */
  readonly onRepair: (note: string) => void;
  /** Length of the period that shares a segment, and so the grain of expiry. @default 86400 */
  readonly segmentSeconds?: number;
  /** Look only: a process may be writing. Every change is then refused. @default false */
  readonly readOnly?: boolean;
}
