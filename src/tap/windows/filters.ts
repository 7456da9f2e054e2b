import type { Plugin } from "../../plugin/plugin.ts";
import type { ChosenFilter } from "../../state/position.ts";

/** The service's first filter is tried again after this: it may be served by then, and brings most. */
const TRY_AGAIN_MS = 86_400_000;

/** The clauses to ask a window by, each once; `undefined` for none. 0 is the service's own, then those to fall back to. */
export function filtersOf(
  { filter, fallbackFilters = [] }: Plugin,
  step: number,
): readonly (string | undefined)[] {
  return step === 0 ? [filter] : fallbackFilters[step - 1] ?? fallbackFilters.at(-1) ?? [filter];
}

/** How many steps there are. */
export function filterSteps({ fallbackFilters = [] }: Plugin): number {
  return 1 + fallbackFilters.length;
}

/** The step that is asked by now. */
export function filterStep(chosen: ChosenFilter | null, nowMs: number): number {
  return chosen === null || nowMs - chosen.sinceMs > TRY_AGAIN_MS ? 0 : chosen.step;
}
