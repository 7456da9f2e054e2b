import { join } from "node:path";
import { parseInstant } from "../instant.ts";
import type { TimeRange } from "./checkpoint.ts";
import { readFileIfAny, replaceFile, setAside } from "../files/durable.ts";

/** A range that could not be read: kept until it was. */
export interface Gap extends TimeRange {
  /** Code of the failure. */
  readonly reason: string;
  /** Milliseconds since the epoch of the first failure. */
  readonly since_ms: number;
  /** How often it was tried again. */
  readonly attempts: number;
  /** Milliseconds since the epoch when it is tried again. */
  readonly next_try_ms: number;
}

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
    save: (gaps) => replaceFile(path, `${JSON.stringify(gaps, null, 2)}\n`),
  };
}

function decode(text: string): Gap[] | null {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every(isGap) ? value : null;
  } catch {
    return null;
  }
}

function isGap(value: unknown): value is Gap {
  if (typeof value !== "object" || value === null) return false;
  const { from, to, reason, since_ms, attempts, next_try_ms } = value as Record<string, unknown>;
  const isTime = (text: unknown) => typeof text === "string" && parseInstant(text) !== null;
  const numbers = [since_ms, attempts, next_try_ms].every((number) => Number.isSafeInteger(number));
  return isTime(from) && isTime(to) && typeof reason === "string" && numbers;
}
