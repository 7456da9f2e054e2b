import { join } from "node:path";
import { formatInstant, parseInstant } from "../instant.ts";
import { type Ledger, type LedgerOptions, openLedgerFile } from "./ledgerFile.ts";
import { isSameLost, keptInMind, type Lost } from "./lost.ts";

/** What a stream has lost for good, until it is too old or somebody has taken note of it. */
export interface LostLedger extends Ledger<Lost> {
  /**
   * Notes that somebody knows of all of it. That is a file of its own, so that it is done beside the process that reads
   * the stream and may lose more in the same moment: whatever that adds, or makes longer, is shown again.
   *
   * @returns what is not listed any more
   * @throws `state-unusable`
   */
  forget(): readonly Lost[];
}

/** The ledger in a stream's folder. Version 0.1 knows nothing of it. */
export function openLostLedger(folder: string, options: LedgerOptions): LostLedger {
  const path = join(folder, "lost.json");
  const ledger = openLedgerFile(path, KIND, options);
  // Often written by root, for a process that is not.
  const known = openLedgerFile(join(folder, "lost-known.json"), { ...KIND, ownedAs: path }, options);
  function list(): readonly Lost[] {
    const kept = keptInMind(ledger.list(), options.now());
    if (kept.length === 0) return kept;
    const acknowledged = knownOf(known);
    return kept.filter((one) => !acknowledged.some((other) => isSameLost(one, other)));
  }
  return {
    list,
    save: ledger.save,
    forget() {
      const listed = list();
      if (listed.length > 0) known.save(ledger.list());
      return listed;
    },
  };
}

/** What somebody knows of; nothing where that cannot be read, for a stream must not stop because of it. */
function knownOf(known: Ledger<Lost>): readonly Lost[] {
  try {
    return known.list();
  } catch {
    return [];
  }
}

/** A {@linkcode Lost} as it is written. */
export interface LostEntry {
  /** RFC 3339. */
  readonly from: string;
  /** RFC 3339. */
  readonly to: string;
  readonly reason: string;
  readonly since_ms: number;
}

/** The members of a lost range on the disk. */
export function lostEntry({ from, to, reason, sinceMs }: Lost): LostEntry {
  return { from: formatInstant(from), to: formatInstant(to), reason, since_ms: sinceMs };
}

const KIND = {
  entryOf: lostEntry,
  itemIn: lostIn,
  costOf: (kept: number) =>
    `what it tells of as lost${kept === 0 ? "" : `, but for ${kept},`} is only in the log`,
};

/** The ranges that a list of {@linkcode LostEntry} stands for; `null` when it is none. */
export function lostRangesIn(value: unknown): Lost[] | null {
  if (!Array.isArray(value)) return null;
  const ranges = value.map(lostIn);
  return ranges.every((lost) => lost !== null) ? ranges : null;
}

function lostIn(value: unknown): Lost | null {
  if (typeof value !== "object" || value === null) return null;
  const { from, to, reason, since_ms } = value as Record<keyof LostEntry, unknown>;
  const start = typeof from === "string" ? parseInstant(from) : null;
  const end = typeof to === "string" ? parseInstant(to) : null;
  const isMoment = Number.isSafeInteger(since_ms) && !Number.isNaN(new Date(since_ms as number).getTime());
  if (start === null || end === null || typeof reason !== "string" || !isMoment) return null;
  return { from: start, to: end, reason, sinceMs: since_ms as number };
}
