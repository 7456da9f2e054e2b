/** From figures to the one document that page, `/v1/status`, `/readyz` and a terminal draw from. */
import type { Share } from "../../config/shard.ts";
import { formatInstant, type Instant, secondsBetween, secondsIn, type Window } from "../../instant.ts";
import type { DeadLetterFile } from "../../sink/sink.ts";
import { type Gap, gapSeconds } from "../../state/gap.ts";
import type { Lost } from "../../state/lost.ts";
import { rereadLag } from "../../tap/late/lag.ts";
import type { Reloads } from "../../telemetry/reloads.ts";
import type { ServedStream } from "../served.ts";
import type { Figures } from "./figures.ts";
import { needsOf } from "./needs.ts";
import type { Status, StreamStatus } from "./schema.ts";
import { summaryOf } from "./summary.ts";
import { type Verdict, verdictOf, VERDICTS, worse } from "./verdict.ts";

/** What is known of the process, beside its streams. */
export interface ProcessFacts {
  readonly version: string;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
  /** Milliseconds since the epoch. */
  readonly startedMs: number;
  /** Whether the server polls by itself. */
  readonly polls: boolean;
  /** As {@linkcode Delivery.stalledSeconds} has it. */
  readonly sinkStalledSeconds: number;
  /** As {@linkcode SinkFigures.deadLetters} has it. @default null */
  readonly deadLetters?: DeadLetterFile | null;
  /** How much of the configuration is this process's. @default all of it */
  readonly share?: Share | null;
  /** What was found damaged in the state folder, and what that costs, a line each. @default nothing */
  readonly damages?: readonly string[];
  /** How reading the configuration again went. @default it was read at the start */
  readonly reloads?: Pick<Reloads, "lastSuccessMs" | "problem">;
  /** Whether a batch of the stream waits to be confirmed. */
  readonly hasBatch: (served: ServedStream) => boolean;
}

/** How everything is doing now. */
export function statusOf(served: readonly ServedStream[], facts: ProcessFacts): Status {
  const clockAhead = clockAheadOf(served);
  const streams = served.map((one) => streamStatus(one, facts));
  const counts = Object.fromEntries(VERDICTS.map((word) => [word, 0])) as Record<Verdict, number>;
  for (const { verdict } of streams) counts[verdict]++;
  const needs = needsOf(streams);
  const newest = streams.reduce((latest, { newest_record }) => Math.max(latest, epochOf(newest_record)), 0);
  const { version, polls, nowMs, sinkStalledSeconds, deadLetters = null, reloads, damages = [] } = facts;
  const problem = reloads?.problem ?? null;
  const isAtFault = sinkStalledSeconds > 0 || deadLetters !== null || clockAhead !== 0 || problem !== null ||
    damages.length > 0;
  const worst = streams.reduce<Verdict>((so_far, { verdict }) => worse(so_far, verdict), "healthy");
  return {
    version,
    now: timeOf(nowMs)!,
    started: timeOf(facts.startedMs)!,
    shard: facts.share ?? null,
    polls,
    verdict: isAtFault ? worse("late", worst) : worst,
    summary: summaryOf({
      counts,
      needs,
      polls,
      sink_stalled_seconds: sinkStalledSeconds,
      dead_letters: deadLetters,
      clock_ahead_seconds: clockAhead,
      isConfigurationRefused: problem !== null,
      damages: damages.length,
      newestAge: newest === 0 ? null : Math.max(0, nowMs - newest) / 1000,
      backfills: streams.filter(({ backfill }) => backfill !== null).length,
    }),
    counts,
    sink_stalled_seconds: sinkStalledSeconds,
    dead_letters: deadLetters,
    clock_ahead_seconds: clockAhead,
    configuration: {
      read: timeOf(reloads?.lastSuccessMs ?? facts.startedMs)!,
      problem: problem && { at: timeOf(problem.atMs)!, code: problem.code, detail: problem.message },
    },
    state_damage: [...damages],
    needs,
    streams,
  };
}

/** Less is no news: clocks of servers differ, and answers take their time. */
const LEAST_CLOCK_SECONDS = 300;

function clockAheadOf([first]: readonly ServedStream[]): number {
  const ahead = first?.hostClock.aheadSeconds ?? 0;
  return Math.abs(ahead) < LEAST_CLOCK_SECONDS ? 0 : ahead;
}

