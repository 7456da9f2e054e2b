import type { Interruption, Position } from "../../state/position.ts";

/** A link kept longer than this is not tried again: Graph forgets them, some within minutes. */
const LINK_LIFETIME_MS = 600_000;

/** The window that an earlier run was interrupted in, if Graph may still know its link. */
export function freshInterruption(
  { interruption, lastPollEndedMs }: Position,
  startedMs: number,
): Interruption | null {
  return startedMs - (lastPollEndedMs ?? 0) < LINK_LIFETIME_MS ? interruption : null;
}
