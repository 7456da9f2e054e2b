/** The positions that the old collector left, by the names its framework gives to files. */
import { hash } from "node:crypto";
import { join } from "node:path";
import { addSeconds, earliest, fromMillis, type Instant, parseInstant } from "../instant.ts";
import { listFolder, readFileIfAny } from "../files/durable.ts";
import { readPickle } from "./pickle.ts";
import { PickleError } from "./pickleSource.ts";

/** Where the old collector kept a service: each name may be one of several. */
export interface OldAddress {
  readonly inputs: readonly string[];
  readonly ids: readonly string[];
  readonly services: readonly string[];
}

/** One file that belongs to a service. */
export interface OldPosition {
  readonly file: string;
  /** Everything before it was read; `null` when the file tells no time, or `problem` says why it tells nothing. */
  readonly readTo: Instant | null;
  /** Ids of the newest records. */
  readonly ids: readonly string[];
  readonly problem: string | null;
}

const SUBMODULES = ["None", "", "predefined"];
/** The newest name first; `historic_date_utc` is where reading began, for a service that has read nothing yet. */
const TIMES = ["last_event_time_in_utc", "last_polled_timestamp", "last_polled_time", "historic_date_utc"];
const IDS = ["last_ids", "ids_with_same_timestamp", "id_last_pull", "last_id"];

/** Lists and maps that are looked into: many more than a position has, and few enough that depth is no danger. */
const MOST_PARTS = 1000;

/** Files of the framework: an MD5, or JSON in a folder of the collector. */
export function listOldFiles(folder: string): string[] {
  return listFolder(folder).flatMap(({ name, isFolder }) => {
    if (!isFolder) return /^[0-9a-f]{32}$/.test(name) || name.endsWith(".json") ? [name] : [];
    const inner = name.startsWith(".") ? [] : listFolder(join(folder, name));
    return inner.filter((one) =>
      !one.isFolder && one.name.endsWith(".json") && one.name !== "checkpoint.json"
    )
      .map((one) => `${name}/${one.name}`);
  });
}

/** The files among `files` that hold the position of a service. @throws state-unusable when one cannot be opened */
export function findOldPositions(
  folder: string,
  files: readonly string[],
  address: OldAddress,
): OldPosition[] {
  const names = new Set<string>();
  for (const input of address.inputs) {
    for (const id of address.ids) {
      for (const service of address.services) {
        for (const submodule of SUBMODULES) {
          const whole = [input, id, service, submodule].join(";");
          names.add(whole).add(hash("md5", whole, "hex"));
        }
      }
    }
  }
  return files
    .filter((file) => names.has(file.split("/").at(-1)!.replace(/\.json$/, "")))
    .map((file) => readOldFile(folder, file));
}

function readOldFile(folder: string, file: string): OldPosition {
  const nothing = { file, readTo: null, ids: [] };
  const bytes = readFileIfAny(join(folder, file));
  if (bytes === null) return { ...nothing, problem: "it is gone" };
  let value: unknown;
  try {
    value = /^\s*\{/.test(bytes.toString("latin1", 0, 64))
      ? JSON.parse(bytes.toString("utf8"))
      : readPickle(bytes);
  } catch (error) {
    const why = error instanceof PickleError
      ? `refused: ${error.message}`
      : "it is neither a pickle nor JSON";
    return { ...nothing, problem: why };
  }
  const times = TIMES.map((name) => valuesOf(value, name).flatMap((time) => instantOf(time) ?? []));
  const found = times.find((some) => some.length > 0);
  if (found === undefined) return { ...nothing, problem: "it tells no time" };
  // A file may hold a position for each of several providers, and a link to pages that were not read yet: the oldest
  // time leaves no hole.
  const unread = valuesOf(value, "next_link").flatMap((link) => windowOf(link) ?? []);
  const readTo = [...found, ...unread].reduce(earliest);
  const ids = IDS.flatMap((name) => valuesOf(value, name)).flat().filter((id) => typeof id === "string");
  return { file, readTo, ids, problem: null };
}

/** The values of a key, however deep it stands. A pickle can hold one part in many places, and even within itself. */
function valuesOf(value: unknown, name: string, met = new Set<object>()): unknown[] {
  if (typeof value !== "object" || value === null || met.has(value) || met.size >= MOST_PARTS) return [];
  met.add(value);
  if (Array.isArray(value)) return value.flatMap((one) => valuesOf(one, name, met));
  return Object.entries(value).flatMap(([key, inner]) => key === name ? [inner] : valuesOf(inner, name, met));
}

/** Where the window begins that a page link belongs to; `null` when the link does not tell. */
function windowOf(link: unknown): Instant | null {
  if (typeof link !== "string") return null;
  const [, from] = /(?:%20|\+| )g[et](?:%20|\+| )(\d{4}-\d\d-\d\dT[\w:.%]+)/.exec(link) ?? [];
  return from === undefined ? null : parseInstant(from.replaceAll(/%3a/gi, ":"));
}

/** A moment as the collectors wrote it: RFC 3339 or Python's own form, UTC unless it says otherwise; or a number. */
function instantOf(value: unknown): Instant | null {
  if (typeof value === "number" && value > 0) {
    // Seconds until the year 5138, milliseconds from 1973 on.
    return value < 1e11 ? addSeconds(fromMillis(0), value) : fromMillis(Math.floor(value));
  }
  if (typeof value !== "string") return null;
  const text = value.trim().replace(" ", "T").replace(/T(\d\d)-(\d\d)-(\d\d)/, "T$1:$2:$3");
  return parseInstant(text) ?? parseInstant(`${text}Z`) ?? parseInstant(`${text}T00:00:00Z`);
}