function streamStatus(served: ServedStream, facts: ProcessFacts): StreamStatus {
  const { stream, figures } = served;
  const { position, gaps, lost } = figures;
  const { nowMs } = facts;
  const verdict = judge(served, facts);
  const error = figures.error ?? figures.trouble;
  const minutes = figures.minutes.list(nowMs);
  return {
    input: stream.input.name,
    service: stream.service.name,
    verdict,
    since: timeOf(sinceMs(verdict, figures)),
    code: error?.code ?? null,
    detail: error?.message ?? null,
    polling: figures.polling,
    waits_for: figures.wait?.what ?? null,
    waits_seconds: figures.wait === null ? null : Math.max(0, nowMs - figures.wait.sinceMs) / 1000,
    next_poll: timeOf(figures.nextPollMs),
    period_seconds: stream.service.periodSeconds,
    last_poll: timeOf(figures.lastEndedMs ?? position?.lastPollEndedMs ?? null),
    last_success: timeOf(lastSuccessMs(figures)),
    read_to: textOf(position?.watermark),
    lag_seconds: lagOf(served, nowMs),
    newest_record: textOf(position?.newest?.time),
    records: position?.records ?? 0,
    sent: figures.sent,
    records_per_minute: perMinute(minutes, nowMs - figures.followedMs),
    records_by_minute: minutes,
    late_records: figures.late,
    late_by_seconds: figures.lateBySeconds,
    reread_lag_seconds: position === null ? null : rereadLag(stream, position),
    backfill: backfillOf(figures),
    gaps: gaps.length,
    gap_seconds: gapSeconds(gaps),
    gap_ranges: gaps.map(gapRange),
    lost: lost.length,
    lost_seconds: gapSeconds(lost),
    lost_ranges: lost.map(lostRange),
    batch_waiting: facts.hasBatch(served),
  };
}

function judge(served: ServedStream, { nowMs, polls }: ProcessFacts): Verdict {
  const { stream, figures } = served;
  const successMs = lastSuccessMs(figures);
  return verdictOf({
    fails: figures.error !== null || figures.trouble !== null,
    sinceSuccess: successMs === null ? null : (nowMs - successMs) / 1000,
    gaps: figures.gaps.length,
    lost: figures.lost.length,
    lag: lagOf(served, nowMs),
    hasBegun: figures.lastEndedMs !== null,
    uptime: (nowMs - figures.followedMs) / 1000,
    period: stream.service.periodSeconds,
    polls,
  });
}

/** By this process or, before its first success, by one before it. */
export function lastSuccessMs({ lastSuccessMs, position }: Figures): number | null {
  return lastSuccessMs ?? position?.lastSuccessMs ?? null;
}

function sinceMs(verdict: Verdict, { failingSinceMs, gaps, lost, position }: Figures): number | null {
  if (verdict === "failing") return failingSinceMs;
  if (verdict === "gap") return Math.min(...gaps.map(({ sinceMs }) => sinceMs));
  if (verdict === "lost") return Math.min(...lost.map(({ sinceMs }) => sinceMs));
  const watermark = position?.watermark ?? null;
  return verdict === "late" && watermark !== null ? watermark.seconds * 1000 : null;
}

/** By Graph's clock where the host's is ahead of it: nobody can read what Graph has not reached. */
function lagOf({ figures, hostClock }: ServedStream, nowMs: number): number | null {
  const watermark = figures.position?.watermark ?? null;
  if (watermark === null) return null;
  const now = nowMs / 1000 - Math.max(0, hostClock.aheadSeconds ?? 0);
  return Math.max(0, now - watermark.seconds - watermark.nanos / 1e9);
}

/** Over the minutes that there were; a process that has just begun has had one. */
function perMinute(minutes: readonly number[], uptimeMs: number): number {
  const lasted = Math.min(Math.max(1, uptimeMs / 60_000), 60);
  return minutes.reduce((sum, count) => sum + count, 0) / lasted;
}

function backfillOf(figures: Figures): StreamStatus["backfill"] {
  const { position } = figures;
  if (position === null || position.backfill.length === 0) return null;
  return {
    seconds_left: secondsIn(position.backfill),
    share: backfillShare(figures),
    ends: timeOf(position.backfillEndsMs),
  };
}

/** What was read of the older time that was to be read; 1 when nothing is left. */
export function backfillShare({ position, backfillSeconds }: Figures): number {
  const left = secondsIn(position?.backfill ?? []);
  if (left === 0) return 1;
  return backfillSeconds === 0 ? 0 : Math.max(0, 1 - left / backfillSeconds);
}

function lostRange({ from, to, reason, sinceMs }: Lost) {
  return { ...rangeTexts({ from, to }), reason, since: timeOf(sinceMs)! };
}

function gapRange({ from, to, reason, sinceMs, attempts, nextTryMs }: Gap) {
  return {
    ...rangeTexts({ from, to }),
    reason,
    since: timeOf(sinceMs)!,
    attempts,
    next_try: timeOf(nextTryMs)!,
  };
}

function rangeTexts({ from, to }: Window) {
  return {
    from: formatInstant(from),
    to: formatInstant(to),
    seconds: Math.max(0, secondsBetween(from, to)),
  };
}

function textOf(instant: Instant | null | undefined): string | null {
  return instant === null || instant === undefined ? null : formatInstant(instant);
}

function timeOf(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}

function epochOf(time: string | null): number {
  return time === null ? 0 : Date.parse(time);
}
