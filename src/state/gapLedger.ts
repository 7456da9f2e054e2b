import { join } from "node:path";
import { formatInstant, parseInstant } from "../instant.ts";
import { readFileIfAny, replaceFile, setAside } from "../files/durable.ts";
import type { Gap } from "./gap.ts";

/** The gap ledger of a stream: a small file, replaced as a whole. */
export interface GapLedger {
  /** @throws `state-unusable` */
  list(): readonly Gap[];
  /** Makes this the whole ledger, durably. @throws `state-unusable` */
  save(gaps: readonly Gap[]): void;
}

/** The ledger in a stream's folder. A damaged file is set aside and reported: its gaps are then known from the log. */
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
      const gaps = decode(text);
      if (gaps !== null) return gaps;
      const fate = options.readOnly
        ? "it is not used"
        : `kept as "${setAside(path, "corrupt", options.now())}"`;
      options.report(`"${path}" is damaged: ${fate}; gaps recorded in it are not tried again`);
      return [];
    },
    save: (gaps) => replaceFile(path, `${JSON.stringify(gaps.map(gapEntry), null, 2)}\n`),
  };
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

function decode(text: string): Gap[] | null {
  try {
    return gapsIn(JSON.parse(text));
  } catch {
    return null;
  }
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
