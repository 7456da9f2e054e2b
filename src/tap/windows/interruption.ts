import type { Interruption, Position } from "../../state/position.ts";

/** A link kept longer than this is not tried again: Graph forgets them, some within minutes. */
const LINK_LIFETIME_MS = 600_000;

/** The window that an earlier run was interrupted in, if Graph may still know its link. */
export function freshInterruption(
  { interruption, lastPollEndedMs }: Pick<Position, "interruption" | "lastPollEndedMs">,
  startedMs: number,
): Interruption & { readonly link: string } | null {
  if (interruption === null || startedMs - (lastPollEndedMs ?? 0) >= LINK_LIFETIME_MS) return null;
  const { window, link } = interruption;
  return link === null ? null : { window, link };
}
