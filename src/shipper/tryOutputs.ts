/** The outputs that were chosen, each tried against its address. */
import type { Clock } from "../clock.ts";
import type { OutputConfig } from "../config/config.ts";
import { errorKinds, GraphtapError } from "../errors.ts";
import { probe, type Trial } from "./probe.ts";
import type { Destination } from "./settings.ts";

/** An output, and where it leads. */
export interface Way {
  readonly output: Pick<OutputConfig, "name">;
  readonly destination: Destination;
}

/** A trial in one sentence that names the output. */
export function trialLine({ output, destination: { address, port } }: Way, { detail }: Trial): string {
  return `output "${output.name}" (${address}:${port}) ${detail}`;
}

/**
 * Tries all of them at once.
 *
 * @returns a line for each
 * @throws output-refused, output-unreachable with the lines of all that are wrong; a refusal counts for more
 */
export async function tryOutputs(
  ways: readonly Way[],
  clock: Clock,
  signal: AbortSignal,
): Promise<string[]> {
  const tried = await Promise.all(ways.map(async (way) => {
    const trial = await probe(way.destination, clock, signal);
    return { code: trial.code, line: trialLine(way, trial) };
  }));
  const wrong = tried.flatMap(({ code, line }) => code === null ? [] : [{ code, line }]);
  const [worst] = wrong.toSorted((a, b) => errorKinds[b.code].exitCode - errorKinds[a.code].exitCode);
  if (worst === undefined) return tried.map(({ line }) => line);
  throw new GraphtapError(worst.code, wrong.map(({ line }) => line).join("\n"));
}
