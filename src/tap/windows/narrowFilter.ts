import { codesOf, type GraphtapError } from "../../errors.ts";
import type { Priority } from "../../graph/limiter.ts";
import { addSeconds, fromMillis } from "../../instant.ts";
import { filterStep, filterSteps } from "./filters.ts";
import type { PollContext } from "../pollContext.ts";
import { canRead } from "./probe.ts";

/**
 * After a refusal that can lie in the filter: tells whether it does, by asking for this moment by each of the service's
 * filters in turn, and asks by the first that is served from then on. Once it is known that it does not, it is the
 * windows of this range.
 *
 * @returns whether another filter is asked by now
 * @throws what lies neither in the window nor in the filter
 */
export function createFilterNarrowing(
  context: PollContext,
  priority: Priority,
): (error: GraphtapError) => Promise<boolean> {
  let isSound = filterSteps(context.stream.plugin) === 1;
  return async (error) => {
    if (isSound || !error.kind.suspectsFilter) return false;
    const narrower = await servedStep(context, priority);
    isSound = narrower === null;
    if (narrower !== null) choose(context, narrower, error);
    return narrower !== null;
  };
}

/** The step that is served now; `null` when it is the one asked by, or none. */
async function servedStep(context: PollContext, priority: Priority): Promise<number | null> {
  const { stream: { plugin }, position, engine: { clock }, startedMs } = context;
  const first = filterStep(position.current.filter, startedMs);
  const now = fromMillis(clock.now());
  const probe = { from: addSeconds(now, -1), to: now };
  for (let step = first; step < filterSteps(plugin); step++) {
    if (await canRead(context, probe, priority, step)) return step === first ? null : step;
  }
  return null;
}

function choose({ position, stream: { log } }: PollContext, step: number, error: GraphtapError): void {
  const isNew = position.current.filter?.step !== step;
  position.useFilter(step);
  position.commitInFile();
  if (!isNew) return;
  log.warn(`${error.message}; the service asks by a narrower filter from here on`, {
    ...codesOf(error),
    step,
  });
}
