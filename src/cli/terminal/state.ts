/** What a stream is doing, in as many words as there is room for. */
import { causeOf } from "../../server/status/causes.ts";
import { counted, relative } from "../../server/page/words.ts";
import type { Status, StreamStatus } from "../../server/status/schema.ts";
import { durationInWords } from "../../telemetry/duration.ts";
import type { Cell } from "./columns.ts";
import type { Tone } from "./style.ts";
import { widthOf } from "./width.ts";

/** One thing to say of a stream. */
interface Part {
  /** In ever fewer words. */
  readonly texts: readonly [string, ...string[]];
  readonly tone: Tone;
}

/** Shorter waits are no news: every request is one. */
const TOLD_WAIT_SECONDS = 1;
const BAR_COLUMNS = 8;
const SEPARATOR = " · ";
/** The worst first. */
const TONES: readonly Tone[] = ["bad", "warn", "good", "plain", "faint"];

/** What it depends on beside the stream. */
export interface StateFacts extends Pick<Status, "now" | "started"> {
  /** What reading older time is called. @default "backfill" */
  readonly word?: string | undefined;
}

export function stateCell(stream: StreamStatus, facts: StateFacts): Cell {
  const parts = [...troubles(stream), ...backfillParts(stream, facts), ...doing(stream, facts)];
  return {
    text: parts.map(({ texts }) => texts[0]).join(SEPARATOR),
    tone: TONES.find((tone) => parts.some((part) => part.tone === tone)) ?? "plain",
    shorten: (columns) => shortened(parts, columns),
  };
}

/** The parts that there is room for, each in as many words as there is room for. */
function shortened(parts: readonly Part[], columns: number): string {
  const fits = (texts: readonly string[]) => widthOf(texts.join(SEPARATOR)) <= columns;
  let said = parts.map(({ texts }) => texts.at(-1)!);
  while (said.length > 1 && !fits(said)) said = said.slice(0, -1);
  for (const at of said.keys()) {
    said = parts[at]!.texts.map((text) => said.with(at, text)).find(fits) ?? said;
  }
  return said.join(SEPARATOR);
}

function troubles({ verdict, code, gaps, gap_seconds, lost, lost_seconds }: StreamStatus): Part[] {
  const failure: Part[] = code === null
    ? []
    : [{ texts: [causeOf(code).says], tone: verdict === "failing" ? "bad" : "warn" }];
  const gap: Part[] = gaps === 0 ? [] : [{
    texts: [`${counted(gaps, "gap")} of ${durationInWords(gap_seconds)}`, counted(gaps, "gap")],
    tone: "warn",
  }];
  const gone: Part[] = lost === 0 ? [] : [{
    texts: [`${durationInWords(lost_seconds)} lost for good`, "lost"],
    tone: "warn",
  }];
  return [
    ...failure,
    ...gap,
    ...gone,
    ...(verdict === "late" ? [{ texts: ["late"], tone: "warn" } as const] : []),
  ];
}

function backfillParts({ backfill }: StreamStatus, { now, word = "backfill" }: StateFacts): Part[] {
  if (backfill === null) return [];
  const percent = `${Math.floor(backfill.share * 100)} %`;
  const full = Math.round(backfill.share * BAR_COLUMNS);
  const bar = "█".repeat(full) + "░".repeat(BAR_COLUMNS - full);
  const ends = backfill.ends === null ? "" : `, ends ${relative(backfill.ends, now)}`;
  return [{
    texts: [`${word} ${bar} ${percent}${ends}`, `${word} ${percent}${ends}`, `${word} ${percent}`],
    tone: "plain",
  }];
}

function doing(stream: StreamStatus, { now, started }: StateFacts): Part[] {
  const { waits_for, waits_seconds, polling, next_poll, last_success, code } = stream;
  if (polling && waits_for !== null && (waits_seconds ?? 0) >= TOLD_WAIT_SECONDS) {
    const what = waits_for === "permit" ? "waits for a permit" : "waits for Graph";
    return [{ texts: [`${what}, ${durationInWords(waits_seconds ?? 0)}`, what], tone: "plain" }];
  }
  if (polling) return [{ texts: ["reading"], tone: "good" }];
  if (next_poll !== null) return [{ texts: [`next ${relative(next_poll, now)}`], tone: "faint" }];
  // It will not be tried again, and why has been said.
  if (code !== null) return [];
  const isDone = last_success !== null && last_success >= started;
  return [isDone ? { texts: ["done"], tone: "good" } : { texts: ["waits"], tone: "faint" }];
}
