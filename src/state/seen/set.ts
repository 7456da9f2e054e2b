/**
 * The seen set: the keys of the records that a stream delivered, so that what is read again leaves once. Windows are
 * read again for late records, and pages after a crash or a failure, so every record passes here. There may be millions
 * of keys: one costs some 24 bytes of memory, and no object of its own.
 *
 * ```text
 * set.ts      the set as its stream uses it; nothing is read before a key is asked for
 *   memory.ts   keys as bytes        table.ts  the same as words in flat memory     keys.ts  those not yet committed
 *   files.ts    reads all segments, repairs them      segment.ts  reads one         place.ts  how far the set has come
 *   append.ts   writes a commit      frames.ts  what it consists of      dates.ts  from when its keys count
 *   forget.ts   which keys can be dropped, and why     segmentNames.ts  names, order, periods
 * ```
 *
 * On the disk it is a folder of segments, one for each day (UTC) on which keys were added:
 * `00000007-20261122T000000Z.seen`. Keys of a backfill, whose life is shorter, are in segments of their own, one for six
 * hours of the time that is read: `00000008-20261101T060001Z.seen`. Numbers count up over the life of the set, and give
 * the order. A segment is a header (`segment.ts`) and, behind each other, the frames of its commits (`frames.ts`): keys,
 * then the position that was committed with them, which is always in the last segment. A name with `-all` holds the
 * whole set: segments with smaller numbers do not count any more.
 *
 * A commit is durable when it returns: one write at the end of the last segment and one `fdatasync`; a new segment's
 * folder is synced, too. Every frame has a checksum, and a segment counts up to its first frame that is not whole. What
 * a crash left half written is cut off when the set is loaded; the records of the keys that were there are delivered
 * again. A position is written behind its keys, so it is never found without them. Keys expire by whole segments; the set is
 * replaced by one segment under a new number, put there by a rename.
 */
import { GraphtapError } from "../../errors.ts";
import { type Fence, noFence } from "../../files/hold.ts";
import { createAppender } from "./append.ts";
import { createKeyDates, type KeyDates } from "./dates.ts";
import { countSeen, loadSeen, readPosition, type SeenContents, type SeenFilesOptions } from "./files.ts";
import {
  expiredSegments,
  type KeysNeeded,
  mayExpireByNames,
  removeSegments,
  replaceSegments,
  selectKeys,
} from "./forget.ts";
import { createKeyList, eachKey, type KeyList } from "./keys.ts";
import { endOfFiles, isBefore, type SeenPlace } from "./place.ts";
import { createTables, type KeyTables } from "./table.ts";

/** The durable set of delivered record keys, {@linkcode KEY_BYTES} each. One stream's, one process's. */
export interface SeenSet {
  /** Keys in the set, with those not yet committed. */
  readonly size: number;
  has(key: Uint8Array): boolean;
  /** False when it is there already. In memory at once; durable after {@linkcode SeenSet.commit}. */
  add(key: Uint8Array): boolean;
  /**
   * Adds the first `count` keys of `keys`, four words each, in the byte order of the host.
   *
   * @param fresh is given the numbers of those that were not there
   * @returns how many those are
   */
  addAll(keys: Int32Array, count: number, fresh: Int32Array): number;
  /**
   * Says of the keys that were added since it was said last that their records are of no later time than `untilMs`
   * (milliseconds since the epoch), and are not asked for again once what lies before is read: then they may be dropped
   * so much earlier (`forget.ts`). `null`, and nothing said before the commit, means that they live from now.
   */
  date(untilMs: number | null): void;
  /**
   * Makes all keys added since the last commit durable, together.
   *
   * @throws `state-unusable`; the keys stay added and not committed, so that it can be tried again
   */
  commit(): void;
  /** Forgets the keys added since the last commit: the sink did not accept their records. */
  rollback(): void;
  /** Whether {@linkcode SeenSet.expire} may find something to forget. Reads no keys. @throws `state-unusable` */
  mayExpire(needed: KeysNeeded): boolean;
  /**
   * Forgets keys that are not needed any more, by whole segments. The last segment stays: it may hold the only copy of a
   * position, and the numbers of the segments go on from it.
   *
   * @throws `state-unusable`
   */
  expire(needed: KeysNeeded): void;
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
   * @returns whether anything was written
   * @throws `state-unusable`; the keys stay added and not committed, so that it can be tried again
   */
  commit(position?: string): boolean;
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
  /** Look only: a process may be writing. Every change is then refused. @default false */
  readonly readOnly?: boolean;
  /** Lets only the process write that the set is of. @default nobody can lose it */
  readonly fence?: Fence;
  /** @default its own */
  readonly tables?: KeyTables;
}

