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
import { type Appender, createAppender } from "./append.ts";
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
  size(): number;
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
  isLoaded(): boolean;
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

/**
 * Opens the seen set in the folder `dir`, which need not exist. Nothing is read before the first use, and nothing is made
 * for keys before there are some: of a thousand streams most have nothing new for long.
 */
export function openSeenSet(dir: string, options: SeenSetOptions): SeenLog {
  const { readOnly = false, fence = noFence, tables = createTables(), now } = options;
  const { ifUsed, mustBeOpen, mustBeChangeable, used, toChange, close } = openWhenUsed(dir, {
    ...options,
    readOnly,
    fence,
    tables,
  });
  const ifLoaded = () => ifUsed()?.ifLoaded();
  const isNoneNew = () => (ifUsed()?.pending.count() ?? 0) === 0;
  const mayExpire = (needed: KeysNeeded) => mayExpireIn(ifLoaded(), dir, needed);
  return {
    size() {
      mustBeOpen();
      return readOnly && ifLoaded() === undefined ? countSeen(dir) : used().contents().keys.size;
    },
    isLoaded: () => ifLoaded() !== undefined,
    has: (key) => used().contents().keys.has(key),
    add: (key) => toChange().add(key),
    addAll: (keys, count, fresh) => toChange().addAll(keys, count, fresh),
    commit(position) {
      if (isNoneNew()) return false;
      toChange().commit(position);
      return true;
    },
    end() {
      const last = ifLoaded()?.segments.at(-1);
      return last === undefined ? endOfFiles(dir) : { segment: last.number, bytes: last.soundBytes };
    },
    positionSince(place) {
      mustBeOpen();
      if (!isBefore(place, endOfFiles(dir))) return null;
      const position = readOnly ? readPosition(dir) : used().contents().position;
      return position === null || isBefore(position, place) ? null : position.text;
    },
    date(untilMs) {
      const memory = ifUsed();
      memory?.dates.say(memory.pending.count(), untilMs);
    },
    rollback() {
      if (!isNoneNew()) toChange().rollback();
    },
    mayExpire,
    expire(needed) {
      mustBeChangeable();
      if (!mayExpire(needed)) return;
      const { contents, appender, unload } = toChange();
      const old = expiredSegments(contents().segments, needed);
      if (old.length === 0) return;
      appender.close(old);
      unload();
      fence.check();
      removeSegments(dir, old);
    },
    replaceWith(keys) {
      const { contents, appender, rollback, load } = toChange();
      const before = contents();
      rollback();
      const selected = selectKeys(keys, before.keys);
      if (selected === null) return;
      appender.close();
      load(() => replaceSegments(dir, before.nextNumber, selected, now, fence));
    },
    close,
  };
}

function mayExpireIn(loaded: SeenContents | undefined, dir: string, needed: KeysNeeded): boolean {
  return loaded === undefined
    ? mayExpireByNames(dir, needed)
    : expiredSegments(loaded.segments, needed).length > 0;
}

/** The memory of a set, which is there from its first use on. */
interface WhenUsed {
  ifUsed(): Memory | undefined;
  /** @throws bug when it is closed */
  used(): Memory;
  /** The same, to be changed. @throws bug when it is closed, or open for reading only */
  toChange(): Memory;
  /** @throws bug */
  mustBeOpen(): void;
  /** @throws bug */
  mustBeChangeable(): void;
  close(): void;
}

function openWhenUsed(dir: string, options: SeenFilesOptions): WhenUsed {
  let memory: Memory | undefined;
  let closed = false;

  const mustBeOpen = () => refuse(closed, "is closed");
  function mustBeChangeable(): void {
    refuse(options.readOnly, "is open for reading only");
    mustBeOpen();
  }
  function used(): Memory {
    mustBeOpen();
    return memory ??= openMemory(dir, options);
  }
  return {
    ifUsed: () => memory,
    used,
    mustBeOpen,
    mustBeChangeable,
    toChange() {
      mustBeChangeable();
      return used();
    },
    close() {
      closed = true;
      memory?.unload();
      memory?.appender.close();
    },
  };
}

/** What is held of a set that is used. */
interface Memory {
  /** Keys added since the last commit. */
  readonly pending: KeyList;
  readonly dates: KeyDates;
  readonly appender: Appender;
  /** What the files hold, with the pending keys; read when it is not there. @throws `state-unusable` */
  contents(): SeenContents;
  ifLoaded(): SeenContents | undefined;
  readonly add: SeenSet["add"];
  readonly addAll: SeenSet["addAll"];
  /** Makes the pending keys durable, and the position behind them. @throws `state-unusable` */
  commit(position: string | undefined): void;
  /** Makes it what `replace` gives; where that throws, only the disk knows what the set is. */
  load(replace: () => SeenContents): void;
  /** From here on only the disk knows what the set is; the pending keys stay. */
  unload(): void;
  /** Forgets the pending keys. @throws `state-unusable` */
  rollback(): void;
}

function openMemory(dir: string, options: SeenFilesOptions): Memory {
  const pending = createKeyList();
  const dates = createKeyDates();
  const appender = createAppender(dir, options.now, options.fence);
  let loaded: SeenContents | undefined;

  function contents(): SeenContents {
    if (loaded !== undefined) return loaded;
    const { keys } = loaded = loadSeen(dir, options);
    eachKey(pending, keys.add);
    return loaded;
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
    appender,
    contents,
    ifLoaded: () => loaded,
    add(key) {
      const { keys } = contents();
      if (!keys.add(key)) return false;
      pending.append(keys.held);
      return true;
    },
    addAll(keys, count, fresh) {
      const found = contents().keys.addAll(keys, count, fresh);
      pending.appendSome(keys, fresh, found);
      return found;
    },
    commit(position) {
      appender.append(contents(), dates.cut(pending.bytes()), position);
      noneWaits();
    },
    load(replace) {
      unload();
      loaded = replace();
    },
    unload,
    rollback() {
      if (pending.count() === 0) return;
      eachKey(pending, contents().keys.remove);
      noneWaits();
    },
  };
}

function refuse(when: boolean, why: string): void {
  if (when) throw new GraphtapError("bug", `The seen set ${why}`);
}
