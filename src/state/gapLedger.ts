import { join } from "node:path";
import { formatInstant, parseInstant } from "../instant.ts";
import type { Gap } from "./gap.ts";
import { type Ledger, type LedgerOptions, openLedgerFile } from "./ledgerFile.ts";

/** The gap ledger of a stream. */
export type GapLedger = Ledger<Gap>;

/** The ledger in a stream's folder. */
export function openGapLedger(folder: string, options: LedgerOptions): GapLedger {
  return openLedgerFile(join(folder, "gaps.json"), {
    entryOf: gapEntry,
    itemIn: gapIn,
    costOf: (kept) => `gaps recorded in it${kept === 0 ? "" : `, but for ${kept},`} are not tried again`,
  }, options);
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