/** Opens the seen set in the folder `dir`, which need not exist. Nothing is read before the first use. */
export function openSeenSet(dir: string, options: SeenSetOptions): SeenLog {
  const { readOnly = false, fence = noFence, tables = createTables() } = options;
  const memory = openMemory(dir, { ...options, readOnly, fence, tables });
  const { pending, dates } = memory;
  const appender = createAppender(dir, options.now, fence);
  const mayExpire = (needed: KeysNeeded) => mayExpireIn(memory.ifLoaded(), dir, needed);
  return {
    get size() {
      memory.mustBeOpen();
      return readOnly && memory.ifLoaded() === undefined ? countSeen(dir) : memory.contents().keys.size;
    },
    get loaded() {
      return memory.ifLoaded() !== undefined;
    },
    has: (key) => memory.contents().keys.has(key),
    add(key) {
      const { keys } = memory.toChange();
      if (!keys.add(key)) return false;
      pending.append(keys.held);
      return true;
    },
    addAll(keys, count, fresh) {
      const found = memory.toChange().keys.addAll(keys, count, fresh);
      pending.appendSome(keys, fresh, found);
      return found;
    },
    commit(position) {
      if (pending.count === 0) return false;
      appender.append(memory.toChange(), dates.cut(pending.bytes()), position);
      memory.noneWaits();
      return true;
    },
    end() {
      const last = memory.ifLoaded()?.segments.at(-1);
      return last === undefined ? endOfFiles(dir) : { segment: last.number, bytes: last.soundBytes };
    },
    positionSince(place) {
      memory.mustBeOpen();
      if (!isBefore(place, endOfFiles(dir))) return null;
      const position = readOnly ? readPosition(dir) : memory.contents().position;
      return position === null || isBefore(position, place) ? null : position.text;
    },
    date: (untilMs) => dates.say(pending.count, untilMs),
    rollback: memory.rollback,
    mayExpire,
    expire(needed) {
      memory.mustBeChangeable();
      if (!mayExpire(needed)) return;
      const old = expiredSegments(memory.toChange().segments, needed);
      if (old.length === 0) return;
      appender.close(old);
      memory.unload();
      fence.check();
      removeSegments(dir, old);
    },
    replaceWith(keys) {
      const before = memory.toChange();
      memory.rollback();
      const selected = selectKeys(keys, before.keys);
      if (selected === null) return;
      appender.close();
      memory.unload();
      memory.load(replaceSegments(dir, before.nextNumber, selected, options.now, fence));
    },
    close() {
      memory.close();
      appender.close();
    },
  };
}

function mayExpireIn(loaded: SeenContents | undefined, dir: string, needed: KeysNeeded): boolean {
  return loaded === undefined
    ? mayExpireByNames(dir, needed)
    : expiredSegments(loaded.segments, needed).length > 0;
}

/** What of a set is in memory. */
interface Memory {
  /** Keys added since the last commit. */
  readonly pending: KeyList;
  readonly dates: KeyDates;
  /** What the files hold, with the pending keys; read when it is not there. @throws `state-unusable` */
  contents(): SeenContents;
  /** The same, to be changed. @throws `state-unusable` */
  toChange(): SeenContents;
  ifLoaded(): SeenContents | undefined;
  load(contents: SeenContents): void;
  /** From here on only the disk knows what the set is; the pending keys stay. */
  unload(): void;
  /** The pending keys are durable. */
  noneWaits(): void;
  /** Forgets the pending keys. */
  rollback(): void;
  mustBeOpen(): void;
  mustBeChangeable(): void;
  /** Unloads it for good. */
  close(): void;
}

function openMemory(dir: string, options: SeenFilesOptions): Memory {
  const pending = createKeyList();
  const dates = createKeyDates();
  let loaded: SeenContents | undefined;
  let closed = false;

  const mustBeOpen = () => refuse(closed, "is closed");
  function mustBeChangeable(): void {
    refuse(options.readOnly, "is open for reading only");
    mustBeOpen();
  }
  function contents(): SeenContents {
    mustBeOpen();
    if (loaded !== undefined) return loaded;
    const { keys } = loaded = loadSeen(dir, options);
    eachKey(pending, keys.add);
    return loaded;
  }
  function toChange(): SeenContents {
    mustBeChangeable();
    return contents();
  }
  function unload(): void {
    loaded = undefined;
  }
  function noneWaits(): void {
    pending.clear();
    dates.clear();
  }
  return {
    pending,
    dates,
    contents,
    toChange,
    ifLoaded: () => loaded,
    load: (contents) => void (loaded = contents),
    unload,
    noneWaits,
    rollback() {
      if (pending.count === 0) return;
      eachKey(pending, toChange().keys.remove);
      noneWaits();
    },
    mustBeOpen,
    mustBeChangeable,
    close() {
      closed = true;
      unload();
    },
  };
}

function refuse(when: boolean, why: string): void {
  if (when) throw new GraphtapError("bug", `The seen set ${why}`);
}
