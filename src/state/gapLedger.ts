import { join } from "node:path";
import { formatInstant, parseInstant } from "../instant.ts";
import { readFileIfAny, replaceFile, setAside } from "../files/durable.ts";
import { isIntact, withChecksum } from "./checksum.ts";
import type { Gap } from "./gap.ts";

/** The gap ledger of a stream: a small file, replaced as a whole. */
export interface GapLedger {
  /** @throws `state-unusable` */
  list(): readonly Gap[];
  /** Makes this the whole ledger, durably. @throws `state-unusable` */
  save(gaps: readonly Gap[]): void;
}

/**
 * The ledger in a stream's folder. A damaged file is set aside and reported; gaps in it that are whole are kept, the
 * others are known from the log.
 */
export function openGapLedger(
  folder: string,
  options: {
    readonly now: () => number;
    readonly report: (note: string) => void;
    readonly readOnly: boolean;
  },
): GapLedger {
  const path = join(folder, "gaps.json");
  return {
    list() {
      const text = readFileIfAny(path)?.toString("utf8");
      if (text === undefined) return [];
      const { gaps, isWhole } = decode(text);
      if (isWhole) return gaps;
      const fate = options.readOnly
        ? "it is not used"
        : `kept as "${setAside(path, "corrupt", options.now())}"`;
      const lost = gaps.length === 0 ? "gaps recorded in it" : `gaps recorded in it, but for ${gaps.length},`;
      options.report(`"${path}" is damaged: ${fate}; ${lost} are not tried again`);
      if (!options.readOnly && gaps.length > 0) replaceFile(path, encode(gaps));
      return gaps;
    },
    save: (gaps) => replaceFile(path, encode(gaps)),
  };
}

/** How a file of this program begins. Version 0.1 lays its own out otherwise, and repeats checksums of what it changed. */
const LAYOUT = "[\n{";

/** A line for each gap, with its checksum. */
function encode(gaps: readonly Gap[]): string {
  return gaps.length === 0
    ? "[]\n"
    : `[\n${gaps.map((gap) => JSON.stringify(withChecksum(gapEntry(gap)))).join(",\n")}\n]\n`;
}

/** A {@linkcode Gap} as it is written. */
export interface GapEntry {
  /** RFC 3339. */
  readonly from: string;
  /** RFC 3339. */
  readonly to: string;
  readonly reason: string;
  readonly since_ms: number;
  readonly attempts: number;
  readonly next_try_ms: number;
}

/** The members of a gap on the disk. */
export function gapEntry({ from, to, reason, sinceMs, attempts, nextTryMs }: Gap): GapEntry {
  return {
    from: formatInstant(from),
    to: formatInstant(to),
    reason,
    since_ms: sinceMs,
    attempts,
    next_try_ms: nextTryMs,
  };
}

/** The gaps in a text that can be relied on, and whether they are all. */
function decode(text: string): { readonly gaps: readonly Gap[]; readonly isWhole: boolean } {
  let entries: unknown;
  try {
    entries = JSON.parse(text);
  } catch {
    entries = null;
  }
  if (!Array.isArray(entries)) return { gaps: [], isWhole: false };
  const hasChecksums = text.startsWith(LAYOUT);
  const gaps = entries.map((entry) => hasChecksums && !isIntact(entry ?? {}) ? null : gapIn(entry))
    .filter((gap) => gap !== null);
  return { gaps, isWhole: gaps.length === entries.length };
}

/** The gaps that a list of {@linkcode GapEntry} stands for; `null` when it is none. */
export function gapsIn(value: unknown): Gap[] | null {
  if (!Array.isArray(value)) return null;
  const gaps = value.map(gapIn);
  return gaps.every((gap) => gap !== null) ? gaps : null;
}

function gapIn(value: unknown): Gap | null {
  if (typeof value !== "object" || value === null) return null;
  const { from, to, reason, since_ms, attempts, next_try_ms } = value as Record<keyof GapEntry, unknown>;
  const isWhole = [since_ms, attempts, next_try_ms].every((number) => Number.isSafeInteger(number)) &&
    // Beyond the last date there is no moment.
    ![since_ms, next_try_ms].some((ms) => Number.isNaN(new Date(ms as number).getTime()));
  const start = typeof from === "string" ? parseInstant(from) : null;
  const end = typeof to === "string" ? parseInstant(to) : null;
  if (start === null || end === null || typeof reason !== "string" || !isWhole) return null;
  return {
    from: start,
    to: end,
    reason,
    sinceMs: since_ms as number,
    attempts: attempts as number,
    nextTryMs: next_try_ms as number,
  };
}
