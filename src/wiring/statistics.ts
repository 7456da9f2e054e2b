/** Beside a tap: what the sink took, what is missing and how much memory it needs, in the log every five minutes. */
import { asGraphtapError, codesOf } from "../errors.ts";
import type { Sink } from "../sink/sink.ts";
import { createSenderStats, type SenderStats } from "../telemetry/stats.ts";
import { missingFields, missingInWords, missingOf } from "./missing.ts";
import type { Runtime } from "./runtime.ts";
import type { Engine } from "../tap/stream.ts";
import type { Tap } from "./tap.ts";

/** As often as the old collector, whose runbooks look for these lines. */
const EVERY_MS = 300_000;

/** The sink, counted. Whatever else it can do stays. */
export function countingSink(sink: Sink, stats: SenderStats, now: () => number): Sink {
  const write: Sink["write"] = async (lines, origin) => {
    const began = now();
    await sink.write(lines, origin);
    stats.accepted(lines, now() - began);
  };
  return { ...sink, write };
}

/** The engine of a tap with its sink counted; what was counted is logged every five minutes until the tap stops. */
export function withStatistics(tap: Tap, rssBytes: Runtime["rssBytes"]): Engine {
  const { clock, sink } = tap.engine;
  const now = () => clock.now();
  const stats = createSenderStats(now);
  void logStatistics(tap, stats, rssBytes);
  return { ...tap.engine, sink: countingSink(sink, stats, now) };
}

/** Logs sender statistics, memory, and what is missing while there is any, every five minutes, until the tap stops. */
export async function logStatistics(
  tap: Pick<Tap, "engine" | "log" | "stop" | "streams">,
  stats: SenderStats,
  rssBytes: Runtime["rssBytes"],
): Promise<void> {
  const { engine: { clock }, log, stop } = tap;
  try {
    for (;;) {
      await clock.sleep(EVERY_MS, stop.signal);
      log.info("sender statistics", { ...stats.take() });
      log.info("memory", { rss_mib: Math.round(rssBytes() / 1024 / 102.4) / 10 });
      logMissing(tap);
    }
  } catch {
    // Only the stop wakes it early, and whoever stops says why.
  }
}

/** A ledger that cannot be read now ends no statistics: the next time it may be. */
function logMissing({ log, streams }: Pick<Tap, "log" | "streams">): void {
  try {
    const missing = missingOf(streams);
    const words = missingInWords(missing);
    if (words !== "") log.warn(`not everything could be read: ${words}`, missingFields(missing));
  } catch (thrown) {
    const error = asGraphtapError(thrown);
    log.warn(`what is missing cannot be told: ${error.message}`, codesOf(error));
  }
}
