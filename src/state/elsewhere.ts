/**
 * Which streams do not go on in this folder, for their position is in another one, or may be: a file in the state folder.
 *
 * A folder remembers as which shard it was used last; one without the file was the only one, "0/1". When it becomes
 * another shard, the streams that have no position in it wait, since another shard may have it; so does a stream that was
 * moved out of it. Streams that come later have no position anywhere, and begin. `state import` and adopting end the wait.
 */
import { statSync } from "node:fs";
import { join } from "node:path";
import { readFileIfAny, replaceFile, setAside } from "../files/durable.ts";
import { attempt } from "../files/failure.ts";
import { isIntact, withChecksum } from "./checksum.ts";
import type { StreamAddress } from "./streamFolders.ts";

// Names with a leading dot are no input's.
const FILE = ".elsewhere.json";

/** What a folder is of a process that is alone, with all inputs. */
export const ONLY_SHARD = "0/1";

/** The streams of a folder whose position is elsewhere. */
export interface Elsewhere {
  /** Whether a stream waits for its position. Another process may have ended that a moment ago. @throws `state-unusable` */
  has(address: StreamAddress): boolean;
  /** All of them. @throws `state-unusable` */
  list(): readonly StreamAddress[];
  /**
   * Notes as which shard the folder is used from here on, such as "0/4".
   *
   * @param without gives the shard's streams that have no position here: they wait, where it was another one before
   * @throws `state-unusable`
   */
  becomes(shard: string, without: () => readonly StreamAddress[]): void;
  /** Lets streams wait that were moved away. @throws `state-unusable` */
  add(addresses: readonly StreamAddress[]): void;
  /** Ends the wait of streams; safe beside the process that has the folder. @throws `state-unusable` */
  remove(addresses: readonly StreamAddress[]): void;
}

interface Content {
  readonly shard: string;
  /** By {@linkcode keyOf}. */
  readonly waiting: ReadonlyMap<string, StreamAddress>;
}

/** How {@linkcode Elsewhere} uses its folder. */
export interface ElsewhereOptions {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Told, in one line, of a damaged file. */
  readonly report: (note: string) => void;
  readonly readOnly: boolean;
}

/** Opens the list in a state folder. Without the file nothing waits, and none is made before something has to. */
export function openElsewhere(dir: string, options: ElsewhereOptions): Elsewhere {
  const path = join(dir, FILE);
  let known: { readonly stamp: string; readonly content: Content } | undefined;

  /** Read again only when the file is another one: it is asked for each stream that waits, at each of its polls. */
  function current(): Content {
    const stamp = stampOf(path);
    if (known?.stamp !== stamp) known = { stamp, content: read(path, options) };
    return known.content;
  }
  function save(shard: string, addresses: readonly StreamAddress[]): void {
    const streams = addresses.map(({ inputId, service }) => [inputId, service]);
    replaceFile(path, `${JSON.stringify(withChecksum({ shard, streams }))}\n`);
  }
  return {
    has: (address) => current().waiting.has(keyOf(address)),
    list: () => [...current().waiting.values()],
    becomes(shard, without) {
      const { shard: before, waiting } = current();
      if (before !== shard) save(shard, merged(waiting, without()));
    },
    add(addresses) {
      const { shard, waiting } = current();
      save(shard, merged(waiting, addresses));
    },
    remove(addresses) {
      const { shard, waiting } = current();
      const gone = new Set(addresses.map(keyOf));
      const left = [...waiting].filter(([key]) => !gone.has(key)).map(([, address]) => address);
      if (left.length < waiting.size) save(shard, left);
    },
  };
}

function keyOf({ inputId, service }: StreamAddress): string {
  return JSON.stringify([inputId, service]);
}

function mapOf(addresses: readonly StreamAddress[]): Map<string, StreamAddress> {
  return new Map(addresses.map((address) => [keyOf(address), address]));
}

function merged(waiting: Content["waiting"], more: readonly StreamAddress[]): StreamAddress[] {
  return [...new Map([...waiting, ...mapOf(more)]).values()];
}

/** Tells one content of the file from the next: each is a new file, put there by a rename. */
function stampOf(path: string): string {
  return attempt("read", path, () => {
    const found = statSync(path, { throwIfNoEntry: false });
    return found === undefined ? "none" : `${found.ino} ${found.mtimeMs} ${found.size}`;
  });
}

function read(path: string, { now, report, readOnly }: ElsewhereOptions): Content {
  const text = readFileIfAny(path)?.toString("utf8");
  if (text === undefined) return { shard: ONLY_SHARD, waiting: new Map() };
  const content = decode(text);
  if (content !== null) return content;
  const fate = readOnly ? "it is not used" : `kept as "${setAside(path, "corrupt", now())}"`;
  report(`"${path}" is damaged: ${fate}; streams without a position wait until they are adopted`);
  // No shard is called so: the next start finds another one.
  return { shard: "", waiting: new Map() };
}

function decode(text: string): Content | null {
  try {
    const members = JSON.parse(text) as Record<string, unknown>;
    const { shard, streams } = members;
    if (!isIntact(members) || typeof shard !== "string" || !Array.isArray(streams)) return null;
    const addresses = streams.map(addressIn);
    return addresses.every((one) => one !== null) ? { shard, waiting: mapOf(addresses) } : null;
  } catch {
    return null;
  }
}

function addressIn(value: unknown): StreamAddress | null {
  const [inputId, service] = Array.isArray(value) ? value as unknown[] : [];
  return typeof inputId === "string" && typeof service === "string" ? { inputId, service } : null;
}
