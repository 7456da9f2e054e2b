import { formatInstant, fromMillis, parseInstant } from "../../src/instant.ts";
import { poll } from "../../src/tap/poll.ts";
import type { ServiceConfig } from "../../src/config/config.ts";
import { type Arrival, arrivalsOf } from "./lateness.ts";
import { openRig, type Rig, type RigOptions } from "./rig.ts";

export interface SimulationOptions {
  readonly days: number;
  readonly perDay: number;
  readonly seed: number;
  readonly periodSeconds: number;
  readonly settings?: Partial<ServiceConfig>;
  readonly rig?: RigOptions;
}

export interface SimulationResult {
  /** Records that Graph had by the end, and were old enough for the deepest sweep. */
  readonly expected: number;
  readonly missing: number;
  readonly repeated: number;
  readonly liveRequests: number;
  readonly sweepRequests: number;
  readonly lateFound: number;
}

/**
 * Days of sign-ins on a virtual clock: records become visible late and out of order while the stream is polled at its
 * period; then one more day passes, in which sweeps may still find what was late.
 */
export async function simulateDays(options: SimulationOptions): Promise<SimulationResult> {
  const rig = openRig(options.rig);
  try {
    const startMs = rig.clock.now();
    const arrivals = arrivalsOf({ startMs, days: options.days, perDay: options.perDay, seed: options.seed });
    const start = formatInstant(fromMillis(startMs - 1000));
    const settings = {
      periodSeconds: options.periodSeconds,
      startTime: { text: start, instant: parseInstant(start)! },
      ...options.settings,
    };
    const stream = rig.stream("signIns", settings);
    const signal = new AbortController().signal;
    const figures = { live: 0, sweeps: 0, late: 0 };
    let next = 0;
    // One day more than the deepest sweep reaches back.
    const endMs = startMs + (options.days + 2) * 86_400_000;
    while (rig.clock.now() < endMs) {
      const beganMs = rig.clock.now();
      for (; arrivals[next] !== undefined && arrivals[next]!.visibleMs <= beganMs; next++) {
        put(rig, arrivals[next]!);
      }
      const report = await poll(stream, rig.engine, signal, beganMs + options.periodSeconds * 1000);
      if (report.error !== null) throw report.error;
      figures.late += report.late;
      figures.sweeps += report.sweepRequests;
      figures.live += report.requests - report.sweepRequests;
      rig.clock.advance(Math.max(0, beganMs + options.periodSeconds * 1000 - rig.clock.now()));
    }
    return {
      ...judged(rig, arrivals),
      liveRequests: figures.live,
      sweepRequests: figures.sweeps,
      lateFound: figures.late,
    };
  } finally {
    rig.close();
  }
}

function put(rig: Rig, { id, eventMs }: Arrival): void {
  const time = formatInstant(fromMillis(eventMs));
  rig.emulator.put(
    "signIns",
    `{"id":"${id}","createdDateTime":"${time}","userPrincipalName":"someone@contoso.example"}`,
  );
}

function judged(rig: Rig, arrivals: readonly Arrival[]) {
  const seen = new Map<string, number>();
  for (const line of rig.lines) {
    const { id } = JSON.parse(line) as { id: string };
    seen.set(id, (seen.get(id) ?? 0) + 1);
  }
  return {
    expected: arrivals.length,
    missing: arrivals.filter(({ id }) => !seen.has(id)).length,
    repeated: [...seen.values()].filter((times) => times > 1).length,
  };
}
